import Foundation
import UnrollKernels
import UnrollTensors

extension TensorFile {
    /// Writes tensors to a safetensors file, whole or not at all.
    ///
    /// Equal contents give equal bytes, whatever the order they come in: the metadata stand first, by key; the tensors follow, wider types
    /// first (`F64`, `F32`, `I32`, `BF16`, `I8`, so that every tensor is aligned) and then by name, both by the bytes of UTF-8; blanks pad the header to a multiple of 8.
    /// The new file takes the old one's place at once when it is complete and on the disk. When anything fails before that, the old file is as it was.
    ///
    /// - Parameters:
    ///   - tensors: each with its own name; `__metadata__` is not a name.
    ///   - metadata: what the file says of itself.
    ///   - url: where; the folder must exist. An old file is replaced, keeping its permissions.
    /// - Throws: a ``CheckpointError`` if two tensors have one name, or the file cannot be written, for instance since the disk is full.
    public static func write(_ tensors: [(name: String, tensor: Tensor)], metadata: [String: String], to url: URL) throws {
        try write(stored: tensors.map { StoredTensor($0.name, $0.tensor) }, metadata: metadata, to: url)
    }

    /// Writes tensors whose elements may be of other types than a tensor's.
    static func write(stored tensors: [StoredTensor], metadata: [String: String], to url: URL) throws {
        let path = try url.filePath()
        let tensors = tensors.sorted { left, right in
            let (a, b) = (left.type, right.type)
            return a == b ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8) : a.filePlace < b.filePlace
        }
        let header = try header(tensors, metadata: metadata, path: path)
        try ReplacedFile.write(to: path) { file throws(ReplacedFile.Failure) in
            try file.write(header)
            for tensor in tensors {
                switch tensor.elements {
                case .tensor(let tensor): try file.write(tensor.bytes)
                case .bytes(let bytes): try file.write(bytes)
                }
            }
        }
    }

    /// The length and the padded header.
    private static func header(_ tensors: [StoredTensor], metadata: [String: String], path: String) throws -> [UInt8] {
        var names: Set<[UInt8]> = [Array("__metadata__".utf8)]
        var json = "{"
        if !metadata.isEmpty {
            let members = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            json += "\"__metadata__\":" + jsonObject(members.map { ($0.key, $0.value) })
        }
        var offset = 0
        for tensor in tensors {
            let name = tensor.name
            guard names.insert(Array(name.utf8)).inserted else {
                let message = "cannot hold \(name.quoted) twice (or as a tensor's name at all); rename one of them"
                throw CheckpointError(kind: .invalidContents, path: path, message: message)
            }
            let end = offset + tensor.shape.count * tensor.type.width
            let shape = tensor.shape.array.map(String.init).joined(separator: ",")
            if json.utf8.count > 1 { json += "," }
            json += "\(jsonString(name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}"
            offset = end
        }
        json += "}"
        var text = Array(json.utf8)
        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
        guard text.count <= Header.largest else {
            let message = "cannot hold \(text.count.grouped) bytes of names and metadata; the format allows \(Header.largest.grouped)"
            throw CheckpointError(kind: .invalidContents, path: path, message: message)
        }
        return withUnsafeBytes(of: UInt64(text.count).littleEndian, Array.init) + text
    }

    /// A JSON object of strings in the order given, without blanks.
    static func jsonObject(_ members: [(key: String, value: String)]) -> String {
        "{" + members.map { jsonString($0.key) + ":" + jsonString($0.value) }.joined(separator: ",") + "}"
    }

    /// A JSON string in which only what must be escaped is.
    private static func jsonString(_ string: String) -> String {
        var result = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{8}": result += "\\b"
            case "\u{C}": result += "\\f"
            case "\0"..<" ": result += (scalar.value < 0x10 ? "\\u000" : "\\u00") + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension ElementType {
    /// The order of the types in a file, wider ones first: none may leave the next one unaligned.
    fileprivate var filePlace: Int { 16 * (8 - width) + (Self.allCases.firstIndex(of: self) ?? 0) }
}

extension Tensor {
    /// The elements' bytes, for as long as the tensor lives.
    fileprivate var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: pointer, count: count * scalarType.width) }
}
