import Foundation
import UnrollCheckpoints
import UnrollDecoding
import UnrollText

/// Says which class texts belong to, with a classifier's file.
///
///     let classifier = try Classifier(contentsOf: url)
///     let result = try classifier.classify("play some jazz")
///     print(result.label, result.probability)
///
/// A classifier never changes: any number of tasks may call it at once. A text comes out the same alone and among others.
public struct Classifier: Sendable {
    /// The model.
    public let model: ClassificationModel
    /// The longest text, in tokens; longer ones are refused. No more than the model has positions for.
    public let maximumTokens: Int

    /// Opens a model file.
    ///
    /// - Parameters:
    ///   - url: the file, as `unroll train` writes it.
    ///   - maximumTokens: the longest text that is taken.
    /// - Throws: `CheckpointError` for a file that cannot be read or is no classifier.
    public init(contentsOf url: URL, maximumTokens: Int = 100_000) throws {
        self.init(try ClassificationModel(contentsOf: url), maximumTokens: maximumTokens)
    }

    /// A classifier of an open model.
    public init(_ model: ClassificationModel, maximumTokens: Int = 100_000) {
        self.model = model
        self.maximumTokens = min(maximumTokens, model.network.configuration.reader.longestSequence ?? .max)
    }

    /// The class of one text.
    ///
    /// - Throws: `LengthError` if the text is too long.
    public func classify(_ text: String) throws -> Classification { try classify([text])[0] }

    /// The classes of several texts, in their order, computed together.
    ///
    /// - Throws: `LengthError`, with the place of the text, if one is too long. Nothing is classified then.
    public func classify(_ texts: [String]) throws -> [Classification] {
        let encoded = texts.map { model.codec.encode($0) }
        for (place, tokens) in encoded.enumerated() where tokens.count > maximumTokens {
            throw LengthError(place: place, tokenCount: tokens.count, maximum: maximumTokens)
        }
        return zip(texts, model.predictions(ofTokens: encoded)).map { Classification(text: $0, $1, model: model) }
    }
}

/// What a classifier says of a text.
public struct Classification: Sendable, Codable, Equatable {
    /// A class and its probability.
    public struct Candidate: Sendable, Codable, Equatable {
        /// The class.
        public let label: String
        /// Its probability.
        public let probability: Double

        /// Classes by their log p, likeliest first; of equals in the order of their bytes.
        static func all(_ labels: LabelSet, _ logProbabilities: [Double]) -> [Candidate] {
            zip(labels.names, logProbabilities).enumerated()
                .sorted { ($1.element.1, $0.offset) < ($0.element.1, $1.offset) }
                .map { Candidate(label: $0.element.0, probability: exp($0.element.1)) }
        }
    }

    /// The text.
    public let text: String
    /// All classes, likeliest first; of equals in the order of their bytes.
    public let candidates: [Candidate]
    /// The text's tokens, as the attention counts them.
    public let tokens: [String]
    /// How much attention each token got; empty where the network does not pool by attention.
    public let attention: [Float]

    init(text: String, _ prediction: ClassificationModel.Prediction, model: ClassificationModel) {
        self.text = text
        candidates = Candidate.all(model.labels, prediction.logProbabilities)
        tokens = model.codec.tokenizer.tokens(in: text)
        attention = prediction.attention ?? []
    }

    /// The likeliest class.
    public var label: String { candidates[0].label }

    /// Its probability.
    public var probability: Double { candidates[0].probability }
}

/// A text is too long to be taken.
public struct LengthError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The text's place among those given, counted from 0.
    public let place: Int
    /// Its tokens.
    public let tokenCount: Int
    /// The most that are taken.
    public let maximum: Int

    /// What to do.
    public var description: String { "text \(place + 1) has \(tokenCount) tokens, and at most \(maximum) are taken; shorten it" }
}
