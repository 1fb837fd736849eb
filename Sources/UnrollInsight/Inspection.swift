/// What went on inside a model while it read one example and the loss's gradient came back: plain numbers, which `InspectionPage` draws.
public struct Inspection: Codable, Sendable, Equatable {
    /// A sequence that was read or written.
    public struct Sequence: Codable, Sendable, Equatable {
        /// What it is, such as `source`.
        public let name: String
        /// What stood at each step.
        public let tokens: [String]

        /// A named sequence.
        public init(_ name: String, _ tokens: [String]) {
            self.name = name
            self.tokens = tokens
        }
    }

    /// What the model was to say at one step, or at the end, and what it thought of it.
    public struct Answer: Codable, Sendable, Equatable {
        /// The right answer.
        public let target: String
        /// The likeliest answer.
        public let predicted: String
        /// −log p of the target in nats; of a number its squared error.
        public let loss: Double

        /// An answer.
        public init(target: String, predicted: String, loss: Double) {
            self.target = target
            self.predicted = predicted
            self.loss = loss
        }
    }

    /// Where attention looked.
    public struct Attention: Codable, Sendable, Equatable {
        /// Which attention, such as `decoder`.
        public let name: String
        /// Its weights.
        public let alignment: Alignment
        /// Of each head, [heads][target][source], where there are several; `alignment` is then their mean.
        public let heads: [[[Float]]]
        /// Whether pictures have what was read in rows: sentences are too long to stand above columns.
        public let readsDownwards: Bool

        /// A named attention.
        public init(_ name: String, _ alignment: Alignment, heads: [[[Float]]] = [], readsDownwards: Bool = false) {
            self.name = name
            self.alignment = alignment
            self.heads = heads
            self.readsDownwards = readsDownwards
        }
    }

    /// An answer that a model might have given.
    public struct Candidate: Codable, Sendable, Equatable {
        /// The answer.
        public let answer: String
        /// Its probability.
        public let probability: Double

        /// An answer with its probability.
        public init(answer: String, probability: Double) {
            self.answer = answer
            self.probability = probability
        }
    }

    /// A parameter, and the gradient of this example's loss with respect to it.
    public struct Parameter: Codable, Sendable, Equatable {
        /// Its name in the model file.
        public let name: String
        /// Its extents.
        public let shape: [Int]
        /// Its Euclidean norm.
        public let norm: Double
        /// The gradient's; 0 where the loss does not depend on it.
        public let gradientNorm: Double

        /// A parameter.
        public init(name: String, shape: [Int], norm: Double, gradientNorm: Double) {
            self.name = name
            self.shape = shape
            self.norm = norm
            self.gradientNorm = gradientNorm
        }
    }

    /// Vectors that were shown or said, step by step.
    public struct Signal: Codable, Sendable, Equatable {
        /// What they are.
        public let name: String
        /// What each of their numbers is.
        public let rows: [String]
        /// [steps][rows].
        public let values: [[Float]]

        /// Named vectors.
        public init(_ name: String, rows: [String], values: [[Float]]) {
            self.name = name
            self.rows = rows
            self.values = values
        }
    }

    /// The kind of model, in words.
    public var kind: String
    /// The variants of the equations, in a line.
    public var equations: String
    /// The example as its reader would read it.
    public var input: String
    /// What should come out.
    public var target: String
    /// Whether nobody said what should come out, so that the model's own answer was taken.
    public var targetIsOwn: Bool
    /// The loss that was differentiated: of all steps, or of one.
    public var loss: Double
    /// The step whose loss alone was taken, counted from 1; nil for the mean over all.
    public var lossStep: Int?
    /// What was read and written.
    public var sequences: [Sequence]
    /// What was to be said: at each step of the last sequence, or once.
    public var answers: [Answer]
    /// The step of the first answer, counted from 0; nil where each step has one, or where there is one for all.
    public var firstAnswer: Int?
    /// Vectors that were shown or said; empty where tokens tell it all.
    public var signals: [Signal] = []
    /// What was done with a memory; nil for a model without one.
    public var memory: InspectedMemory?
    /// The likeliest answers to a question, likeliest first; nil of models that are not asked.
    public var candidates: [Candidate]?
    /// The recurrences, in the order in which they ran.
    public var recurrences: [InspectedRecurrence]
    /// Where attention looked; empty without attention.
    public var attention: [Attention]
    /// The parameters in the model's order.
    public var parameters: [Parameter]
    /// How the parameters' gradients went over training; nil where that was not recorded.
    public var training: GradientHistory?
    /// How the model is composed.
    public var graph: ModelGraph

    /// An inspection from its parts.
    public init(
        kind: String, equations: String, input: String, target: String, targetIsOwn: Bool, loss: Double, lossStep: Int? = nil,
        sequences: [Sequence], answers: [Answer], recurrences: [InspectedRecurrence], attention: [Attention], parameters: [Parameter],
        training: GradientHistory? = nil, graph: ModelGraph
    ) {
        self.kind = kind
        self.equations = equations
        self.input = input
        self.target = target
        self.targetIsOwn = targetIsOwn
        self.loss = loss
        self.lossStep = lossStep
        self.sequences = sequences
        self.answers = answers
        self.recurrences = recurrences
        self.attention = attention
        self.parameters = parameters
        self.training = training
        self.graph = graph
    }
}
