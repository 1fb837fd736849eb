import Testing
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

@testable import UnrollDecoding

@Suite("Search with a Transformer") struct TransformerSearchTests {
    @Test(arguments: [NormPlacement.pre, .post], [1, 4])
    func aSentenceIsTheSameAloneAndInABatch(_ norm: NormPlacement, _ beam: Int) {
        let network = SearchExample.transformer { ($0.norm, $0.activation) = (norm, .silu) }
        let search = SearchExample.search(beam: beam, best: beam)
        let together = search(SearchExample.sources, network, .inference())
        let inBatches = [1, 2, 3, 4].map { search.batches(SearchExample.sources, network, rows: $0) }
        for (place, source) in SearchExample.sources.enumerated() {
            let alone = search([source], network, .inference())[0]
            SearchExample.expectSame(together[place], alone)
            for found in inBatches { SearchExample.expectSame(found[place], alone) }
            for hypothesis in alone {
                #expect(hypothesis.attention.map(\.count) == Array(repeating: source.count, count: hypothesis.tokens.count))
                #expect(hypothesis.attention.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-5 })
            }
        }
        #expect(Set(together.map { $0[0].score }).count == Set(SearchExample.sources).count, "the network looks at its source")
        #expect(together.contains { $0[0].tokens.count > 2 })
    }

    /// What a search says of a hypothesis is what the network says of those tokens when they are fed to it, to the bit.
    @Test(arguments: [1, 3]) func theProbabilitiesAreThoseOfTeacherForcing(_ beam: Int) {
        let network = SearchExample.transformer()
        let found = SearchExample.search(beam: beam, best: beam)(SearchExample.sources, network, .inference())
        for (source, hypotheses) in zip(SearchExample.sources, found) where !source.isEmpty {
            let tokens = Tensor(source, shape: [source.count, 1])
            for hypothesis in hypotheses {
                let said = hypothesis.tokens + (hypothesis.isComplete ? [Vocabulary.end] : [])
                let fed = Tensor([Vocabulary.start] + said.dropLast(), shape: [said.count, 1])
                let features = network.features(source: tokens, lengths: [Int32(source.count)], target: fed, .inference())
                let rows = network.output.logProbabilities(features.reshaped(to: [said.count, 16]), .inference())
                let total = said.enumerated().reduce(0.0) { $0 + Double(rows.at($1.offset).floats[Int($1.element)]) }
                #expect(hypothesis.logProbability == total)
            }
        }
    }

    /// A learnt position is needed for each token that is fed, the beginning among them.
    @Test func noTargetIsLongerThanThereArePositions() {
        let network = SearchExample.transformer {
            ($0.positions, $0.maximumPositions) = (.learned, 11)
        }
        var options = SearchOptions()
        (options.beam, options.maximumExtra) = (1, 100)
        let found = BeamSearch(options, start: Vocabulary.start, end: Vocabulary.end, forbidden: [0, 1, 2, 3])(
            SearchExample.sources, network, .inference())
        #expect(found.map { $0[0].tokens.count } == SearchExample.sources.map { $0.isEmpty ? 0 : 11 })
    }
}
