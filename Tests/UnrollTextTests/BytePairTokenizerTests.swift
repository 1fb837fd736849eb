import Foundation
import Testing

@testable import UnrollText

@Suite struct BytePairTokenizerTests {
    @Test func theMostFrequentPairComesFirstAndTiesGoByBytes() {
        // All four pairs occur three times, and the mark's bytes come after those of letters.
        let tokenizer = BytePairTokenizer.learn(from: ["cd ab", "ab cd", "cd ab"], merges: 3)
        #expect(tokenizer.merges == [.init(left: "a", right: "b"), .init(left: "c", right: "d"), .init(left: "▁", right: "ab")])
        #expect(tokenizer.alphabet == ["a", "b", "c", "d", "▁"])
        #expect(tokenizer.pieces == ["a", "b", "c", "d", "▁", "ab", "cd", "▁ab"])
        #expect(tokenizer.tokens(in: "ab abcd dab x") == ["▁ab", "▁ab", "cd", "▁", "d", "ab", "▁", "x"])
    }

    @Test func wordsAndTheirPunctuationAreApart() {
        let texts = Array(repeating: "Hello, world 2024!", count: 5)
        let tokenizer = BytePairTokenizer.learn(from: texts, merges: 100)
        #expect(tokenizer.tokens(in: texts[0]) == ["▁Hello", ",", "▁world", "▁2024", "!"])
    }

    @Test func rareScalarsAndRarePairsAreLeftOut() {
        let tokenizer = BytePairTokenizer.learn(
            from: ["aaab", "aaac", "zq"], merges: 100, minimumFrequency: 2, minimumCharacterFrequency: 2)
        #expect(tokenizer.alphabet == ["a", "▁"])
        #expect(tokenizer.tokens(in: "aaab zq") == ["▁aaa", "b", "▁", "z", "q"])
        #expect(tokenizer.merges == [.init(left: "a", right: "a"), .init(left: "aa", right: "a"), .init(left: "▁", right: "aaa")])
    }

    @Test func theOrderOfTheTextsDoesNotMatter() {
        let texts = RandomText.strings(count: 400, seed: 11)
        #expect(BytePairTokenizer.learn(from: texts, merges: 300) == BytePairTokenizer.learn(from: texts.reversed(), merges: 300))
    }

    @Test(arguments: 0..<12) func learnsWhatThePlainAlgorithmLearns(_ seed: Int) {
        var generator = RandomText.Generator(state: UInt64(seed))
        let letters = ["a", "b", "c", "é", " ", "a", "b"]
        let texts = (0..<30).map { _ in
            (0..<Int.random(in: 0...25, using: &generator)).map { _ in letters[Int.random(in: 0..<letters.count, using: &generator)] }
                .joined()
        }
        let learnt = BytePairTokenizer.learn(from: texts, merges: 60)
        #expect(learnt.merges == PlainBytePairs.learn(from: texts, merges: 60, minimumFrequency: 2))
        for text in texts + ["aaaaaaaa", "abababab", "aé bbccaab"] {
            #expect(learnt.tokens(in: text).map(scalars) == PlainBytePairs.tokens(in: text, merges: learnt.merges).map(scalars))
        }
    }

    @Test func longChunksAreJoinedAsShortOnes() {
        let texts = RandomText.strings(count: 200, seed: 7) + ["abcabcabc aabbaabb abab"]
        let tokenizer = BytePairTokenizer.learn(from: texts, merges: 300, minimumFrequency: 1)
        var generator = RandomText.Generator(state: 3)
        for length in 0..<150 {
            var scanned = (0..<length).map { _ in Int32.random(in: -3..<Int32(min(40, tokenizer.pieces.count)), using: &generator) }
            if length % 3 == 0 { scanned = scanned.map { _ in tokenizer.pieceOfScalar.value(of: UInt64(UInt8(ascii: "a"))) } }
            if length % 3 == 1 {
                let letters = ["a", "b", "c"].map { (letter: Unicode.Scalar) in tokenizer.pieceOfScalar.value(of: UInt64(letter.value)) }
                scanned = scanned.map { _ in letters[Int.random(in: 0..<3, using: &generator)] }
            }
            var heaped = scanned
            var ranks: [Int32] = []
            tokenizer.joinByScanning(&scanned, ranks: &ranks)
            tokenizer.joinByHeap(&heaped)
            #expect(scanned == heaped)
        }
    }

    @Test func aLearntTokenizerSurvivesJSON() throws {
        let tokenizer = BytePairTokenizer.learn(from: RandomText.strings(count: 500, seed: 5), merges: 500)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(tokenizer)
        let back = try JSONDecoder().decode(BytePairTokenizer.self, from: data)
        #expect(back == tokenizer)
        #expect(back.pieces.map(scalars) == tokenizer.pieces.map(scalars))
        #expect(try encoder.encode(back) == data)
    }

    @Test(arguments: [
        #"{"alphabet":"ab▁","merges":["a"]}"#, #"{"alphabet":"ab▁","merges":["a b c"]}"#, #"{"alphabet":"ab▁","merges":["a c"]}"#,
        #"{"alphabet":"ab▁","merges":["ab a","a b"]}"#, #"{"alphabet":"ab▁","merges":["a b","a b"]}"#,
        #"{"alphabet":"ab▁","merges":[" a"]}"#,
    ])
    func brokenMergesAreNamed(_ json: String) {
        let error = #expect(throws: TextError.self) { try JSONDecoder().decode(BytePairTokenizer.self, from: Data(json.utf8)) }
        #expect(error?.kind == .malformedMerges)
        #expect(error?.message.hasPrefix("merges: merge ") == true)
    }

    @Test func theMarkIsAlwaysInTheAlphabet() throws {
        let tokenizer = try BytePairTokenizer(alphabet: ["b", "a", "b"], merges: [])
        #expect(tokenizer.alphabet == ["a", "b", "▁"])
        #expect(tokenizer.tokens(in: "▁ ab") == ["▁", "％", "2", "5", "8", "1", "▁", "a", "b"])
    }
}

/// Byte pairs as the paper's own few lines of code have it: all pairs are counted afresh before each merge.
enum PlainBytePairs {
    static func chunks(of text: String) -> [[String]] {
        var chunks: [[String]] = []
        ChunkSplitter.forEachChunk(of: text) { chunks.append($0.map(String.init)) }
        return chunks
    }

    static func learn(from texts: [String], merges limit: Int, minimumFrequency: Int) -> [BytePairTokenizer.Merge] {
        var chunks = texts.flatMap(chunks(of:))
        var merges: [BytePairTokenizer.Merge] = []
        while merges.count < limit {
            var counts: [[String]: Int] = [:]
            for chunk in chunks { for place in chunk.indices.dropLast() { counts[[chunk[place], chunk[place + 1]], default: 0] += 1 } }
            let best = counts.min { first, second in
                if first.value != second.value { return first.value > second.value }
                if first.key[0] != second.key[0] { return first.key[0].precedesInBytes(second.key[0]) }
                return first.key[1].precedesInBytes(second.key[1])
            }
            guard let best, best.value >= minimumFrequency else { break }
            chunks = chunks.map { joining(best.key[0], best.key[1], in: $0) }
            merges.append(BytePairTokenizer.Merge(left: best.key[0], right: best.key[1]))
        }
        return merges
    }

    static func tokens(in text: String, merges: [BytePairTokenizer.Merge]) -> [String] {
        chunks(of: text).flatMap { chunk in
            var chunk = chunk
            while true {
                let ranked = chunk.indices.dropLast().compactMap { place in
                    merges.firstIndex(of: .init(left: chunk[place], right: chunk[place + 1])).map { (rank: $0, place: place) }
                }
                guard let first = ranked.min(by: { ($0.rank, $0.place) < ($1.rank, $1.place) }) else { return chunk }
                chunk.replaceSubrange(first.place...first.place + 1, with: [chunk[first.place] + chunk[first.place + 1]])
            }
        }
    }

    private static func joining(_ left: String, _ right: String, in chunk: [String]) -> [String] {
        var joined: [String] = []
        var index = 0
        while index < chunk.count {
            if index + 1 < chunk.count && chunk[index] == left && chunk[index + 1] == right {
                joined.append(left + right)
                index += 2
            } else {
                joined.append(chunk[index])
                index += 1
            }
        }
        return joined
    }
}
