/// What a temporal convolutional network is made of.
public struct TemporalConvolutionConfiguration: Codable, Sendable, Equatable {
    /// The strides of the convolutions before the blocks, each with twice as many taps; none for a signal that is short already.
    public var strides: [Int] = []
    /// Features of every layer.
    public var channels = 64
    /// Taps of a convolution in a block.
    public var taps = 3
    /// Residual blocks, with dilations 1, 2, 4, …
    public var blocks = 4
    /// The probability of dropping a channel, for all steps of a sequence.
    public var dropout = 0.0

    /// Four blocks of 64 channels.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws { try self.init(from: decoder, defaults: Self()) }

    /// Reads the keys that are given; the others are as in `defaults`.
    init(from decoder: any Decoder, defaults: Self) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        strides = try values.value(.strides, default: defaults.strides)
        channels = try values.count(.channels, default: defaults.channels)
        taps = try values.count(.taps, default: defaults.taps)
        blocks = try values.count(.blocks, default: defaults.blocks)
        dropout = try values.probability(.dropout, default: defaults.dropout)
        guard strides.allSatisfy({ (1...1000).contains($0) }), strides.count <= 16 else {
            throw values.invalid(.strides, "must be at most 16 numbers from 1 to 1000, not \(strides)")
        }
        guard blocks <= 24 else { throw values.invalid(.blocks, "must be at most 24, since the dilation doubles with each, not \(blocks)") }
    }

    /// A lower bound of the numbers that the network learns, found without drawing it: the directions of the weights.
    package func leastParameterCount(inputs: Double) -> Double {
        let channels = Double(channels)
        let front = strides.enumerated().reduce(0) { $0 + ($1.offset == 0 ? inputs : channels) * channels * 2 * Double($1.element) }
        let first = strides.isEmpty ? inputs : channels
        return front + channels * Double(taps) * (first + channels * Double(2 * blocks - 1))
    }
}
