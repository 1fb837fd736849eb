/// How gradients vanish and explode, measured: networks side by side at their first weights, and the first updates of one that explodes.
public struct GradientStudy: Codable, Sendable, Equatable {
    /// How a loss at the end of a sequence reaches back.
    public struct Flow: Codable, Sendable, Equatable {
        /// The network, such as `LSTM`.
        public let network: String
        /// How its recurrent weights started, such as `orthogonal`.
        public let initialization: String
        /// The norm of the loss's gradient with respect to the state so many steps before the end, as a multiple of that at the end: the first one
        /// is 1. The geometric mean over the draws.
        public let norms: [Double]

        /// A flow.
        public init(network: String, initialization: String, norms: [Double]) {
            self.network = network
            self.initialization = initialization
            self.norms = norms
        }
    }

    /// The first updates of a training.
    public struct Run: Codable, Sendable, Equatable {
        /// What is special about it, such as `clipped at 1`.
        public let name: String
        /// The learning rate.
        public let learningRate: Double
        /// The largest norm of the gradient that was let through; nil without clipping.
        public let clipNorm: Double?
        /// The loss before each update; nil where it is no number any more.
        public let losses: [Double?]
        /// The norm of the gradient before each update, before clipping.
        public let gradientNorms: [Double?]
        /// The norm of all weights before each update.
        public let weightNorms: [Double?]

        /// A run.
        public init(
            name: String, learningRate: Double, clipNorm: Double?, losses: [Double?], gradientNorms: [Double?], weightNorms: [Double?]
        ) {
            self.name = name
            self.learningRate = learningRate
            self.clipNorm = clipNorm
            self.losses = losses
            self.gradientNorms = gradientNorms
            self.weightNorms = weightNorms
        }
    }

    /// What the networks were shown.
    public let task: String
    /// The steps of a sequence.
    public let length: Int
    /// Units of a network.
    public let units: Int
    /// Sequences that a gradient is the mean of.
    public let sequences: Int
    /// Draws of weights and sequences that a flow is the mean of.
    public let draws: Int
    /// The seed of weights and sequences.
    public let seed: UInt64
    /// The flows, network by network for each initialisation.
    public let flows: [Flow]
    /// The network that is trained.
    public let trained: String
    /// The runs.
    public let runs: [Run]

    /// A study from its parts.
    public init(
        task: String, length: Int, units: Int, sequences: Int, draws: Int, seed: UInt64, flows: [Flow], trained: String, runs: [Run]
    ) {
        self.task = task
        self.length = length
        self.units = units
        self.sequences = sequences
        self.draws = draws
        self.seed = seed
        self.flows = flows
        self.trained = trained
        self.runs = runs
    }
}
