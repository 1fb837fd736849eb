import Testing
import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors

/// Decoding token by token, with caches, gives the bits of whole sequences.
@Suite struct CachedStepTests {
    private static func bits(_ tensor: Tensor) -> [UInt32] { tensor.floats.map(\.bitPattern) }

    private static let configurations: [String: @Sendable (inout TransformerConfiguration) -> Void] = [
        "post-norm, ReLU": { $0.norm = .post },
        "pre-norm, GELU, learned positions": { ($0.activation, $0.positions, $0.maximumPositions) = (.gelu, .learned, 40) },
        "SiLU, 37 features a head, tied, first layer shown": {
            ($0.activation, $0.width, $0.heads, $0.tiedEmbeddings, $0.alignmentLayer) = (.silu, 74, 2, .all, 1)
        },
        "one head of 150 features": { ($0.width, $0.heads) = (150, 1) },
    ]

    private static func model(_ name: String) throws -> Transformer {
        var configuration = TransformerConfiguration()
        (configuration.width, configuration.heads, configuration.feedForward, configuration.decoderLayers) = (24, 3, 29, 2)
        let configure = try #require(configurations[name])
        configure(&configuration)
        let model = Transformer(configuration, sourceVocabulary: 31, targetVocabulary: 31, key: RandomKey(seed: 3))
        for (place, named) in model.parameters.enumerated() {
            named.parameter.set(
                named.parameter.value + .normal(named.parameter.shape, deviation: 0.1, key: RandomKey(seed: 5).split(place)))
        }
        return model
    }

    private static let sources: [[Int32]] = [5, 1, 19, 3, 17].enumerated().map { row, length in
        (0..<length).map { Int32(4 + (7 * row + 3 * $0) % 27) }
    }

    private static func target(_ row: Int, _ step: Int) -> Int32 { Int32(4 + (5 * row + 11 * step) % 27) }

    @Test(arguments: configurations.keys.sorted())
    func aStepIsThatOfTheWholeSequence(_ name: String) throws {
        let model = try Self.model(name)
        let (rows, steps) = (Self.sources.count, 21)
        let longest = Self.sources.map(\.count).max() ?? 0
        let source = Tensor(
            (0..<longest).flatMap { step in Self.sources.map { step < $0.count ? $0[step] : 0 } }, shape: [longest, rows])
        let fed = (0..<steps).map { step in (0..<rows).map { Self.target($0, step) } }
        let memories = model.encode(source, lengths: Self.sources.map { Int32($0.count) }, .inference())
        let whole = model.decode(Tensor(fed.flatMap { $0 }, shape: [steps, rows]), memories, .inference())
        var state = model.start(Self.sources, .inference())
        let shown = model.configuration.alignmentLayer.map { $0 - 1 } ?? 0
        for step in 0..<steps {
            let result = model.step(fed[step], state, .inference())
            state = result.state
            let expected = model.output.logProbabilities(whole.features.at(step), .inference())
            #expect(expected.isFinite)
            #expect(Self.bits(result.logProbabilities) == Self.bits(expected), "step \(step)")
            let weights = mean(whole.weights[shown], axis: 1).at(step, axis: 1)
            #expect(Self.bits(try #require(result.weights)) == Self.bits(weights), "step \(step)")
        }
    }

    /// Rows that are reordered, doubled and dropped, and others that join them at their own first step, go on as each would alone.
    @Test(arguments: configurations.keys.sorted())
    func gatheredAndJoinedRowsGoOnAsTheyWere(_ name: String) throws {
        let model = try Self.model(name)
        let orders: [[Int32]] = [[4, 2, 2, 0], [1, 1, 3], [2, 0, 1, 1, 2], [6, 0, 4, 5], [0, 1]]
        let newcomers = [[1], [], [3, 0], [2], []]
        var origins = Array(Self.sources.indices)
        var histories = [[Int32]](repeating: [], count: origins.count)
        var state = model.start(Self.sources, .inference())
        for (step, order) in orders.enumerated() {
            let fed = origins.indices.map { Self.target($0, step) }
            let result = model.step(fed, state, .inference())
            for row in origins.indices {
                histories[row].append(fed[row])
                var alone = model.start([Self.sources[origins[row]]], .inference())
                var last: (logProbabilities: Tensor, weights: Tensor?)?
                for token in histories[row] {
                    let one = model.step([token], alone, .inference())
                    alone = one.state
                    last = (one.logProbabilities, one.weights)
                }
                let expected = try #require(last)
                #expect(Self.bits(result.logProbabilities.at(row)) == Self.bits(expected.logProbabilities))
                let weights = try #require(result.weights).at(row)
                let length = Self.sources[origins[row]].count
                #expect(Self.bits(weights.sliced(0..<length, axis: 0)) == Self.bits(try #require(expected.weights)))
                #expect(weights.floats.dropFirst(length).allSatisfy { $0 == 0 })
            }
            state = model.gathered(result.state, rows: order)
            origins = order.map { origins[Int($0)] }
            histories = order.map { histories[Int($0)] }
            let joining = newcomers[step]
            if !joining.isEmpty { state = model.joined(state, model.start(joining.map { Self.sources[$0] }, .inference())) }
            origins += joining
            histories += joining.map { _ in [] }
        }
    }

    /// Two ways on from one state do not meet, although they share what came before.
    @Test func aStateMayBeUsedTwice() throws {
        let model = try Self.model("post-norm, ReLU")
        let start = model.step([5, 6], model.start([[4, 5], [6]], .inference()), .inference()).state
        let first = model.step([7, 8], start, .inference())
        let other = model.step([9, 10], start, .inference())
        let firstAgain = model.step([11, 12], first.state, .inference())
        let otherAgain = model.step([11, 12], other.state, .inference())
        func straight(_ tokens: [[Int32]]) -> [UInt32] {
            var state = model.start([[4, 5], [6]], .inference())
            var last: Tensor?
            for fed in tokens {
                let result = model.step(fed, state, .inference())
                (state, last) = (result.state, result.logProbabilities)
            }
            return last.map(Self.bits) ?? []
        }
        #expect(Self.bits(firstAgain.logProbabilities) == straight([[5, 6], [7, 8], [11, 12]]))
        #expect(Self.bits(otherAgain.logProbabilities) == straight([[5, 6], [9, 10], [11, 12]]))
    }
}
