/// What a neural Turing machine did with its memory over one example, as in the figures of Graves 2014.
public struct InspectedMemory: Codable, Sendable, Equatable {
    /// One head.
    public struct Head: Codable, Sendable, Equatable {
        /// Its name, such as `write head`.
        public let name: String
        /// Whether it writes; else it reads.
        public let writes: Bool
        /// Where it attended, [steps][slots].
        public let weights: [[Float]]
        /// What it added or read, [steps][width].
        public let vectors: [[Float]]
        /// What it erased, 0 … 1, [steps][width]; nil for a head that reads.
        public let erased: [[Float]]?

        /// A head.
        public init(name: String, writes: Bool, weights: [[Float]], vectors: [[Float]], erased: [[Float]]? = nil) {
            self.name = name
            self.writes = writes
            self.weights = weights
            self.vectors = vectors
            self.erased = erased
        }
    }

    /// Rows of the memory.
    public let slots: Int
    /// Numbers of a row.
    public let width: Int
    /// The memory after each step, [steps][slots][width].
    public let values: [[[Float]]]
    /// The heads: those that write, then those that read.
    public let heads: [Head]
    /// The Euclidean norm of the loss's gradient with respect to the memory after each step.
    public let gradientNorms: [Double]

    /// A memory over time.
    public init(slots: Int, width: Int, values: [[[Float]]], heads: [Head], gradientNorms: [Double]) {
        self.slots = slots
        self.width = width
        self.values = values
        self.heads = heads
        self.gradientNorms = gradientNorms
    }
}
