import Foundation

/// Stories of one kind under a name: errors are counted for each kind.
public struct StoryTask: Sendable, Equatable {
    /// What kind of question is asked.
    public let name: String
    /// The stories.
    public let stories: [Story]

    /// Stories under a name.
    public init(name: String, stories: [Story]) {
        self.name = name
        self.stories = stories
    }

    /// How many questions the stories ask.
    public var questionCount: Int { stories.reduce(0) { $0 + $1.questions.count } }

    /// Reads one file; its name without endings is the kind's.
    ///
    /// - Throws: `CorpusError`, with the line, for a file that cannot be read.
    public static func read(_ path: String) throws -> StoryTask {
        let file = URL(fileURLWithPath: path).lastPathComponent
        let name = ["gz", "txt"].reduce(file) { name, ending in
            name.hasSuffix("." + ending) ? String(name.dropLast(ending.count + 1)) : name
        }
        return StoryTask(name: name, stories: try Story.read(path))
    }

    /// The two parts of the bAbI tasks.
    public enum Part: String, Sendable, CaseIterable {
        /// What is learnt from.
        case train
        /// What is measured on.
        case test
    }

    /// Reads the files of the bAbI tasks in a folder, `qa1_single-supporting-fact_train.txt` and its like, plain or gzip, in the order of their numbers.
    ///
    /// - Parameters:
    ///   - folder: where they lie.
    ///   - part: which of each task's files.
    ///   - numbers: which tasks; all that are there where nil.
    /// - Throws: `CorpusError`: no such folder, a task that is not there, and what `Story.read` throws.
    public static func read(folder: String, _ part: Part, numbers: [Int]? = nil) throws -> [StoryTask] {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
            throw CorpusError(
                .missingFile, path: folder, "there is no such folder, or it cannot be read; name the one that holds the tasks' files.")
        }
        var found: [Int: String] = [:]
        for name in names.sorted() {
            guard let match = name.wholeMatch(of: /qa(\d+)_(.+)_(\w+)\.txt(\.gz)?/), match.output.3 == part.rawValue,
                let number = Int(match.output.1)
            else { continue }
            found[number] = name
        }
        let wanted = numbers ?? found.keys.sorted()
        guard !wanted.isEmpty else {
            throw CorpusError(.missingFile, path: folder, "no file there is called like 'qa1_single-supporting-fact_\(part.rawValue).txt'.")
        }
        return try wanted.map { number in
            guard let name = found[number] else {
                throw CorpusError(.missingFile, path: folder, "the task \(number) has no file 'qa\(number)_…_\(part.rawValue).txt' there.")
            }
            let title = name.dropFirst(2).replacing(/_(train|test)\.txt(\.gz)?$/, with: "").replacing("_", with: " ")
            return StoryTask(name: String(title), stories: try Story.read(URL(fileURLWithPath: folder).appendingPathComponent(name).path))
        }
    }
}

extension StoryTask {
    /// Parts the stories in two: those to learn from, and a share of them that is kept to measure with, at least one and drawn from all over them.
    ///
    /// - Throws: `CorpusError` (`.invalidOption`) where none would be left to learn from.
    public func parted(share: Double, seed: UInt64) throws -> (training: StoryTask, heldOut: StoryTask) {
        let count = max(1, Int((Double(stories.count) * share).rounded()))
        let parts = try HeldOutPart.parted(stories, count: count, seed: seed)
        return (StoryTask(name: name, stories: parts.training), StoryTask(name: name, stories: parts.heldOut))
    }
}
