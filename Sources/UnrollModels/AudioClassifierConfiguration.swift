import UnrollModules

/// What a classifier of sounds is made of. The keys of the convolution stand among its own.
public struct AudioClassifierConfiguration: Codable, Sendable, Equatable {
    /// The convolutions.
    public var convolution = TemporalConvolutionConfiguration()
    /// How their frames become one vector.
    public var pooling = PoolingKind.mean

    /// The defaults: strides of 8 and 4, then 5 blocks of 64 channels, and the mean of what they show.
    public init() {
        convolution.strides = [8, 4]
        convolution.blocks = 5
    }

    private enum CodingKeys: CodingKey {
        case pooling
    }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        self.init()
        convolution = try TemporalConvolutionConfiguration(from: decoder, defaults: convolution)
        pooling = try decoder.container(keyedBy: CodingKeys.self).value(.pooling, default: pooling)
    }

    /// Writes all keys.
    public func encode(to encoder: any Encoder) throws {
        try convolution.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(pooling, forKey: .pooling)
    }

    /// What is in use, in one line.
    public var equations: String {
        "causal convolutions, strides \(convolution.strides), \(convolution.blocks) blocks of \(convolution.channels) channels and "
            + "\(convolution.taps) taps; pooling \(pooling.rawValue)"
    }

    /// A lower bound of the numbers that the network learns, found without drawing it.
    package func leastParameterCount(classes: Int) -> Double {
        convolution.leastParameterCount(inputs: 1) + Double(classes) * Double(convolution.channels)
    }
}
