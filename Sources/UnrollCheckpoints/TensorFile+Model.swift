import Foundation

extension TensorFile {
    /// The kind of model that the file holds.
    ///
    /// - Parameter wanted: what the caller is looking for, for messages.
    /// - Throws: `CheckpointError` where it holds none, or one that this version does not know.
    func modelKind(wanted: String = "model") throws -> ModelKind {
        guard let name = metadata[ModelMetadata.Key.kind.rawValue] else {
            let message =
                metadata[TensorFile.formatKey] == nil
                ? "is a safetensors file without Unroll's metadata; it was not written by 'unroll train'"
                : "holds numbers but no \(wanted); those of a training are best.safetensors and last.safetensors in its folder"
            throw refusal(message)
        }
        guard let kind = ModelKind(rawValue: name) else {
            throw refusal("holds a model of the kind \(name.quoted), which this version does not know; a newer one may have written it")
        }
        return kind
    }

    /// Opens a file that must hold a model of a kind, with the metadata that it was written with.
    init(_ kind: ModelKind, contentsOf url: URL) throws {
        try self.init(contentsOf: url)
        let found = try modelKind(wanted: kind.title)
        guard found == kind else {
            throw refusal("holds a \(found.title), which 'unroll \(found.command)' uses; a \(kind.title) is wanted here")
        }
        // A file that does not tell is taken as it is.
        guard let written = metadata[ModelMetadata.Key.fingerprint.rawValue] else { return }
        guard written == ModelMetadata.fingerprint(of: metadata, kind) else {
            throw CheckpointError(
                kind: .malformed, path: path,
                message: "the header is damaged: its metadata are not those that were written; copy the file again")
        }
    }

    /// The recipe's text.
    var recipe: String { metadata[ModelMetadata.Key.recipe.rawValue] ?? "" }

    /// A metadata value that is JSON.
    func decode<Value: Decodable>(_ type: Value.Type, _ key: ModelMetadata.Key) throws -> Value {
        guard let text = metadata[key.rawValue] else {
            throw refusal("lacks '\(key.rawValue)' in its metadata; train the model again or copy the file anew")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw refusal("has an unreadable '\(key.rawValue)' in its metadata: \(error)")
        }
    }

    /// Throws if a network would be larger than the file, before memory is taken for it.
    func checkSize(atLeast numbers: Double) throws {
        // Several tensors may be one in the file, and each number takes a byte at least.
        guard numbers <= Double(min(size, entries.reduce(0) { $0 + $1.shape.count })) else {
            throw refusal("describes a network of more numbers than the file holds; copy it again or make it anew")
        }
    }

    /// The error of a file that is whole and yet no model that can be used.
    func refusal(_ message: String) -> CheckpointError {
        CheckpointError(kind: .notAModel, path: path, message: message)
    }
}
