import Testing
import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors

/// The rows beside a row do not change a single bit of it.
@Suite struct BatchInvarianceTests {
    private static let lengths = [5, 1, 9, 0, 3, 9, 7]

    private static func bits(_ tensor: Tensor) -> [UInt32] { tensor.floats.map(\.bitPattern) }

    /// [time, batch, …] → the row of the batch, its first steps alone: [length, 1, …].
    private static func row(_ index: Int, of tensor: Tensor, length: Int) -> Tensor {
        tensor.sliced(index..<index + 1, axis: 1).sliced(0..<length, axis: 0)
    }

    @Test(arguments: CellKind.allCases, [false, true])
    func aRowOfAStackIsTheSameAloneAndInABatch(_ kind: CellKind, _ isBidirectional: Bool) {
        for resetGate in kind == .gru ? ResetGate.allCases : [.beforeProduct] {
            let stack = RecurrentStack(
                kind, inputSize: 11, hiddenSize: 37, layers: 2, isBidirectional: isBidirectional,
                options: CellOptions(resetGate: resetGate),
                key: RandomKey(seed: 1))
            let batch = Tensor.uniform([9, 7, 11], in: -2..<2, key: RandomKey(seed: 2))
            let together = stack(batch, lengths: Self.lengths.map(Int32.init), .inference())
            for (index, length) in Self.lengths.enumerated() {
                let alone = stack(Self.row(index, of: batch, length: length), .inference())
                #expect(Self.bits(alone.outputs) == Self.bits(Self.row(index, of: together.outputs, length: length)))
                for (one, many) in zip(alone.states.joined(), together.states.joined()) {
                    for (part, whole) in zip(one.tensors, many.tensors) {
                        #expect(Self.bits(part) == Self.bits(whole.sliced(index..<index + 1, axis: 0)), "row \(index)")
                    }
                }
            }
        }
    }

    private static let configurations: [String: @Sendable (inout SequenceToSequenceConfiguration) -> Void] = [
        "gru, additive": { _ in },
        "lstm, general, input feeding, tied": {
            ($0.cell, $0.attention, $0.inputFeeding, $0.tiedEmbeddings) = (.lstm, .general, true, .all)
        },
        "lstm, none, copied, reversed": {
            ($0.cell, $0.attention, $0.bidirectional, $0.bridge, $0.reverseSource) = (.lstm, .none, false, .copy, true)
            ($0.encoderLayers, $0.decoderLayers) = (2, 2)
        },
        "rnn, dot, copied": { ($0.cell, $0.attention, $0.bidirectional, $0.bridge) = (.rnn, .dot, false, .copy) },
        "gru after, additive, reversed": { ($0.resetGate, $0.reverseSource) = (.afterProduct, true) },
    ]

    private static func model(_ configure: (inout SequenceToSequenceConfiguration) -> Void) -> SequenceToSequence {
        var configuration = SequenceToSequenceConfiguration()
        (configuration.embedding, configuration.hidden) = (13, 21)
        configure(&configuration)
        return SequenceToSequence(configuration, sourceVocabulary: 29, targetVocabulary: 29, key: RandomKey(seed: 4))
    }

    @Test(arguments: configurations.keys.sorted())
    func aSentenceIsTheSameAloneAndInABatch(_ name: String) throws {
        let model = Self.model(try #require(Self.configurations[name]))
        let key = RandomKey(seed: 6)
        let sources = Self.lengths.enumerated().map { row, length in
            (0..<length).map { Int32(1 + 28 * key.uniform(row * 100 + $0)) }
        }
        let fed = (0..<4).map { step in (0..<7).map { Int32(1 + 28 * key.uniform(1000 + step * 7 + $0)) } }
        var together = model.start(sources, .inference())
        var alone = sources.map { model.start([$0], .inference()) }
        for step in 0..<4 {
            let many = model.step(fed[step], together, .inference())
            together = many.state
            for row in 0..<7 {
                let one = model.step([fed[step][row]], alone[row], .inference())
                alone[row] = one.state
                #expect(Self.bits(one.logProbabilities) == Self.bits(many.logProbabilities.sliced(row..<row + 1, axis: 0)), "row \(row)")
                #expect(one.logProbabilities.isFinite)
                guard let weights = one.weights, let all = many.weights else {
                    #expect(one.weights == nil && many.weights == nil)
                    continue
                }
                let inBatch = all.sliced(row..<row + 1, axis: 0)
                #expect(Self.bits(weights) == Self.bits(inBatch.sliced(0..<Self.lengths[row], axis: 1)), "row \(row)")
                #expect(inBatch.sliced(Self.lengths[row]..<9, axis: 1).floats.allSatisfy { $0 == 0 })
            }
        }
    }

    /// Sentences that join others later on, shorter and longer ones than those that are there, go on as each would alone.
    @Test(arguments: configurations.keys.sorted())
    func rowsThatJoinGoOnAsAlone(_ name: String) throws {
        let model = Self.model(try #require(Self.configurations[name]))
        let groups: [[[Int32]]] = [[[3, 4, 5], [7]], [[9, 8, 3, 3, 4], [5, 6]], [[4]]]
        var state = model.start(groups[0], .inference())
        var alone = groups[0].map { model.start([$0], .inference()) }
        for step in 0..<5 {
            if step == 1 || step == 3 {
                let joining = groups[(step + 1) / 2]
                state = model.joined(state, model.start(joining, .inference()))
                alone += joining.map { model.start([$0], .inference()) }
            }
            let fed = alone.indices.map { Int32(1 + (5 * $0 + 3 * step) % 28) }
            let many = model.step(fed, state, .inference())
            state = many.state
            for row in alone.indices {
                let one = model.step([fed[row]], alone[row], .inference())
                alone[row] = one.state
                #expect(Self.bits(one.logProbabilities) == Self.bits(many.logProbabilities.sliced(row..<row + 1, axis: 0)), "row \(row)")
            }
        }
    }

    @Test func gatheredRowsGoOnAsTheyWere() throws {
        let model = Self.model { ($0.cell, $0.attention, $0.inputFeeding) = (.lstm, .general, true) }
        let sources: [[Int32]] = [[3, 4, 5], [7], [9, 8]]
        let state = model.step([1, 2, 3], model.start(sources, .inference()), .inference()).state
        let straight = model.step([4, 5, 6], state, .inference()).logProbabilities
        let turned = model.step([6, 4, 6], model.gathered(state, rows: [2, 0, 2]), .inference()).logProbabilities
        for (row, original) in [2, 0, 2].enumerated() {
            #expect(Self.bits(turned.at(row)) == Self.bits(straight.at(original)))
        }
    }
}
