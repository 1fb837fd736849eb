import Foundation

extension SentencePieceTokenizer {
    /// The tokenizer of a model file.
    ///
    /// - Throws: `TextError` for a file that cannot be read, is no model, is damaged or cut short, or holds a model of a type that is not known.
    public init(contentsOf path: String) throws {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            let reason =
                FileManager.default.fileExists(atPath: path)
                ? "this cannot be read (\(error.localizedDescription))" : "there is no such file"
            throw TextError(.unreadableModel, "\(path): \(reason); name a SentencePiece model, whose name ends in .model or .spm")
        }
        // A model file of ours keeps these bytes in its header, as four characters for three of them, and 100 MB is the most that a header may have.
        guard data.count <= Self.largestFile else {
            throw TextError(
                .malformedModel,
                "\(path): has \(data.count) bytes, and no SentencePiece model has more than \(Self.largestFile); name a .model file")
        }
        try self.init(Array(data), name: path)
    }

    private static let largestFile = 64_000_000
}

extension SentencePieceTokenizer: Codable {
    private enum Key: String, CodingKey {
        case model
    }

    /// Writes the bytes of the model's file, as base64.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(Data(bytes).base64EncodedString(), forKey: .model)
    }

    /// Reads what `encode(to:)` writes.
    ///
    /// - Throws: `TextError` for what is no SentencePiece model, and the decoder's own errors.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .model)
        let name = location(decoder.codingPath + [Key.model])
        guard let data = Data(base64Encoded: text) else {
            throw TextError(
                .malformedModel, "\(name): is no base64, as which the SentencePiece model is kept here; the file is damaged: copy it again")
        }
        try self.init(Array(data), name: name)
    }
}
