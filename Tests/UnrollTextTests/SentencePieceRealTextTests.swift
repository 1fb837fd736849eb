import Foundation
import Testing

@testable import UnrollText

/// The reference library's numbers and texts for real sentences, with models of real size, where `UNROLL_SENTENCEPIECE` names a folder that
/// `Scripts/golden/sentencepiece_real.py` has written.
@Suite struct SentencePieceRealTextTests {
    static let folder = ProcessInfo.processInfo.environment["UNROLL_SENTENCEPIECE"].map { URL(fileURLWithPath: $0) }

    static func lines(_ name: String) throws -> [String] {
        let folder = try #require(folder)
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        return text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    @Test(
        .enabled(
            if: folder != nil,
            "run Scripts/golden/sentencepiece_real.py with a folder, which needs the Python package, and set UNROLL_SENTENCEPIECE to that folder"
        ),
        arguments: ["unigram", "bpe", "unigram-folded", "bpe-bytes"])
    func sentencesAreDividedAsTheLibraryDivides(_ name: String) throws {
        let folder = try #require(Self.folder)
        let tokenizer = try SentencePieceTokenizer(contentsOf: folder.appendingPathComponent("\(name).model").path)
        let texts = try Self.lines("texts.txt")
        let ids = try Self.lines("\(name).ids")
        let decoded = try Self.lines("\(name).decoded")
        #expect(texts.count > 1_000 && ids.count == texts.count && decoded.count == texts.count)
        for (place, text) in texts.enumerated() {
            let found = tokenizer.ids(in: text)
            if found.map(String.init).joined(separator: " ") != ids[place] {
                Issue.record("line \(place + 1), \(text), is divided otherwise")
            }
            if !tokenizer.text(ids: found).hasSameBytes(as: decoded[place]) {
                Issue.record("line \(place + 1), \(text), comes back otherwise")
            }
        }
    }
}
