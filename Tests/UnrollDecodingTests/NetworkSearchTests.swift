import Testing
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

@testable import UnrollDecoding

@Suite("Search with a network") struct NetworkSearchTests {
    typealias Configuration = SequenceToSequenceConfiguration

    private static let configurations: [Configuration] = Configuration.AttentionChoice.allCases.flatMap { attention in
        [CellKind.gru, .lstm, .rnn].map { cell in
            var configuration = Configuration()
            configuration.embedding = 7
            configuration.hidden = 12
            configuration.cell = cell
            configuration.attention = attention
            configuration.bidirectional = attention != .dot
            configuration.inputFeeding = cell == .lstm
            configuration.decoderLayers = cell == .rnn ? 2 : 1
            configuration.reverseSource = cell == .gru
            return configuration
        }
    }

    @Test(arguments: configurations, [1, 4])
    func aSentenceIsTheSameAloneAndInABatch(_ configuration: Configuration, _ beam: Int) {
        let (network, search) = (SearchExample.recurrent { $0 = configuration }, SearchExample.search(beam: beam, best: beam))
        let together = search(SearchExample.sources, network, .inference())
        let inBatches = [1, 2, 3, 4].map { search.batches(SearchExample.sources, network, rows: $0) }
        let repeated = search([SearchExample.sources[5]] + Array(repeating: SearchExample.sources[0], count: 20), network, .inference())
        for (place, source) in SearchExample.sources.enumerated() {
            let alone = search([source], network, .inference())[0]
            SearchExample.expectSame(together[place], alone)
            for found in inBatches { SearchExample.expectSame(found[place], alone) }
            for hypothesis in alone where configuration.attention != .none {
                #expect(hypothesis.attention.map(\.count) == Array(repeating: source.count, count: hypothesis.tokens.count))
            }
        }
        for result in repeated.dropFirst() { SearchExample.expectSame(result, together[0]) }
        #expect(Set(together.map { $0[0].score }).count == Set(SearchExample.sources).count, "the network looks at its source")
        #expect(together.contains { $0[0].tokens.count > 2 })
    }

    /// Reading a source backwards is reading the backward source, but the weights are counted from the source's own start.
    @Test(arguments: [Configuration.AttentionChoice.general, .additive])
    func aReversedSourceIsAlignedInItsOwnOrder(_ attention: Configuration.AttentionChoice) {
        var configuration = Configuration()
        configuration.embedding = 7
        configuration.hidden = 12
        configuration.attention = attention
        configuration.bidirectional = false
        let plain = SearchExample.recurrent { $0 = configuration }
        configuration.reverseSource = true
        let reversing = SearchExample.recurrent { $0 = configuration }
        #expect(plain.snapshot.map(\.floats) == reversing.snapshot.map(\.floats))
        let search = SearchExample.search(beam: 2)
        let expected = search(SearchExample.sources.map { $0.reversed() }, plain, .inference())
        let found = search(SearchExample.sources, reversing, .inference())
        var compared = 0
        for (expected, found) in zip(expected, found) {
            #expect(found[0].tokens == expected[0].tokens)
            #expect(found[0].score == expected[0].score)
            #expect(found[0].attention == expected[0].attention.map { $0.reversed() })
            compared += found[0].attention.filter { Set($0).count > 1 }.count
        }
        #expect(compared > 10)
    }
}
