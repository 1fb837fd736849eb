import Foundation
import Testing

@testable import UnrollText

/// On the sentences of Multi30k, where they are: `UNROLL_DATA`, or `../shared/data` beside the package.
@Suite struct RealTextTests {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["UNROLL_DATA"] { return URL(fileURLWithPath: path) }
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return package.deletingLastPathComponent().appendingPathComponent("shared/data")
    }()

    static func url(_ language: String) -> URL { folder.appendingPathComponent("multi30k/train.\(language).gz") }

    static let isThere = ["de", "en", "fr"].allSatisfy { FileManager.default.isReadableFile(atPath: url($0).path) }

    static func lines(_ language: String) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gunzip", "-c", url(language).path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test(
        .enabled(if: isThere, "Multi30k is not there; set UNROLL_DATA to the folder that holds multi30k/train.de.gz"),
        arguments: ["de", "fr"])
    func sentencesComeBack(_ language: String) throws {
        let sentences = Array(try Self.lines(language).prefix(3000))
        #expect(sentences.count == 3000)
        let tokenizers: [StoredTokenizer] = [
            .word(WordTokenizer()), .character(CharacterTokenizer()), .bytePair(.learn(from: sentences, merges: 1000)),
        ]
        for tokenizer in tokenizers {
            let codec = TextCodec(tokenizer: tokenizer, learningFrom: sentences)
            for sentence in sentences {
                let ids = codec.encode(sentence)
                #expect(!ids.contains(Vocabulary.unknown))
                #expect(codec.decode(ids).hasSameBytes(as: sentence))
            }
        }
        let scores = try BLEU().score(of: sentences, against: [sentences])
        #expect(abs(scores.score - 100) < 1e-9)
    }
}
