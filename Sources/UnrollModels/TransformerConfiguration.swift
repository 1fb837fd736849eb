import UnrollModules

/// What a Transformer that translates is made of.
public struct TransformerConfiguration: Codable, Sendable, Equatable {
    /// Features of every layer, and of a token's vector.
    public var width = 256
    /// Heads of each attention.
    public var heads = 8
    /// Units of the feed-forward layers.
    public var feedForward = 1024
    /// Layers of the encoder.
    public var encoderLayers = 3
    /// Layers of the decoder.
    public var decoderLayers = 3
    /// The non-linearity of the feed-forward layers.
    public var activation = FeedForwardActivation.relu
    /// Where the norms stand.
    public var norm = NormPlacement.pre
    /// How positions are told apart.
    public var positions = PositionKind.sinusoidal
    /// The positions that there are where they are learnt: the most tokens of a source, and of a target with its beginning.
    public var maximumPositions = 512
    /// The most tokens of a source, and of a target with its beginning, where positions are computed; nil for any number.
    public var longestSequence: Int?
    /// Which tables are one.
    public var tiedEmbeddings = EmbeddingTying.none
    /// The probability of dropout after each sub-layer, and on embeddings with their positions.
    public var dropout = 0.1
    /// The probability of dropout on the weights of attention.
    public var attentionDropout = 0.0
    /// The probability of dropout within the feed-forward layers.
    public var activationDropout = 0.0
    /// The decoder's layer, counted from 1, whose attention to the source is shown as the alignment; nil for the last but one, or the only one.
    public var alignmentLayer: Int?

    /// The defaults: 3 + 3 layers of 256 features with pre-norm.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        width = try values.count(.width, default: width)
        heads = try values.count(.heads, default: heads)
        feedForward = try values.count(.feedForward, default: feedForward)
        encoderLayers = try values.count(.encoderLayers, default: encoderLayers)
        decoderLayers = try values.count(.decoderLayers, default: decoderLayers)
        activation = try values.value(.activation, default: activation)
        norm = try values.value(.norm, default: norm)
        positions = try values.value(.positions, default: positions)
        maximumPositions = try values.count(.maximumPositions, default: maximumPositions)
        if values.contains(.longestSequence) { longestSequence = try values.count(.longestSequence, default: 1) }
        tiedEmbeddings = try values.value(.tiedEmbeddings, default: tiedEmbeddings)
        dropout = try values.probability(.dropout, default: dropout)
        attentionDropout = try values.probability(.attentionDropout, default: attentionDropout)
        activationDropout = try values.probability(.activationDropout, default: activationDropout)
        if values.contains(.alignmentLayer) { alignmentLayer = try values.count(.alignmentLayer, default: 1) }
        if width % heads != 0 { throw values.invalid(.heads, "must divide 'width', \(width), and \(heads) does not") }
        if let alignmentLayer, alignmentLayer > decoderLayers {
            throw values.invalid(.alignmentLayer, "must be at most 'decoder_layers', \(decoderLayers), not \(alignmentLayer)")
        }
    }

    /// The equations in use, in one line.
    public var equations: String {
        "\(encoderLayers) + \(decoderLayers) Transformer layers of \(width), \(heads) heads, feed-forward \(activation.rawValue) \(feedForward); "
            + "\(norm.rawValue)-norm; positions \(positions.rawValue)" + (positionLimit.map { ", at most \($0)" } ?? "")
    }

    /// What each layer is made of.
    package var layerOptions: TransformerLayerOptions {
        var options = TransformerLayerOptions()
        (options.heads, options.inner, options.activation, options.norm) = (heads, feedForward, activation, norm)
        (options.dropout, options.attentionDropout, options.activationDropout) = (dropout, attentionDropout, activationDropout)
        return options
    }

    /// The positions that there are; nil for any number.
    package var positionLimit: Int? { positions == .learned ? maximumPositions : longestSequence }

    /// The place of the decoder's layer whose attention is shown.
    var shownLayer: Int { alignmentLayer.map { $0 - 1 } ?? max(0, decoderLayers - 2) }

    /// A lower bound of the numbers that the network learns, found without drawing it.
    package func leastParameterCount(sourceVocabulary: Int, targetVocabulary: Int) -> Double {
        let (width, inner) = (Double(width), Double(feedForward))
        let (encoderLayers, decoderLayers) = (Double(encoderLayers), Double(decoderLayers))
        let tables = Double(targetVocabulary) + (tiedEmbeddings == .all ? 0 : Double(sourceVocabulary))
        let positions = positions == .learned ? 2 * Double(maximumPositions) : 0
        let attention = 4 * width * width * (encoderLayers + 2 * decoderLayers)
        return width * (tables + positions) + attention + 2 * width * inner * (encoderLayers + decoderLayers)
    }
}
