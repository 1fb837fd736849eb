import Foundation

/// What every model file says beside its weights: kind, configuration, the kind's own parts, recipe, and a checksum over them all.
struct ModelMetadata {
    enum Key: String {
        case kind = "unroll.kind"
        case configuration = "unroll.configuration"
        case sourceCodec = "unroll.source_codec"
        case targetCodec = "unroll.target_codec"
        case codec = "unroll.codec"
        case textUnit = "unroll.text_unit"
        case words = "unroll.words"
        case characters = "unroll.characters"
        case labels = "unroll.labels"
        case features = "unroll.features"
        case outputs = "unroll.outputs"
        case sampleRate = "unroll.sample_rate"
        case recipe = "unroll.recipe"
        case fingerprint = "unroll.fingerprint"
    }

    let kind: ModelKind
    private(set) var texts: [String: String]

    /// - Parameter parts: the kind's own, each under its key.
    init(_ kind: ModelKind, configuration: some Encodable, parts: [Key: any Encodable], recipe: String) throws {
        self.kind = kind
        texts = [
            Key.kind.rawValue: kind.rawValue, Key.configuration.rawValue: try Self.json(configuration), Key.recipe.rawValue: recipe,
        ]
        for key in kind.parts {
            guard let part = parts[key] else { preconditionFailure("a \(kind.title) without '\(key.rawValue)'") }
            texts[key.rawValue] = try Self.json(part)
        }
        texts[Key.fingerprint.rawValue] = Self.fingerprint(of: texts, kind)
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// FNV-1a of keys and values, 64 bits in hexadecimal: a changed byte in a vocabulary would otherwise be a word like any other.
    static func fingerprint(of texts: [String: String], _ kind: ModelKind) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for key in [.kind, .configuration] + kind.parts + [.recipe] {
            for text in [key.rawValue, texts[key.rawValue] ?? ""] {
                for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
                // A byte that no text holds, so that nothing moves from one text into the next unseen.
                hash = (hash ^ 0xff) &* 0x100_0000_01b3
            }
        }
        return String(hash, radix: 16)
    }
}
