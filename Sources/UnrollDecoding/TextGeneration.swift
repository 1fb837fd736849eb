import Foundation
import UnrollCheckpoints
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

/// Text as a language model makes it: one token after the other, for one sample or for several side by side. It has no end of its own.
///
/// A sample is the same to the bit whatever is drawn beside it, and for any number of threads. A Transformer whose context is full forgets the first half of
/// it and goes on; see `TransformerLanguageModel`.
public struct TextGeneration: Sequence, IteratorProtocol {
    /// A token of a sample.
    public struct Token: Sendable, Equatable {
        /// What it adds to the sample's text; the end of a line is a line feed.
        public let text: String
        /// The token as the vocabulary has it.
        public let token: String
        /// log p of it given all before, in nats, whatever the temperature.
        public let logProbability: Double
    }

    private let model: TextModel
    private let samplers: [Sampler]
    private var state: LanguageNetwork.State
    /// Of the next token, a row for each sample.
    private var logProbabilities: Tensor
    /// The token before, of each sample.
    private var last: [Int32]
    /// The tokens before on the same line, of each sample, as far as a token's text may depend on them.
    private var recent: [[String]]
    private var place = 0
    private let noRepeat: Int?
    /// Prompt and text so far of each sample, where nothing may repeat.
    private var histories: [[Int32]]

    /// Text that begins after a prompt, which is not part of it.
    ///
    /// - Parameters:
    ///   - model: what makes it.
    ///   - prompt: what it goes on from; nothing is the start of a line or of a text.
    ///   - options: temperature, limits and seed.
    ///   - samples: how many texts are drawn side by side.
    ///   - noRepeat: no so many tokens stand twice in prompt and text in the same order; any may where nil.
    public init(
        _ model: TextModel, prompt: String = "", options: SamplingOptions = .init(), samples: Int = 1, noRepeat: Int? = nil
    ) {
        self.model = model
        var forbidden = [Vocabulary.padding, Vocabulary.unknown, Vocabulary.start]
        if model.unit == .text { forbidden.append(Vocabulary.end) }
        samplers = (0..<samples).map { Sampler(options, sample: $0, forbidden: forbidden) }
        let tokens = [model.first] + model.promptTokens(prompt)
        (logProbabilities, state) = model.network.start(tokens, rows: samples, .inference())
        last = [Int32](repeating: tokens[tokens.count - 1], count: samples)
        self.noRepeat = noRepeat
        histories = [[Int32]](repeating: Array(tokens.dropFirst()), count: samples)
        let line = tokens[((tokens.lastIndex { $0 < Vocabulary.specialTokens.count } ?? -1) + 1)...]
        recent = [[String]](repeating: model.codec.vocabulary.tokens(for: line.suffix(Self.recentCount)), count: samples)
    }

    /// The next token of each sample; nil where one has none, since the model's probabilities are no numbers, or each would repeat
    /// something.
    public mutating func next() -> [Token]? {
        if place > 0 { (logProbabilities, state) = model.network.step(last, state, .inference()) }
        var drawn: [Token] = []
        for (row, sampler) in samplers.enumerated() {
            let values = logProbabilities.at(row).floats
            let barred = noRepeat.map { tokensThatRepeat($0, in: histories[row]) } ?? []
            guard let token = sampler.token(values, at: place, except: barred) else { return nil }
            drawn.append(
                Token(
                    text: text(of: token, row: row), token: model.codec.vocabulary.token(for: token),
                    logProbability: Double(values[Int(token)])))
            last[row] = token
            if noRepeat != nil { histories[row].append(token) }
        }
        place += 1
        return drawn
    }

    private static let recentCount = 4

    /// What a token adds to the text of a sample.
    private mutating func text(of token: Int32, row: Int) -> String {
        if token == Vocabulary.end {
            recent[row] = []
            return "\n"
        }
        let name = model.codec.vocabulary.token(for: token)
        let text = model.codec.tokenizer.text(of: name, after: recent[row])
        recent[row] = Array((recent[row] + [name]).suffix(Self.recentCount))
        return text
    }
}

extension TextModel {
    /// The tokens of a prompt that the model has no number for, each once, in their order.
    public func unknownTokens(in prompt: String) -> [String] {
        var found: [String] = []
        for line in unit == .line ? prompt.components(separatedBy: "\n") : [prompt] {
            for token in codec.tokenizer.tokens(in: line)
            where codec.vocabulary.id(of: token) == Vocabulary.unknown && !found.contains(token) { found.append(token) }
        }
        return found
    }

    /// A prompt's tokens, with ends of lines where lines end.
    fileprivate func promptTokens(_ prompt: String) -> [Int32] {
        guard unit == .line else { return codec.encode(prompt) }
        let lines = prompt.components(separatedBy: "\n").map { codec.encode($0) }
        return Array(lines.joined(separator: [Vocabulary.end]))
    }
}
