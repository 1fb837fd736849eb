import Foundation
import UnrollData
import UnrollModels
import UnrollTraining

/// The sections of a recipe that learns to answer questions about stories.
public struct QuestionAnsweringRecipe: Codable, Sendable, Equatable {
    /// What it is learnt from.
    public var data: StoryData
    /// What learns.
    public var model = MemoryNetworkConfiguration()
    /// How it learns.
    public var training = QuestionAnsweringTraining()

    /// A recipe with defaults for all but the data.
    public init(data: StoryData) { self.data = data }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        data = try values.decode(StoryData.self, forKey: .data)
        model = try values.value(.model, default: model)
        training = try values.value(.training, default: training)
        if training.options.supervision > 0, model.content == .windows {
            throw values.invalid(.training, "'supervision' needs 'model.content: sentences': windows have no supporting sentence each")
        }
    }
}

/// Where stories come from: the folder of the bAbI tasks, files of that format, or the generator.
public struct StoryData: Codable, Sendable, Equatable {
    /// The folder of the bAbI tasks' files, `qa1_…_train.txt.gz` and its like.
    public var folder: String?
    /// Which of the folder's tasks; all that are there where absent.
    public var tasks: [Int]?
    /// Files to learn from, each a task of its own; beside those of the folder, where there is one.
    public var train: [String]?
    /// Files to choose the best model by.
    public var validation: [String]?
    /// The share of the stories of each task that is kept to choose the best model by, where no files are named for that.
    public var validationShare = 0.1
    /// Which stories are kept.
    public var seed: UInt64 = 1
    /// Made by the generator.
    public var stories: StorySection?

    /// The generator's stories.
    public init(stories: StorySection) { self.stories = stories }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        folder = try values.decodeIfPresent(String.self, forKey: .folder)
        tasks = try values.decodeIfPresent([Int].self, forKey: .tasks)
        train = try values.decodeIfPresent([String].self, forKey: .train)
        validation = try values.decodeIfPresent([String].self, forKey: .validation)
        validationShare = try values.probability(.validationShare, default: validationShare)
        seed = try values.value(.seed, default: seed)
        stories = try values.decodeIfPresent(StorySection.self, forKey: .stories)
        guard (folder != nil || train != nil) != (stories != nil) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "must have 'folder' or 'train' or both, or 'stories'"))
        }
        if tasks != nil, folder == nil { throw values.invalid(.tasks, "needs 'folder', whose tasks they are the numbers of") }
        if validation != nil, train == nil {
            throw values.invalid(.validation, "needs 'train'; without, stories are kept by 'validation_share'")
        }
        if tasks?.isEmpty == true || train?.isEmpty == true || validation?.isEmpty == true {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath, debugDescription: "has a list without anything in it; name something, or leave it out"))
        }
    }

    /// The stories to learn from and those to choose the best model by.
    ///
    /// - Throws: `CorpusError`, with the line, for files that cannot be read.
    public func parts() throws -> (training: [StoryTask], validation: [StoryTask]) {
        if let stories { return (stories.tasks(stories.train, stream: 1), stories.tasks(stories.validation, stream: 2)) }
        let found = try folder.map { try StoryTask.read(folder: $0.asDataPath, .train, numbers: tasks) } ?? []
        let all = try found + Self.read(train ?? [])
        if let validation { return (all, try Self.read(validation)) }
        let parts = try all.map { try $0.parted(share: validationShare, seed: seed) }
        return (parts.map(\.training), parts.map(\.heldOut))
    }

    /// What a model is measured on where nothing else is said: the tasks' test files, as many new stories as for validation, or the validation files.
    ///
    /// - Throws: `CorpusError`, with the line, for files that cannot be read.
    public func test() throws -> [StoryTask] {
        if let stories { return stories.tasks(stories.validation, stream: 3) }
        if let folder { return try StoryTask.read(folder: folder.asDataPath, .test, numbers: tasks) }
        return try parts().validation
    }

    /// The test files of a folder, or the stories of one file.
    ///
    /// - Throws: `CorpusError`, with the line, for files that cannot be read.
    public static func read(_ path: String) throws -> [StoryTask] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return [try StoryTask.read(path)]
        }
        return try StoryTask.read(folder: path, .test)
    }

    private static func read(_ paths: [String]) throws -> [StoryTask] { try paths.map { try StoryTask.read($0.asDataPath) } }
}

/// The generator of stories.
public struct StorySection: Codable, Sendable, Equatable {
    /// What is asked.
    public var kinds = StoryGenerator.Kind.allCases
    /// Questions of each kind to learn from.
    public var train = 1_000
    /// Questions of each kind to measure with.
    public var validation = 200
    /// The seed of the draws.
    public var seed: UInt64 = 1

    /// The defaults.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        kinds = try values.value(.kinds, default: kinds)
        guard !kinds.isEmpty else { throw values.invalid(.kinds, "must name at least one kind") }
        train = try values.count(.train, default: train)
        validation = try values.count(.validation, default: validation)
        seed = try values.value(.seed, default: seed)
    }

    fileprivate func tasks(_ count: Int, stream: UInt64) -> [StoryTask] {
        let generator = StoryGenerator(seed: seed)
        return kinds.map { generator.task($0, questions: count, stream: stream) }
    }
}
