import Foundation
import Unroll

/// A test set, all of its lines: one left out would move those of the written translations.
struct TestSet {
    let pairs: [SentencePair]
    private let source: String

    init(source: String, reference: String) throws {
        self.source = source
        let sources = try Self.lines(source)
        let references = try Self.lines(reference)
        let path = "\(source), \(reference)"
        guard sources.count == references.count else {
            throw CorpusError(
                .unequalLineCounts(source: sources.count, target: references.count), path: path,
                "the files have \(sources.count) and \(references.count) lines; line n of one must translate line n of the other.")
        }
        pairs = zip(sources, references).enumerated().map { SentencePair(source: $1.0, target: $1.1, lineNumber: $0 + 1) }
        guard pairs.contains(where: \.hasText) else { throw CorpusError(.empty, path: path, "there is no pair with text on both sides.") }
    }

    /// Throws before any work is done if a source is longer than a translator takes.
    func checkLengths(for translator: Translator) throws {
        for pair in pairs {
            do { try translator.checkLength(pair.source) } catch {
                throw Failure.Thrown(
                    code: EX_DATAERR,
                    message: "\(source):\(pair.lineNumber): \(error.tokenCount) tokens, at most \(error.maximum) are translated; "
                        + "split the line")
            }
        }
    }

    /// The translations of all sources, with progress; a name tells models apart.
    func translations(by translator: Translator, name: String? = nil) throws -> [String] {
        let clock = ContinuousClock.now
        let prefix = name.map { "\($0): " } ?? ""
        var outputs: [String] = []
        let portion = 256
        for start in stride(from: 0, to: pairs.count, by: portion) {
            outputs += try translator.translate(pairs[start..<min(start + portion, pairs.count)].map(\.source)).map(\.text)
            Terminal.progress(["\(prefix)translated \(outputs.count) of \(pairs.count)"])
        }
        Terminal.note("\(prefix)\(pairs.count.counted("sentence")) in \(((ContinuousClock.now - clock) / .seconds(1)).asDuration)")
        return outputs
    }

    private static func lines(_ path: String) throws -> [String] {
        let reader = try LineReader(path: path)
        var lines: [String] = []
        while let line = try reader.next() { lines.append(line) }
        return lines
    }
}

extension SentencePair {
    /// Whether both sides say something.
    var hasText: Bool { !source.allSatisfy(\.isWhitespace) && !target.allSatisfy(\.isWhitespace) }
}
