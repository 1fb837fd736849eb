import Foundation
import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

@testable import UnrollModels

@Suite("Memory networks") struct MemoryNetworkTests {
    private func network(
        seed: UInt64 = 1, scalarType: ScalarType = .float32, _ configure: (inout MemoryNetworkConfiguration) -> Void = { _ in }
    ) -> MemoryNetwork {
        var configuration = MemoryNetworkConfiguration()
        (configuration.embedding, configuration.hops, configuration.memorySize) = (5, 2, 6)
        configure(&configuration)
        return MemoryNetwork(configuration, words: 11, centres: [7, 9], key: RandomKey(seed: seed), scalarType: scalarType)
    }

    private func described(_ configure: (inout MemoryNetworkConfiguration) -> Void) -> [String] {
        network(configure).parameters.map { "\($0.name) \($0.parameter.shape)" }
    }

    /// Files depend on these names.
    @Test func namesOfParameters() {
        #expect(described { _ in } == ["encoder.tables.0 [17, 5]", "encoder.tables.1 [17, 5]", "encoder.tables.2 [17, 5]"])
        #expect(
            described { ($0.tying, $0.temporal) = (.layerWise, false) } == [
                "encoder.tables.0 [11, 5]", "encoder.tables.1 [11, 5]", "encoder.tables.2 [11, 5]", "matrices.0.weight [5, 5]",
                "output.weight [7, 5]",
            ])
        #expect(described { $0.tying = .keyValue } == ["encoder.tables.0 [17, 5]", "matrices.0.weight [5, 5]", "matrices.1.weight [5, 5]"])
        #expect(
            described { ($0.encoding, $0.cell, $0.hops) = (.recurrent, .rnn, 1) } == [
                "encoder.embedding.weight [11, 5]", "encoder.cells.weight_ih_l0 [5, 5]", "encoder.cells.weight_hh_l0 [5, 5]",
                "encoder.cells.bias_ih_l0 [5]", "encoder.projections.0.weight [5, 5]", "encoder.projections.1.weight [5, 5]",
                "encoder.tables.0 [6, 5]", "encoder.tables.1 [6, 5]", "output.weight [7, 5]",
            ])
    }

    @Test func theLeastSizeIsNeverMoreThanTheNetworkHas() {
        for tying in MemoryTying.allCases {
            for encoding in SentenceEncoding.allCases {
                let network = network { ($0.tying, $0.encoding) = (tying, encoding) }
                let least = network.configuration.leastParameterCount(words: 11)
                #expect(least <= Double(network.parameterCount) && least > 0, "\(tying) \(encoding)")
            }
        }
    }

    private static let stories = [
        MemoryQuestion(sentences: [[4, 5, 9], [6, 7], [8]], question: [5, 8]), MemoryQuestion(sentences: [[7, 10, 10, 4]], question: [9]),
        MemoryQuestion(sentences: [[5], [], [4, 7], [8, 8], [9], [10, 7], [4], [6]], question: [4, 5, 6]),
    ]

    private func bits(_ tensor: Tensor) -> [UInt32] { tensor.floats.map(\.bitPattern) }

    @Test(arguments: MemoryTying.allCases, SentenceEncoding.allCases)
    func aQuestionIsTheSameAloneAndInABatch(_ tying: MemoryTying, _ encoding: SentenceEncoding) {
        for content in MemoryContent.allCases {
            let network = network { ($0.tying, $0.encoding, $0.content, $0.deviation) = (tying, encoding, content, 0.7) }
            let (together, hops) = network(network.batch(Self.stories), .inference())
            for (row, story) in Self.stories.enumerated() {
                let batch = network.batch([story])
                let alone = network(batch, .inference())
                #expect(bits(alone.state) == bits(together.sliced(row..<row + 1, axis: 0)))
                for (one, all) in zip(alone.hops, hops) {
                    let length = Int(batch.lengths[0])
                    #expect(bits(one.weights.at(0)).prefix(length) == bits(all.weights.at(row)).prefix(length))
                    #expect(all.weights.at(row).floats.dropFirst(length).allSatisfy { $0 == 0 })
                }
            }
        }
    }

    @Test func theOldestSentencesAreDropped() {
        let batch = network().batch(Self.stories)
        #expect(batch.lengths == [3, 1, 6] && batch.slots == 6)
        #expect(batch.sources == [[0, 1, 2], [0], [2, 3, 4, 5, 6, 7]])
        let windows = network { ($0.content, $0.window) = (.windows, 3) }.batch(Self.stories)
        #expect(windows.lengths == [2, 1, 3])
        #expect(windows.sources == [[0, 1], [0], [2, 4, 5]])
    }

    @Test func anEmptyMemoryReadsNothing() {
        let network = network { $0.deviation = 0.7 }
        let batch = network.batch([MemoryQuestion(sentences: [], question: [4])])
        #expect(batch.lengths == [0] && batch.slots == 1)
        let (state, hops) = network(batch, .inference())
        let question = network.encoder(network.encoder.prepared([[4]], ages: [-1]), tables: [0], .inference())[0]
        #expect(bits(state) == bits(question))
        #expect(hops.allSatisfy { $0.weights.floats == [0] })
    }

    /// Padding and unknown words are zeros from the beginning to the end.
    @Test(arguments: MemoryTying.allCases)
    func rowsOfNoWordStayZero(_ tying: MemoryTying) {
        let network = network { $0.tying = tying }
        let key = RandomKey(seed: 3)
        for step in 0..<5 {
            let batch = network.batch(Self.stories)
            let (_, gradients, _) = valueAndGradients(of: network, key: key.split(step)) { context in
                (loss: network.loss(network(batch, context).state, answers: [5, 6, 10], context), extra: ())
            }
            for (named, gradient) in zip(network.parameters, gradients.values) {
                guard let gradient = gradient?.dense else { continue }
                named.parameter.set(named.parameter.value - gradient * 0.1)
            }
        }
        for table in network.encoder.tables {
            #expect(table.value.sliced(0..<MemoryNetwork.firstWord, axis: 0).floats.allSatisfy { $0 == 0 })
            #expect(table.value.sliced(MemoryNetwork.firstWord..<11, axis: 0).floats.contains { $0 != 0 })
        }
    }

    /// Age is all that tells two equal sentences apart.
    @Test func agesCount() {
        let network = network { $0.deviation = 0.7 }
        let state = { (ages: [Int32]?) in
            self.bits(network(network.batch([MemoryQuestion(sentences: [[4], [5]], question: [6], ages: ages)]), .inference()).state)
        }
        #expect(state(nil) == state([1, 0]))
        #expect(state(nil) != state([3, 1]))
        // An age beyond the last is the last.
        #expect(state([9, 0]) == state([5, 0]))
    }

    /// An empty slot has a score of 0 and nothing in it.
    @Test func emptySlotsTakeTheirShare() {
        let story = MemoryQuestion(sentences: [[4, 5, 9], [6, 7]], question: [5, 8])
        let (with, without) = (network { $0.deviation = 0.7 }, network { ($0.deviation, $0.emptySlots) = (0.7, false) })
        let hops = [with, without].map { $0($0.batch([story]), keepsScores: true, .inference()).hops[0] }
        let scores = hops[0].scores?.doubles ?? []
        #expect(scores == hops[1].scores?.doubles)
        let exponentials = scores.map { exp($0) }
        let sum = exponentials.reduce(0, +)
        for (weight, exponential) in zip(hops[0].weights.doubles, exponentials) { #expect(abs(weight - exponential / (sum + 4)) < 1e-6) }
        for (weight, exponential) in zip(hops[1].weights.doubles, exponentials) { #expect(abs(weight - exponential / sum) < 1e-6) }
    }

    @Test(arguments: [true, false]) func supervisionLowersTheLossOfTheRightSentence(_ emptySlots: Bool) throws {
        let network = network(scalarType: .float64) { ($0.deviation, $0.emptySlots) = (0.7, emptySlots) }
        let batch = network.batch(Self.stories)
        let (_, hops) = network(batch, keepsScores: true, .inference())
        let loss = try #require(network.supervision(hops, facts: [[2], [0, 0], [1, 7]], batch, scale: 2))
        // The first fact of the last story has been dropped; the second hop of the first has none.
        let terms = [(0, 0, 2), (0, 1, 0), (1, 1, 0), (1, 2, 5)].map { hop, row, slot in
            -log(hops[hop].weights.at(row).doubles[slot])
        }
        #expect(abs(loss.scalar - 2 * terms.reduce(0, +)) < 1e-12)
        #expect(network.supervision(hops, facts: [[], [], []], batch)?.scalar == nil)
    }
}
