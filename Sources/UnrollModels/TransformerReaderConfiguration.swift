import UnrollModules
import UnrollTensors

/// The layers of a Transformer that a network reads a sequence with. Their keys stand among the network's own.
public struct TransformerReaderConfiguration: Codable, Sendable, Equatable {
    /// Features of every layer, and of the vectors that are read.
    public var width = 256
    /// Heads of each attention.
    public var heads = 4
    /// Units of the feed-forward layers.
    public var feedForward = 1024
    /// Layers above one another.
    public var layers = 3
    /// The non-linearity of the feed-forward layers.
    public var activation = FeedForwardActivation.relu
    /// Where the norms stand.
    public var norm = NormPlacement.pre
    /// How positions are told apart.
    public var positions = PositionKind.sinusoidal
    /// The probability of dropout after each sub-layer, and on what the layers read, with its positions.
    public var dropout = 0.1
    /// The probability of dropout on the weights of attention.
    public var attentionDropout = 0.0
    /// The probability of dropout within the feed-forward layers.
    public var activationDropout = 0.0

    /// The defaults: 3 layers of 256 features with pre-norm.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        width = try values.count(.width, default: width)
        heads = try values.count(.heads, default: heads)
        feedForward = try values.count(.feedForward, default: feedForward)
        layers = try values.count(.layers, default: layers)
        activation = try values.value(.activation, default: activation)
        norm = try values.value(.norm, default: norm)
        positions = try values.value(.positions, default: positions)
        dropout = try values.probability(.dropout, default: dropout)
        attentionDropout = try values.probability(.attentionDropout, default: attentionDropout)
        activationDropout = try values.probability(.activationDropout, default: activationDropout)
        if width % heads != 0 { throw values.invalid(.heads, "must divide 'width', \(width), and \(heads) does not") }
    }

    /// The equations in use, in a few words.
    var equations: String {
        "\(layers) × Transformer layer of \(width), \(heads) heads, feed-forward \(activation.rawValue) \(feedForward); \(norm.rawValue)-norm; "
            + "positions \(positions.rawValue)"
    }

    /// What each layer is made of.
    package var layerOptions: TransformerLayerOptions {
        var options = TransformerLayerOptions()
        (options.heads, options.inner, options.activation, options.norm) = (heads, feedForward, activation, norm)
        (options.dropout, options.attentionDropout, options.activationDropout) = (dropout, attentionDropout, activationDropout)
        return options
    }

    /// A lower bound of the numbers that the layers learn, with so many positions where they are learnt.
    func leastParameterCount(positions count: Int) -> Double {
        let (width, inner) = (Double(width), Double(feedForward))
        return Double(layers) * (4 * width * width + 2 * width * inner) + (positions == .learned ? Double(count) * width : 0)
    }
}
