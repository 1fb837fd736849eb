import UnrollKernels
import UnrollModules
import UnrollTensors

/// A network that gives each word of a sentence a tag (Graves & Schmidhuber 2005; characters as in Lample 2016).
///
///     c(w) = [f→; f←], the last states over w's characters      h = layers([E[w]; c(w)])      p(tag(t)) = softmax(W h(t) + b)
///
/// `SequenceReader` says what the layers are: recurrent ones, or those of a Transformer.
public struct SequenceTagger: Module {
    /// What the network is made of.
    public let configuration: SequenceTaggerConfiguration
    /// Word vectors.
    public let embedding: Embedding
    /// Vectors of characters.
    public let characterEmbedding: Embedding?
    /// The recurrent layer over the characters of a word, in both directions.
    public let spelling: RecurrentStack?
    /// What reads the words.
    public let reader: SequenceReader
    /// The layer to the tags.
    public let output: OutputLayer
    private let dropout: Dropout

    /// A padded batch of sentences, and how their words are spelt.
    public struct Input: Sendable {
        /// [time, batch], padded with 0.
        public var words: Tensor
        /// For each sentence how many words count.
        public var lengths: [Int32]
        /// The characters of each different word, [characterTime, spellings], padded with 0.
        public var characters: Tensor
        /// For each spelling how many characters count.
        public var characterLengths: [Int32]
        /// For each word which spelling is its own, [time, batch]; anything in the spellings' range where a sentence is over.
        public var spellings: Tensor

        /// A batch from its parts.
        public init(words: Tensor, lengths: [Int32], characters: Tensor, characterLengths: [Int32], spellings: Tensor) {
            self.words = words
            self.lengths = lengths
            self.characters = characters
            self.characterLengths = characterLengths
            self.spellings = spellings
        }
    }

    /// A network with its weights drawn anew.
    ///
    /// - Parameters:
    ///   - configuration: what it is made of.
    ///   - words: how many words there are.
    ///   - characters: how many characters there are.
    ///   - tags: how many tags there are.
    ///   - key: what the weights are drawn from.
    ///   - scalarType: `float64` for checking gradients.
    public init(
        _ configuration: SequenceTaggerConfiguration, words: Int, characters: Int, tags: Int, key: RandomKey,
        scalarType: ScalarType = .float32
    ) {
        self.configuration = configuration
        let features = configuration.reader.outputSize
        embedding = Embedding(vocabulary: words, width: configuration.wordSize, padding: 0, key: key.split(0), scalarType: scalarType)
        if configuration.characterHidden > 0 {
            characterEmbedding = Embedding(
                vocabulary: characters, width: configuration.characterEmbedding, padding: 0, key: key.split(1), scalarType: scalarType)
            let (cell, options) = configuration.spelling
            spelling = RecurrentStack(
                cell, inputSize: configuration.characterEmbedding, hiddenSize: configuration.characterHidden, isBidirectional: true,
                options: options, key: key.split(2), scalarType: scalarType)
        } else {
            (characterEmbedding, spelling) = (nil, nil)
        }
        reader = SequenceReader(configuration.reader, inputSize: configuration.inputSize, key: key.split(3), scalarType: scalarType)
        output = OutputLayer(features, vocabulary: tags, key: key.split(4), scalarType: scalarType)
        dropout = configuration.reader.dropout
    }

    /// What the output layer sees of each word: [time, batch, features].
    public func callAsFunction(_ input: Input, _ context: Context) -> Tensor {
        var words = context.within("embedding") { embedding(input.words, context) }
        context.report("embedding", words)
        if let characterEmbedding, let spelling {
            let characters = context.within("spelling") {
                spelling(characterEmbedding(input.characters, context), lengths: input.characterLengths, context)
            }
            let last = concatenated(characters.states[0].map(\.hidden), axis: 1)
            words = concatenated([words, gathered(last, input.spellings)], axis: 2)
        }
        return dropout(reader(words, lengths: input.lengths, context).outputs, context)
    }

    /// Names the parameters.
    public func visit(_ visitor: inout ParameterVisitor) {
        visitor("embedding", embedding)
        if let characterEmbedding { visitor("character_embedding", characterEmbedding) }
        if let spelling { visitor("spelling", spelling) }
        reader.visit(&visitor)
        visitor("output", output)
    }
}
