import UnrollModules
import UnrollTensors

/// What a sequence-to-sequence network is made of; the recipe's `model` section, stored in every model file.
public struct SequenceToSequenceConfiguration: Codable, Sendable, Equatable {
    /// How the decoder reads the source at each step.
    public enum AttentionChoice: String, Codable, Sendable, CaseIterable {
        /// Not at all: the whole meaning goes through the bridge. Sutskever 2014.
        case none
        /// After the cell, by query · key. Luong 2015.
        case dot
        /// After the cell, by query · W key. Luong 2015.
        case general
        /// Before the cell, from the state before it; what was read is fed to the cell. Bahdanau 2014.
        case additive
    }

    /// What the decoder's first state is made of.
    public enum Bridge: String, Codable, Sendable, CaseIterable {
        /// Zeros: only attention sees the source.
        case zero
        /// The encoder's last states, layer by layer. Sutskever 2014.
        case copy
        /// tanh(W [h→; h←] + b) of the encoder's last states, one W for each layer and part of the state.
        case dense
    }

    /// What the output layer sees of the decoder's state s, of what attention read c, and, with additive attention, of the token fed y.
    public enum Readout: String, Codable, Sendable, CaseIterable {
        /// tanh(W [s; c; y] + b), as wide as the embedding. Without attention and with untied tables, s itself.
        case projected
        /// [s; c; y] itself: a larger output layer, and no layer before it.
        case concatenated
    }

    /// The recurrent cell of both sides.
    public var cell = CellKind.gru
    /// Where a GRU's reset gate acts.
    public var resetGate = ResetGate.beforeProduct
    /// What the bias of an LSTM's forget gate, or of a GRU's update gate, starts at; nil for 1 and 0.
    public var forgetBias: ForgetBias?
    /// A plain RNN's non-linearity.
    public var activation = RecurrentActivation.tanh
    /// The small network of a HyperLSTM.
    public var hyper = HyperOptions()
    /// How the cells' W start.
    public var inputInitializer = Initializer.xavierUniform
    /// How the cells' U start.
    public var hiddenInitializer = Initializer.orthogonal
    /// Width of a token's vector.
    public var embedding = 256
    /// Units of a cell, in each direction.
    public var hidden = 512
    /// Layers of the encoder.
    public var encoderLayers = 1
    /// Layers of the decoder.
    public var decoderLayers = 1
    /// Whether the encoder runs in both directions of time.
    public var bidirectional = true
    /// What the decoder starts from.
    public var bridge = Bridge.dense
    /// How the decoder reads the source.
    public var attention = AttentionChoice.additive
    /// Whether what was read out at a step is part of the next step's input. Luong 2015.
    public var inputFeeding = false
    /// What the output layer sees.
    public var readout = Readout.projected
    /// Which tables are one.
    public var tiedEmbeddings = EmbeddingTying.none
    /// Whether the encoder reads the source from its end. Sutskever 2014.
    public var reverseSource = false
    /// The encoder's states before the first token.
    public var initialState = InitialState.zero
    /// The probability of dropout on embeddings, between layers and before the output layer.
    public var dropout = 0.0
    /// Whether one mask of that dropout serves all steps of a sentence (Gal & Ghahramani 2016), in place of a mask for each.
    public var variationalDropout = false
    /// The probability that a unit of the state is hidden from the products of all steps of a sentence (Gal & Ghahramani 2016).
    public var recurrentDropout = 0.0

    /// The defaults: one bidirectional GRU layer with additive attention.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        cell = try values.value(.cell, default: cell)
        resetGate = try values.value(.resetGate, default: resetGate)
        forgetBias = try values.decodeIfPresent(ForgetBias.self, forKey: .forgetBias)
        activation = try values.value(.activation, default: activation)
        hyper = try values.value(.hyper, default: hyper)
        inputInitializer = try values.value(.inputInitializer, default: inputInitializer)
        hiddenInitializer = try values.value(.hiddenInitializer, default: hiddenInitializer)
        embedding = try values.count(.embedding, default: embedding)
        hidden = try values.count(.hidden, default: hidden)
        encoderLayers = try values.count(.encoderLayers, default: encoderLayers)
        decoderLayers = try values.count(.decoderLayers, default: decoderLayers)
        bidirectional = try values.value(.bidirectional, default: bidirectional)
        attention = try values.value(.attention, default: attention)
        inputFeeding = try values.value(.inputFeeding, default: inputFeeding)
        readout = try values.value(.readout, default: readout)
        tiedEmbeddings = try values.value(.tiedEmbeddings, default: tiedEmbeddings)
        reverseSource = try values.value(.reverseSource, default: reverseSource)
        bridge = try values.value(.bridge, default: bridge)
        initialState = try values.value(.initialState, default: initialState)
        dropout = try values.probability(.dropout, default: dropout)
        variationalDropout = try values.value(.variationalDropout, default: variationalDropout)
        recurrentDropout = try values.probability(.recurrentDropout, default: recurrentDropout)
        if bridge == .copy, bidirectional || encoderLayers != decoderLayers {
            throw values.invalid(.bridge, "'copy' needs a one-directional encoder with as many layers as the decoder; use 'dense'")
        }
        if attention == .dot, bidirectional {
            throw values.invalid(.attention, "'dot' compares equal sizes, and a bidirectional encoder shows 2 × hidden; use 'general'")
        }
        if readout == .concatenated, tiedEmbeddings != .none {
            throw values.invalid(
                .readout, "'concatenated' is wider than the table that 'tied_embeddings' makes the output layer's weight; use 'projected'")
        }
        if bridge == .zero, attention == .none {
            throw values.invalid(.bridge, "'zero' without attention would hide the source from the decoder; use 'dense'")
        }
    }

    /// The variants of the cells' equations.
    package var cellOptions: CellOptions {
        CellOptions(
            inputInitializer: inputInitializer, hiddenInitializer: hiddenInitializer, forgetBias: forgetBias, resetGate: resetGate,
            activation: activation, hyper: hyper)
    }

    /// The equations in use, in one line.
    public var equations: String {
        let readout = readout == .projected ? "" : "; readout \(readout.rawValue)"
        return "\(cell.equations(cellOptions)); attention \(attention.rawValue); bridge \(bridge.rawValue)\(readout)"
    }

    /// Features that the encoder shows at each step.
    package var memorySize: Int { (bidirectional ? 2 : 1) * hidden }

    /// Whether a layer stands between the decoder and the output layer.
    var projectsReadout: Bool { readout == .projected && (attention != .none || tiedEmbeddings != .none) }

    /// Features of [s; c; y].
    var concatenatedSize: Int {
        hidden + (attention == .none ? 0 : memorySize) + (attention == .additive ? embedding : 0)
    }

    /// Features that the output layer sees.
    var readoutSize: Int { projectsReadout ? embedding : concatenatedSize }
}
