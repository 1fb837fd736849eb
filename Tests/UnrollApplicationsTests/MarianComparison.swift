import Foundation
import UnrollCheckpoints
import UnrollDecoding
import UnrollModels
import UnrollTensors
import UnrollText

/// A Marian model beside what Hugging Face's library made of sentences: a folder that `Scripts/golden/marian_golden.py` has written.
struct MarianComparison {
    /// What the library made of a sentence; all numbers are those of its vocabulary, which ends with 0.
    struct Sentence: Decodable {
        let source, target: String
        let sourceIds, targetIds, greedy, beam: [Int]
        let greedyText, beamText: String
        let beamLogProbability: Double
    }

    let model: TranslationModel
    let sentences: [Sentence]
    private let logits: TensorFile
    /// For each of our tokens the library's number.
    private let numbers: [Int]
    /// For each of the library's numbers our token: for its padding the start.
    private let tokens: [Int32]
    private let padding: Int

    /// - Parameters:
    ///   - model: the imported one.
    ///   - vocabulary: the library's `vocab.json`.
    ///   - expected: the folder with its results.
    init(_ model: TranslationModel, vocabulary: URL, expected: URL) throws {
        self.model = model
        let known = try JSONDecoder().decode([String: Int].self, from: Data(contentsOf: vocabulary))
        let padding = known["<pad>"]!
        numbers = [padding, known["<unk>"]!, padding, known["</s>"]!] + model.targetCodec.vocabulary.tokens.dropFirst(4).map { known[$0]! }
        var tokens = [Int32](repeating: 0, count: known.count)
        for (token, number) in numbers.enumerated() { tokens[number] = Int32(token) }
        self.tokens = tokens
        self.padding = padding
        struct File: Decodable {
            let sentences: [Sentence]
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        sentences = try decoder.decode(File.self, from: Data(contentsOf: expected.appendingPathComponent("expected.json"))).sentences
        logits = try TensorFile(contentsOf: expected.appendingPathComponent("expected.safetensors"))
    }

    /// The library's numbers of our tokens.
    func numbers(_ tokens: [Int32]) -> [Int] { tokens.map { numbers[Int($0)] } }

    /// What search finds for all sentences, without a limit that any should reach.
    func found(beam: Int) -> [TranslationHypothesis] {
        var options = SearchOptions()
        (options.beam, options.lengthPenalty, options.maximumFactor, options.maximumExtra) = (beam, 0, 0, 10_000)
        return model.translations(of: sentences.map(\.source), options).map { $0[0] }
    }

    /// The largest difference of the logits of a sentence's translation, teacher forced.
    func logitError(_ place: Int) throws -> Float {
        guard case .transformer(let network) = model.network else { return .infinity }
        let sentence = sentences[place]
        let source = model.sourceCodec.encode(sentence.source)
        let target = [Vocabulary.start] + sentence.targetIds.dropLast().map { tokens[$0] }
        let features = network.features(
            source: Tensor(source, shape: [source.count, 1]), lengths: [Int32(source.count)],
            target: Tensor(target, shape: [target.count, 1]), .inference())
        let width = network.configuration.width
        let found = linear(
            features.reshaped(to: [target.count, width]), network.output.weight.value, bias: network.output.bias.value)
        // In the library's order; the start stands for its padding, and the padding of ours shares its probability.
        let shared = tokens.indices.map { $0 == padding ? Float(log(2.0)) : 0 }
        let columns = gathered(found.transposed(), Tensor(tokens, shape: [tokens.count]))
        let arranged = columns.transposed() + Tensor(shared, shape: [shared.count])
        let expected = try logits.tensor("logits.\(place)")
        guard arranged.shape == expected.shape else { return .infinity }
        return zip(arranged.floats, expected.floats).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
    }
}

extension TranslationHypothesis {
    /// The text as the library gives it: without blanks at its ends.
    var strippedText: String { text.trimmingCharacters(in: .whitespaces) }
}
