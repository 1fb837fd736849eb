import Foundation
import Testing
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

@testable import UnrollDecoding

@Suite("No n-gram twice") struct RepetitionTests {
    @Test func theTokensThatWouldRepeat() {
        let tokens: [Int32] = [5, 6, 7, 5, 6, 8, 5, 6]
        #expect(tokensThatRepeat(3, in: tokens) == [7, 8])
        #expect(tokensThatRepeat(2, in: tokens) == [7, 8])
        #expect(tokensThatRepeat(4, in: tokens) == [])
        #expect(tokensThatRepeat(1, in: tokens) == tokens)
        #expect(tokensThatRepeat(2, in: [5, 5]) == [5])
        #expect(tokensThatRepeat(2, in: [5]) == [])
        #expect(tokensThatRepeat(1, in: []) == [])
        #expect(tokensThatRepeat(9, in: tokens) == [])
    }

    private static let (end, a, b, c) = (MarkovDecoder.end, Int32(4), Int32(5), Int32(6))

    /// What circles without it goes another way.
    @Test func greedySearchGoesTheNextBestWay() {
        let decoder = MarkovDecoder(
            table: [
                2: [Self.a: 1], Self.a: [Self.b: 0.6, Self.c: 0.3, Self.end: 0.1], Self.b: [Self.a: 0.9, Self.end: 0.1],
                Self.c: [Self.a: 0.8, Self.end: 0.2],
            ], vocabulary: 7)
        let found = { (n: Int?) -> [Int32] in
            var options = SearchOptions()
            (options.beam, options.noRepeat) = (1, n)
            let search = BeamSearch(options, start: MarkovDecoder.start, end: Self.end, forbidden: [0, 1, 2])
            return search([[9, 9]], decoder, .inference())[0][0].tokens
        }
        #expect(found(nil) == Array(repeating: [Self.a, Self.b], count: 7).flatMap(\.self))
        #expect(found(1) == [Self.a, Self.b])
        #expect(found(2) == [Self.a, Self.b, Self.a, Self.c, Self.a])
        #expect(found(3) == [Self.a, Self.b, Self.a, Self.b])
    }

    private func repeats(_ n: Int, in tokens: [Int32]) -> Bool {
        guard tokens.count >= n else { return false }
        let grams = (0...tokens.count - n).map { Array(tokens[$0..<$0 + n]) }
        return Set(grams).count < grams.count
    }

    @Test(arguments: [1, 4], [false, true]) func aNetworkRepeatsNothing(_ beam: Int, _ isDrawn: Bool) {
        let network = SearchExample.recurrent()
        var found: [[[Int32]]] = []
        for n in [nil, 1, 2, 3] {
            let search = SearchExample.search(beam: beam, best: beam) {
                ($0.noRepeat, $0.minimumLength, $0.maximumLength) = (n, 6, 9)
                if isDrawn { $0.sampling = SamplingOptions() }
            }
            let outputs = search(SearchExample.sources, network, .inference()).flatMap { $0.map(\.tokens) }
            if let n { #expect(outputs.allSatisfy { !repeats(n, in: $0) }) }
            found.append(outputs)
        }
        for n in 1...3 where beam == 4 { #expect(found[0].contains { repeats(n, in: $0) }, "there is something to forbid") }
    }
}

@Suite("Beginnings that are given") struct PrefixTests {
    private static let (end, a, b, c) = (MarkovDecoder.end, Int32(4), Int32(5), Int32(6))

    private let decoder = MarkovDecoder(
        table: [
            2: [a: 0.6, b: 0.3, c: 0.1], a: [a: 0.3, b: 0.3, end: 0.4], b: [c: 0.5, end: 0.2, a: 0.3],
            c: [end: 0.5, a: 0.2, b: 0.2, 1: 0.1], 1: [a: 0.5, end: 0.5],
        ], vocabulary: 7)

    /// A beam as wide as there are sequences finds the best of all that begin so, with the score of the whole.
    @Test(arguments: [[], [b], [c, b], [a, a, a]] as [[Int32]]) func whatIsBestIsTheBestThatBeginsSo(_ prefix: [Int32]) {
        let search = decoder.search(beam: 2_000, best: 3, penalty: 0.7, factor: 0, extra: 5)
        let found = search([[9]], prefixes: [prefix], decoder, .inference())[0]
        let every = decoder.everySequence(longest: 5) { $0 / pow((5 + Double($1)) / 6, 0.7) }.filter {
            $0.tokens.starts(with: prefix) && !$0.tokens.contains(1)
        }
        #expect(found.map(\.tokens) == every.prefix(3).map(\.tokens))
        for (found, expected) in zip(found, every) { #expect(abs(found.score - expected.score) < 1e-12) }
    }

    /// What is forced need not be allowed, may repeat itself, and leaves room for at least one token more.
    @Test func whatIsForcedIsForced() {
        var options = SearchOptions()
        (options.beam, options.noRepeat, options.maximumLength) = (2, 1, 2)
        let search = BeamSearch(options, start: MarkovDecoder.start, end: Self.end, forbidden: [0, 1, 2])
        let found = search([[9]], prefixes: [[Self.a, Self.a, Self.b, Self.c, 1]], decoder, .inference())[0][0]
        #expect(found.tokens == [Self.a, Self.a, Self.b, Self.c, 1])
        #expect(found.isComplete)
        let log = { self.decoder.logProbability($0, $1) }
        #expect(
            found.logProbability
                == log(2, Self.a) + log(Self.a, Self.a) + log(Self.a, Self.b) + log(Self.b, Self.c) + log(Self.c, 1) + log(1, Self.end))
    }

    @Test func anImpossibleBeginningGivesWhatThereIs() {
        let found = decoder.search(beam: 2)([[9]], prefixes: [[Self.a, 0, Self.b]], decoder, .inference())[0]
        #expect(found.map(\.tokens) == [[Self.a]])
        #expect(!found[0].isComplete)
    }

    @Test(arguments: [false, true]) func withANetworkItIsTheSameAloneAndInABatch(_ isDrawn: Bool) {
        let prefixes: [[Int32]] = [[4], [5], [], [6, 7, 8], [1], [], [9, 9], [12, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4], [4]]
        let search = SearchExample.search(beam: 3, best: 3) { if isDrawn { $0.sampling = SamplingOptions() } }
        for network in [TranslationNetwork.recurrent(SearchExample.recurrent()), .transformer(SearchExample.transformer())] {
            let together = search(SearchExample.sources, prefixes: prefixes, network, .inference())
            let inBatches = search.batches(SearchExample.sources, prefixes: prefixes, network, rows: 4)
            for (place, source) in SearchExample.sources.enumerated() {
                let alone = search([source], prefixes: [prefixes[place]], network, .inference())[0]
                SearchExample.expectSame(together[place], alone)
                SearchExample.expectSame(inBatches[place], alone)
                #expect(source.isEmpty || alone.count == 3 && alone.allSatisfy { $0.tokens.starts(with: prefixes[place]) })
            }
        }
    }
}
