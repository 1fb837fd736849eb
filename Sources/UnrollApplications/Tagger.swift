import Foundation
import UnrollCheckpoints
import UnrollDecoding
import UnrollText

/// Gives each word of a sentence a tag, with a tagger's file.
///
///     let tagger = try Tagger(contentsOf: url)
///     for word in try tagger.tag("book a table for two").words { print(word.text, word.tag) }
///
/// A tagger never changes: any number of tasks may call it at once. A sentence comes out the same alone and among others.
public struct Tagger: Sendable {
    /// The model.
    public let model: TaggingModel
    /// The longest sentence, in words; longer ones are refused. No more than the model has positions for.
    public let maximumWords: Int

    /// Opens a model file.
    ///
    /// - Parameters:
    ///   - url: the file, as `unroll train` writes it.
    ///   - maximumWords: the longest sentence that is taken.
    /// - Throws: `CheckpointError` for a file that cannot be read or is no tagger.
    public init(contentsOf url: URL, maximumWords: Int = 10_000) throws {
        self.init(try TaggingModel(contentsOf: url), maximumWords: maximumWords)
    }

    /// A tagger of an open model.
    public init(_ model: TaggingModel, maximumWords: Int = 10_000) {
        self.model = model
        self.maximumWords = min(maximumWords, model.network.configuration.reader.longestSequence ?? .max)
    }

    /// The tags of a sentence whose words stand between white space.
    ///
    /// - Throws: `LengthError` if the sentence is too long.
    public func tag(_ sentence: String) throws -> TaggedText { try tag([WhitespaceTokenizer().tokens(in: sentence)])[0] }

    /// The tags of several sentences, in their order, computed together.
    ///
    /// - Parameter sentences: their words.
    /// - Throws: `LengthError`, with the place of the sentence, if one is too long. Nothing is tagged then.
    public func tag(_ sentences: [[String]]) throws -> [TaggedText] {
        for (place, words) in sentences.enumerated() where words.count > maximumWords {
            throw LengthError(place: place, tokenCount: words.count, maximum: maximumWords)
        }
        return zip(sentences, model.logProbabilities(of: sentences)).map { words, tags in
            TaggedText(
                words: zip(words, tags).map { word, tags in
                    let best = tags.firstOfLargest
                    return TaggedText.Word(text: word, tag: model.tags.names[best], probability: exp(tags[best]))
                })
        }
    }
}

/// A sentence with the tags that a tagger gave it.
public struct TaggedText: Sendable, Codable, Equatable {
    /// A word and its tag.
    public struct Word: Sendable, Codable, Equatable {
        /// The word.
        public let text: String
        /// Its likeliest tag.
        public let tag: String
        /// The tag's probability.
        public let probability: Double
    }

    /// The words in their order.
    public let words: [Word]

    /// The runs of words that `B-` and `I-` tags mark, with their kinds; none for other tags.
    public var spans: [SpanScore.Span] { SpanScore.spans(words.map(\.tag)) }
}
