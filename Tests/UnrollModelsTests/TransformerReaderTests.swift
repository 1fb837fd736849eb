import Foundation
import Testing
import UnrollKernels
import UnrollModules
import UnrollTensors

@testable import UnrollModels

@Suite("Transformers that classify and tag", .serialized) struct TransformerReaderTests {
    private static let readers: [SequenceReaderConfiguration] = [false, true].map { isOther in
        var reader = TransformerReaderConfiguration()
        (reader.width, reader.heads, reader.feedForward, reader.layers) = isOther ? (14, 2, 13, 1) : (12, 3, 17, 2)
        (reader.norm, reader.activation, reader.positions) = isOther ? (.post, .gelu, .learned) : (.pre, .relu, .sinusoidal)
        return .transformer(reader, maximumPositions: 9)
    }

    private static let lengths: [Int32] = [4, 1, 9, 0, 6, 1]
    private static let sequences: [[Int32]] = lengths.enumerated().map { row, length in
        (0..<Int(length)).map { Int32(1 + (5 * row + 3 * $0) % 12) }
    }

    private func shaken<Network: Module>(_ network: Network) -> Network {
        for (place, named) in network.parameters.enumerated() {
            named.parameter.set(
                named.parameter.value + .normal(named.parameter.shape, deviation: 0.3, key: RandomKey(seed: 6).split(place)))
        }
        return network
    }

    private func classifier(_ reader: SequenceReaderConfiguration, _ pooling: PoolingKind) -> SequenceClassifier {
        var configuration = SequenceClassifierConfiguration()
        (configuration.reader, configuration.pooling) = (reader, pooling)
        return shaken(SequenceClassifier(configuration, vocabulary: 13, classes: 3, key: RandomKey(seed: 1)))
    }

    private func tagger(_ reader: SequenceReaderConfiguration, characters: Int) -> SequenceTagger {
        var configuration = SequenceTaggerConfiguration()
        (configuration.reader, configuration.characterEmbedding, configuration.characterHidden) = (reader, 3, characters)
        return shaken(SequenceTagger(configuration, words: 13, characters: 7, tags: 4, key: RandomKey(seed: 1)))
    }

    /// Padding, and the sequences beside one, change no bit of it, whatever the number of threads.
    @Test(arguments: readers, PoolingKind.allCases)
    func aTextIsTheSameAloneAndInABatch(_ reader: SequenceReaderConfiguration, _ pooling: PoolingKind) {
        let network = classifier(reader, pooling)
        let before = Processor.threads
        defer { Processor.threads = before }
        for threads in [1, 3] {
            Processor.threads = threads
            let together = network(timeMajor(Self.sequences), lengths: Self.lengths, .inference()).features
            #expect(together.isFinite)
            for (row, sequence) in Self.sequences.enumerated() {
                let tokens = Tensor(sequence.isEmpty ? [0] : sequence, shape: [max(1, sequence.count), 1])
                let alone = network(tokens, lengths: [Int32(sequence.count)], .inference()).features
                #expect(alone.isIdentical(to: together.sliced(row..<row + 1, axis: 0)), "row \(row)")
                #expect(!sequence.isEmpty || alone.sumOfSquares == 0)
            }
        }
    }

    @Test(arguments: readers, [0, 2])
    func aSentenceIsTheSameAloneAndInABatch(_ reader: SequenceReaderConfiguration, _ characters: Int) {
        let network = tagger(reader, characters: characters)
        func input(_ sentences: [[Int32]]) -> SequenceTagger.Input {
            let words = timeMajor(sentences.map { $0.isEmpty ? [0] : $0 })
            return SequenceTagger.Input(
                words: words, lengths: sentences.map { Int32($0.count) },
                characters: Tensor([1, 2, 3, 4, 0, 6] as [Int32], shape: [2, 3]), characterLengths: [2, 1, 2],
                spellings: Tensor(words.tokens.map { $0 % 3 }, shape: words.shape))
        }
        let together = network(input(Self.sequences), .inference())
        #expect(together.isFinite)
        for (row, sequence) in Self.sequences.enumerated() where !sequence.isEmpty {
            let alone = network(input([sequence]), .inference())
            let own = together.sliced(row..<row + 1, axis: 1)
            #expect(alone.isIdentical(to: own.sliced(0..<sequence.count, axis: 0)), "row \(row)")
            #expect(own.sliced(sequence.count..<9, axis: 0).sumOfSquares == 0)
        }
    }

    /// What was zero at padding stays so under training, and gradients are the same whatever the number of threads.
    @Test func gradientsDependOnNoThread() {
        let network = classifier(Self.readers[0], .mean)
        let before = Processor.threads
        defer { Processor.threads = before }
        let found = [1, 2, 5].map { threads in
            Processor.threads = threads
            let result = valueAndGradients(of: network, key: RandomKey(seed: 3)) { context in
                let features = network(timeMajor(Self.sequences), lengths: Self.lengths, context).features
                return (network.output.loss(features, targets: [0, 1, 2, 0, 1, 2], context), ())
            }
            return [[result.loss]] + result.gradients.values.map { $0?.dense.doubles ?? [] }
        }
        #expect(found[0].count > 10 && found[1] == found[0] && found[2] == found[0])
    }

    @Test func theConfigurationsSurviveJSON() throws {
        func check<Value: Codable & Equatable>(_ value: Value) throws {
            #expect(try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value)) == value)
        }
        for reader in Self.readers {
            try check(classifier(reader, .max).configuration)
            try check(tagger(reader, characters: 2).configuration)
        }
        let read = try JSONDecoder().decode(SequenceClassifierConfiguration.self, from: Data(#"{"kind":"transformer"}"#.utf8))
        #expect(read.pooling == .mean && read.reader == .transformer(TransformerReaderConfiguration()))
        #expect(Self.readers.map(\.longestSequence) == [nil, 9])
    }
}
