import Foundation
import UnrollModels
import UnrollModules

/// The `config.json` of a Marian directory, as far as it decides what is computed.
///
/// A key that is absent has the default of Hugging Face's library. Files of its older versions have keys for equations that no Marian model uses; they are
/// read so that such a model is refused and not misread.
struct MarianConfiguration: Decodable {
    private var modelType: String?
    private var dModel: Int
    private var encoderLayers: Int
    private var decoderLayers: Int
    private var encoderAttentionHeads: Int
    private var decoderAttentionHeads: Int
    private var encoderFfnDim: Int
    private var decoderFfnDim: Int
    private var activationFunction: String?
    private var dropout: Double?
    private var attentionDropout: Double?
    private var activationDropout: Double?
    private var maxPositionEmbeddings: Int?
    private var scaleEmbedding: Bool?
    private var shareEncoderDecoderEmbeddings: Bool?
    private var tieWordEmbeddings: Bool?
    private var isEncoderDecoder: Bool?
    private var staticPositionEmbeddings: Bool?
    private var normalizeBefore: Bool?
    private var normalizeEmbedding: Bool?
    private var addFinalLayerNorm: Bool?
    private var addBiasLogits: Bool?
    private var vocabSize: Int
    private var decoderVocabSize: Int?
    private var padTokenId: Int
    private var eosTokenId: Int
    private var decoderStartTokenId: Int

    /// The file's path, for messages.
    private(set) var path = ""

    private enum CodingKeys: CodingKey {
        case modelType, dModel, encoderLayers, decoderLayers, encoderAttentionHeads, decoderAttentionHeads, encoderFfnDim, decoderFfnDim
        case activationFunction, dropout, attentionDropout, activationDropout, maxPositionEmbeddings, scaleEmbedding
        case shareEncoderDecoderEmbeddings, tieWordEmbeddings, isEncoderDecoder, staticPositionEmbeddings, normalizeBefore,
            normalizeEmbedding
        case addFinalLayerNorm, addBiasLogits, vocabSize, decoderVocabSize, padTokenId, eosTokenId, decoderStartTokenId
    }

    /// Reads a file and checks that all it asks for is computed here.
    ///
    /// - Throws: `CheckpointError` that names the key and its value.
    init(contentsOf url: URL) throws {
        self = try Self.decode(url)
        path = try url.filePath()
        try checkEquations()
        try checkSizes()
    }

    /// Reads the JSON of a file of Hugging Face's library.
    static func decode<Value: Decodable>(_ url: URL) throws -> Value {
        let file = try OpenFile(url)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(Value.self, from: Data(file.bytes(0..<file.size)))
        } catch let error as DecodingError {
            throw CheckpointError(kind: .malformed, path: file.path, message: Self.message(error))
        }
    }

    private static func message(_ error: DecodingError) -> String {
        let name = { (path: [any CodingKey]) in path.map(\.stringValue).joined(separator: ".").snakeCased }
        return switch error {
        case .keyNotFound(let key, _): "lacks '\(key.stringValue.snakeCased)'; it is no configuration of a Marian model, or not a whole one"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "'\(name(context.codingPath))' has a value of another type than a Marian model's"
        default: "is no JSON; copy it again"
        }
    }

    private func checkEquations() throws {
        try require("model_type", modelType ?? "marian", ["marian"])
        _ = try activation
        try require("is_encoder_decoder", isEncoderDecoder ?? true, [true])
        try require("static_position_embeddings", staticPositionEmbeddings ?? true, [true])
        try require("normalize_before", normalizeBefore ?? false, [false])
        try require("normalize_embedding", normalizeEmbedding ?? false, [false])
        try require("add_final_layer_norm", addFinalLayerNorm ?? false, [false])
        try require("add_bias_logits", addBiasLogits ?? false, [false])
        try require("decoder_ffn_dim", decoderFfnDim, [encoderFfnDim])
        try require("decoder_attention_heads", decoderAttentionHeads, [encoderAttentionHeads])
        try require("decoder_start_token_id", decoderStartTokenId, [padTokenId])
    }

    private func checkSizes() throws {
        let sizes = [
            ("d_model", dModel), ("encoder_layers", encoderLayers), ("decoder_layers", decoderLayers),
            ("encoder_attention_heads", encoderAttentionHeads), ("encoder_ffn_dim", encoderFfnDim), ("max_position_embeddings", positions),
        ]
        for (key, size) in sizes where size < 1 { throw refusal(.malformed, "has '\(key)' \(size), which must be at least 1") }
        guard dModel % encoderAttentionHeads == 0 else {
            throw refusal(.malformed, "has 'd_model' \(dModel), which \(encoderAttentionHeads) 'encoder_attention_heads' do not divide")
        }
        for (key, share) in [("dropout", dropout), ("attention_dropout", attentionDropout), ("activation_dropout", activationDropout)] {
            if let share, !(0..<1).contains(share) {
                throw refusal(.malformed, "has '\(key)' \(share), which must be at least 0 and below 1")
            }
        }
    }

    private func require<Value: Equatable>(_ key: String, _ value: Value, _ supported: [Value]) throws {
        guard !supported.contains(value) else { return }
        throw refusal(.unsupported, "has '\(key)' \(value), and supported is \(supported.map { "\($0)" }.joined(separator: ", "))")
    }

    private var activation: FeedForwardActivation {
        get throws {
            let names: KeyValuePairs = ["relu": FeedForwardActivation.relu, "gelu": .gelu, "swish": .silu, "silu": .silu]
            let name = activationFunction ?? "gelu"
            try require("activation_function", name, names.map(\.key))
            return names.first { $0.key == name }!.value
        }
    }

    private var positions: Int { maxPositionEmbeddings ?? 1024 }
    /// Whether both languages have one vocabulary and one table.
    var sharesVocabulary: Bool { shareEncoderDecoderEmbeddings ?? true }
    /// Whether the output layer's weight is the target's table.
    var tiesOutput: Bool { tieWordEmbeddings ?? true }
    /// Whether token vectors are multiplied by √width.
    var scalesEmbedding: Bool { scaleEmbedding ?? false }
    /// Tokens of the source's vocabulary.
    var sourceVocabulary: Int { vocabSize }
    /// Tokens of the target's vocabulary.
    var targetVocabulary: Int { sharesVocabulary ? vocabSize : decoderVocabSize ?? vocabSize }
    /// The number of the padding, with which a target begins.
    var padding: Int { padTokenId }
    /// The number of the end.
    var end: Int { eosTokenId }

    /// The network's configuration here.
    func transformer() throws -> TransformerConfiguration {
        var result = TransformerConfiguration()
        (result.width, result.heads, result.feedForward) = (dModel, encoderAttentionHeads, encoderFfnDim)
        (result.encoderLayers, result.decoderLayers) = (encoderLayers, decoderLayers)
        (result.activation, result.norm, result.positions, result.longestSequence) = (try activation, .post, .sinusoidal, positions)
        // A table that is shared by the languages and not by the output layer is stored for each of them.
        result.tiedEmbeddings = !tiesOutput ? .none : sharesVocabulary ? .all : .output
        result.dropout = dropout ?? 0.1
        (result.attentionDropout, result.activationDropout) = (attentionDropout ?? 0, activationDropout ?? 0)
        return result
    }

    private func refusal(_ kind: CheckpointError.Kind, _ message: String) -> CheckpointError {
        CheckpointError(kind: kind, path: path, message: message)
    }
}

/// What the `generation_config.json` of a Marian directory, or an older `config.json`, says of the tokens that a search may make.
struct MarianGeneration: Decodable {
    private var badWordsIds: [[Int]]?
    private var forcedBosTokenId: Int?

    /// Throws where tokens are forbidden or forced that a search here would not forbid or force.
    func check(forbidden: Set<Int>, path: String) throws {
        if let words = badWordsIds?.first(where: { $0.count != 1 || !forbidden.contains($0[0]) }) {
            throw CheckpointError(
                kind: .unsupported, path: path,
                message: "has 'bad_words_ids' with \(words), and supported are the padding and the unknown token, which are never made here"
            )
        }
        if let forcedBosTokenId {
            throw CheckpointError(
                kind: .unsupported, path: path, message: "has 'forced_bos_token_id' \(forcedBosTokenId), and supported is null")
        }
    }
}

extension String {
    /// `dModel` as `d_model`.
    fileprivate var snakeCased: String { replacing(/[A-Z]/) { "_" + $0.output.lowercased() } }
}
