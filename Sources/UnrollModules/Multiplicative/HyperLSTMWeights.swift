import UnrollKernels
import UnrollTensors

/// How large the small network of a `HyperLSTMCell` is.
public struct HyperOptions: Sendable, Codable, Equatable {
    /// Units of the small LSTM.
    public var hidden: Int
    /// Width of the embeddings z, from which it makes the large one's scales.
    public var embedding: Int
    /// Whether gates and cells are normalised (Ba 2016).
    public var layerNorm: Bool

    /// The sizes that the paper takes for characters of the Penn Treebank.
    public init(hidden: Int = 128, embedding: Int = 4, layerNorm: Bool = false) {
        self.hidden = hidden
        self.embedding = embedding
        self.layerNorm = layerNorm
    }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        hidden = try values.decodeIfPresent(Int.self, forKey: .hidden) ?? hidden
        embedding = try values.decodeIfPresent(Int.self, forKey: .embedding) ?? embedding
        layerNorm = try values.decodeIfPresent(Bool.self, forKey: .layerNorm) ?? layerNorm
        for (key, value) in [(CodingKeys.hidden, hidden), (.embedding, embedding)] where value < 1 {
            throw DecodingError.dataCorruptedError(forKey: key, in: values, debugDescription: "must be at least 1, not \(value)")
        }
    }
}

/// The weights of a HyperLSTM with n units, whose small LSTM has m. Gates stand in the order i, f, g, o everywhere.
public struct HyperLSTMWeights: GatedWeights {
    /// A normalisation's scale and shift.
    public struct Norm: Sendable {
        /// [features].
        public var scale: Tensor
        /// [features].
        public var shift: Tensor

        /// A normalisation's parameters.
        public init(scale: Tensor, shift: Tensor) {
            self.scale = scale
            self.shift = shift
        }
    }

    /// The normalisations, each gate by itself.
    public struct Norms: Sendable {
        /// Of the gates, [4 n].
        public var gates: Norm
        /// Of the cell, [n].
        public var cell: Norm
        /// Of the small LSTM's gates, [4 m].
        public var hyperGates: Norm
        /// Of the small LSTM's cell, [m].
        public var hyperCell: Norm

        /// The normalisations of one cell.
        public init(gates: Norm, cell: Norm, hyperGates: Norm, hyperCell: Norm) {
            self.gates = gates
            self.cell = cell
            self.hyperGates = hyperGates
            self.hyperCell = hyperCell
        }
    }

    /// [W_x; Ŵ_x], [4 n + 4 m, inputs].
    public var input: Tensor
    /// [0; b̂], [4 n + 4 m].
    public var bias: Tensor
    /// What meets the state.
    public var recurrence: HyperLSTMRecurrence
    /// The normalisations, if there are any.
    public var norms: Norms?
    /// What products see of the hidden state; see the protocol.
    public var hiddenMask: Tensor?

    /// Weights from wherever they come.
    public init(input: Tensor, bias: Tensor, recurrence: HyperLSTMRecurrence, norms: Norms? = nil) {
        self.input = input
        self.bias = bias
        self.recurrence = recurrence
        self.norms = norms
    }
}
