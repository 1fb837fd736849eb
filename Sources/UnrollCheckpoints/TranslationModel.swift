import Foundation
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

/// A translation model as one file holds it: the network, what turns text into its tokens and back, and the recipe that made it.
public struct TranslationModel: Sendable {
    /// The kind of model, as the file's metadata names it.
    public static let kind = "sequence_to_sequence"

    /// The network.
    public let network: SequenceToSequence
    /// Source text ↔ tokens.
    public let sourceCodec: TextCodec
    /// Target text ↔ tokens.
    public let targetCodec: TextCodec
    /// The recipe's text.
    public let recipe: String

    /// A model from its parts.
    public init(network: SequenceToSequence, sourceCodec: TextCodec, targetCodec: TextCodec, recipe: String) {
        self.network = network
        self.sourceCodec = sourceCodec
        self.targetCodec = targetCodec
        self.recipe = recipe
    }

    /// Opens a model file.
    ///
    /// - Throws: `CheckpointError` for a file that cannot be read, is not whole, or holds something else.
    public init(contentsOf url: URL) throws {
        let file = try TensorFile(contentsOf: url)
        guard let kind = file.metadata[Key.kind] else {
            let message =
                file.metadata[TensorFile.formatKey] == nil
                ? "is a safetensors file without Unroll's metadata; it was not written by 'unroll train'"
                : "holds numbers but no translation model; those of a training are best.safetensors and last.safetensors in its folder"
            throw CheckpointError(kind: .notAModel, path: url.path, message: message)
        }
        guard kind == Self.kind else {
            throw CheckpointError(
                kind: .notAModel, path: url.path, message: "holds a model of the kind '\(kind)'; a translation model is '\(Self.kind)'")
        }
        try file.checkMetadata()
        let configuration = try file.decode(SequenceToSequenceConfiguration.self, Key.configuration)
        sourceCodec = try file.decode(TextCodec.self, Key.sourceCodec)
        targetCodec = try file.decode(TextCodec.self, Key.targetCodec)
        recipe = file.metadata[Key.recipe] ?? ""
        try file.check(configuration, sourceCodec.vocabulary.count, targetCodec.vocabulary.count)
        network = SequenceToSequence(
            configuration, sourceVocabulary: sourceCodec.vocabulary.count, targetVocabulary: targetCodec.vocabulary.count, key: .blank)
        try file.load(into: network)
    }

    /// Writes the model file, whole or not at all.
    public func write(to url: URL) throws {
        try TensorFile.save(network, metadata: metadata, to: url)
    }

    /// What the file says beside the weights: kind, configuration, codecs and recipe, as JSON with sorted keys.
    package var metadata: [String: String] {
        get throws {
            var metadata = [
                Key.kind: Self.kind,
                Key.configuration: try Self.json(network.configuration),
                Key.sourceCodec: try Self.json(sourceCodec),
                Key.targetCodec: try Self.json(targetCodec),
                Key.recipe: recipe,
            ]
            metadata[Key.fingerprint] = Key.fingerprint(of: metadata)
            return metadata
        }
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    fileprivate enum Key {
        static let kind = "unroll.kind"
        static let configuration = "unroll.configuration"
        static let sourceCodec = "unroll.source_codec"
        static let targetCodec = "unroll.target_codec"
        static let recipe = "unroll.recipe"
        static let fingerprint = "unroll.fingerprint"

        /// FNV-1a of the keys and values above, 64 bits in hexadecimal: a changed byte in a vocabulary would otherwise be a word like any other.
        static func fingerprint(of metadata: [String: String]) -> String {
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for key in [kind, configuration, sourceCodec, targetCodec, recipe] {
                for text in [key, metadata[key] ?? ""] {
                    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
                    // A byte that no text holds, so that nothing moves from one text into the next unseen.
                    hash = (hash ^ 0xff) &* 0x100_0000_01b3
                }
            }
            return String(hash, radix: 16)
        }
    }
}

extension TensorFile {
    /// Throws if the metadata are not those that the model was written with. A file that does not tell is taken as it is.
    fileprivate func checkMetadata() throws {
        guard let written = metadata[TranslationModel.Key.fingerprint] else { return }
        guard written == TranslationModel.Key.fingerprint(of: metadata) else {
            throw CheckpointError(
                kind: .malformed, path: path,
                message: "the header is damaged: its metadata are not those that were written; copy the file again")
        }
    }

    /// Throws if the network cannot be made, or would be larger than the file, before memory is taken for it.
    fileprivate func check(_ configuration: SequenceToSequenceConfiguration, _ source: Int, _ target: Int) throws {
        guard configuration.tiedEmbeddings != .all || source == target else {
            throw CheckpointError(
                kind: .notAModel, path: path,
                message: "describes one table for two vocabularies of \(source) and \(target) tokens; copy it again or make it anew")
        }
        let least = configuration.leastParameterCount(sourceVocabulary: source, targetVocabulary: target)
        guard least <= Double(entries.reduce(0) { $0 + $1.shape.count }) else {
            throw CheckpointError(
                kind: .notAModel, path: path,
                message: "describes a network of more numbers than the file holds; copy it again or make it anew")
        }
    }

    /// A metadata value that is JSON.
    fileprivate func decode<Value: Decodable>(_ type: Value.Type, _ key: String) throws -> Value {
        guard let text = metadata[key] else {
            throw CheckpointError(
                kind: .notAModel, path: path, message: "lacks '\(key)' in its metadata; train the model again or copy the file anew")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw CheckpointError(kind: .notAModel, path: path, message: "has an unreadable '\(key)' in its metadata: \(error)")
        }
    }
}
