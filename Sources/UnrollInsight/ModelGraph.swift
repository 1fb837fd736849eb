/// How a model is composed, as far as time is concerned: what is drawn rolled, with the delay that feeds a state back, and unrolled over steps.
///
///     h(t) = Enc(x(t))      z(t) = g(h(t), z(t−1), w)      y(t) = Dec(z(t))
public struct ModelGraph: Codable, Sendable, Equatable {
    /// One walk over time: an encoder, a decoder, or the whole of a model.
    public struct Walk: Codable, Sendable, Equatable {
        /// Its name; empty where the model is one walk.
        public let name: String
        /// Which of the inspection's sequences is read.
        public let sequence: Int
        /// What x(t) is, such as `token`.
        public let input: String
        /// Enc; nil where x(t) meets g as it is.
        public let encoder: String?
        /// g, from below: the layers, such as `GRU, 128 units`.
        public let layers: [String]
        /// Whether each layer walks in both directions.
        public let isBidirectional: Bool
        /// Whether all steps have the same weights, as those of a recurrent layer; hops may have tables of their own.
        public let sharesWeights: Bool
        /// What makes one vector of all steps, where the model speaks at the end alone.
        public let pooling: String?
        /// Dec; nil where nothing is said.
        public let decoder: String?
        /// What y is, such as `next token`.
        public let output: String?
        /// What z(−1) is.
        public let first: String

        /// A walk.
        public init(
            name: String = "", sequence: Int = 0, input: String, encoder: String?, layers: [String], isBidirectional: Bool = false,
            sharesWeights: Bool = true, pooling: String? = nil, decoder: String?, output: String?, first: String
        ) {
            self.name = name
            self.sequence = sequence
            self.input = input
            self.encoder = encoder
            self.layers = layers
            self.isBidirectional = isBidirectional
            self.sharesWeights = sharesWeights
            self.pooling = pooling
            self.decoder = decoder
            self.output = output
            self.first = first
        }
    }

    /// The walks, in the order in which they run.
    public let walks: [Walk]
    /// How the last walk reads the first one at each step, such as `attention: additive`; nil where it does not.
    public let attention: String?
    /// Whether what was read enters g; else it enters Dec.
    public let attentionFeedsCell: Bool

    /// A graph.
    public init(walks: [Walk], attention: String? = nil, attentionFeedsCell: Bool = false) {
        self.walks = walks
        self.attention = attention
        self.attentionFeedsCell = attentionFeedsCell
    }
}
