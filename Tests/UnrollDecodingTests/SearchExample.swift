import Testing
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

@testable import UnrollDecoding

/// What the searches of whole networks are tried with: source vocabularies of 15 tokens, target ones of 13.
enum SearchExample {
    static let sources: [[Int32]] = [
        [4, 5, 6, 7, 8, 9, 10], [], [11], [12, 4], [4, 5, 6, 7, 8, 9, 14], [13, 13, 13, 13], [4, 5], [11],
        [9, 8, 7, 6, 5, 4, 4, 4, 12, 6, 10],
    ]

    static func search(beam: Int, best: Int = 1, _ change: (inout SearchOptions) -> Void = { _ in }) -> BeamSearch {
        var options = SearchOptions()
        options.beam = beam
        options.best = best
        options.maximumExtra = 3
        options.wantsAlignments = true
        change(&options)
        return BeamSearch(options, start: Vocabulary.start, end: Vocabulary.end, forbidden: [0, 1, 2])
    }

    /// Networks that are sure of themselves, and do not end at once.
    static func recurrent(
        _ configure: (inout SequenceToSequenceConfiguration) -> Void = { _ in }
    ) -> SequenceToSequence {
        var configuration = SequenceToSequenceConfiguration()
        (configuration.embedding, configuration.hidden) = (7, 12)
        configure(&configuration)
        let network = SequenceToSequence(configuration, sourceVocabulary: 15, targetVocabulary: 13, key: RandomKey(seed: 21))
        network.makeSure(bias: network.output.bias, deviation: 0.5)
        return network
    }

    static func transformer(_ configure: (inout TransformerConfiguration) -> Void = { _ in }) -> Transformer {
        var configuration = TransformerConfiguration()
        (configuration.width, configuration.heads, configuration.feedForward) = (16, 2, 24)
        (configuration.encoderLayers, configuration.decoderLayers) = (2, 2)
        configure(&configuration)
        let network = Transformer(configuration, sourceVocabulary: 15, targetVocabulary: 13, key: RandomKey(seed: 21))
        network.makeSure(bias: network.output.bias, deviation: 0.3)
        return network
    }

    /// Everything that was found, numbers by their bits.
    static func expectSame(_ first: [Hypothesis], _ second: [Hypothesis], sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(first.map(\.tokens) == second.map(\.tokens), sourceLocation: sourceLocation)
        #expect(first.map(\.score.bitPattern) == second.map(\.score.bitPattern), sourceLocation: sourceLocation)
        #expect(first.map(\.logProbability.bitPattern) == second.map(\.logProbability.bitPattern), sourceLocation: sourceLocation)
        #expect(first.map(\.isComplete) == second.map(\.isComplete), sourceLocation: sourceLocation)
        #expect(
            first.map { $0.attention.map { $0.map(\.bitPattern) } } == second.map { $0.attention.map { $0.map(\.bitPattern) } },
            sourceLocation: sourceLocation)
    }
}

extension Module {
    /// Makes a network sure of itself, and unlikely to end at once.
    func makeSure(bias: Parameter, deviation: Double) {
        for (place, named) in parameters.enumerated() {
            named.parameter.set(
                named.parameter.value + .normal(named.parameter.shape, deviation: deviation, key: RandomKey(seed: 22).split(place)))
        }
        bias.set(bias.value - Tensor((0..<13).map { $0 == Int(Vocabulary.end) ? 3 : 0 }, shape: [13], scalarType: .float32))
    }
}
