import Foundation
import UnrollTensors

/// A safetensors file, open for reading: named tensors and some text about them.
///
/// Opening reads and checks the header alone; the elements stay in the file until ``tensor(_:)`` asks for them. Every file of the format
/// can be opened, with or without the keys of this library. The layout: 8 bytes with the length of the header (little-endian), the header
/// (JSON), the elements (little-endian, row-major).
public struct TensorFile: Sendable {
    /// The latest version of this library's own use of the format, which is written as ``formatKey``.
    public static let format = 1
    /// The metadata key of the version, `"1"`. A plain safetensors file has none.
    public static let formatKey = "unroll.format"
    /// The metadata key of the further names of tensors: a JSON object from each name to the one that the tensor is stored under.
    public static let aliasesKey = "unroll.aliases"

    /// A tensor in the file.
    public struct Entry: Sendable, Hashable {
        /// The name it is stored under.
        public let name: String
        /// The type of its elements in the file.
        public let type: ElementType
        /// The extents.
        public let shape: Shape
        /// Where its bytes are, counted from the first byte after the header.
        public let byteRange: Range<Int>
    }

    private let file: OpenFile
    let header: Header
    private let dataStart: Int

    /// Opens a file and checks its header.
    ///
    /// - Throws: a ``CheckpointError`` if the file cannot be read, is not of the format or breaks any of its rules.
    public init(contentsOf url: URL) throws {
        file = try OpenFile(url)
        let path = file.path
        guard file.size > 0 else { throw CheckpointError(kind: .cutShort, path: path, message: "is empty; copy it again") }
        guard file.size > 8 else {
            let message = "is cut short: \(file.size) bytes are too few for a safetensors file; copy it again"
            throw CheckpointError(kind: .cutShort, path: path, message: message)
        }
        let start = try file.bytes(0..<9)
        let headerCount = start[..<8].littleEndian
        guard headerCount >= 2, headerCount <= Header.largest, start[8] == UInt8(ascii: "{") else {
            let message = "is not a safetensors file: it does not begin with a header; name a model file"
            throw CheckpointError(kind: .notSafetensors, path: path, message: message)
        }
        dataStart = 8 + Int(headerCount)
        guard dataStart <= file.size else {
            let there = (file.size - 8).grouped
            let message = "is cut short: its header should have \(headerCount.grouped) bytes, \(there) are there; copy it again"
            throw CheckpointError(kind: .cutShort, path: path, message: message)
        }
        header = try Header(file.bytes(8..<dataStart), dataCount: file.size - dataStart, path: path)
    }

    /// Opens a file that PyTorch's `torch.save` has written, such as `pytorch_model.bin`, with a dictionary of tensors. Such a file is a program that
    /// Python runs; here it is only read, and what would do more than describe tensors is refused.
    ///
    /// - Throws: a ``CheckpointError`` if the file cannot be read, is damaged, or holds anything else.
    public init(pickled url: URL) throws {
        file = try OpenFile(url)
        dataStart = 0
        header = Header(try PickledTensors(file).entries)
    }

    /// Opens a state dictionary of PyTorch's, in a safetensors file or as `torch.save` has written it.
    ///
    /// - Throws: a ``CheckpointError`` if the file cannot be read or is neither.
    public init(stateDictionary url: URL) throws {
        try self = PickledTensors.begin(OpenFile(url)) ? TensorFile(pickled: url) : TensorFile(contentsOf: url)
    }

    /// The file, for messages.
    public var path: String { file.path }

    /// Bytes of the file.
    var size: Int { file.size }

    /// What the file says of itself.
    public var metadata: [String: String] { header.metadata }

    /// The tensors, in the order of their elements in the file.
    public var entries: [Entry] { header.entries }

    /// Further names of tensors, in the order of the file.
    public var aliases: [(name: String, original: String)] { header.aliases }

    /// The entry of a name or of an alias; nil where there is none.
    public func entry(_ name: String) -> Entry? { header.place(of: name).map { header.entries[$0] } }

    /// Reads a tensor.
    ///
    /// `F32`, `F64` and `I32` elements come as they are, `F16` and `BF16` ones as `float32`.
    ///
    /// - Parameter name: the name of the tensor, or an alias.
    /// - Throws: a ``CheckpointError`` if there is no such tensor, its type has no equivalent here, or reading fails.
    public func tensor(_ name: String) throws -> Tensor {
        guard let entry = entry(name) else {
            throw CheckpointError(kind: .missingTensor, path: path, message: "holds no tensor \(name.quoted); check the name")
        }
        return try tensor(entry)
    }

    /// The bytes of an entry, whatever its type.
    func bytes(of entry: Entry) throws -> [UInt8] {
        try file.bytes(dataStart + entry.byteRange.lowerBound..<dataStart + entry.byteRange.upperBound)
    }

    func tensor(_ entry: Entry) throws -> Tensor {
        guard let scalarType = entry.type.scalarType else {
            let message = "\(entry.name.quoted) has elements of type \(entry.type.rawValue); convert it to F32, F64, I32, F16 or BF16"
            throw CheckpointError(kind: .unsupported, path: path, message: message)
        }
        let result = Tensor(uninitialized: entry.shape, scalarType)
        try read(entry, 0..<result.count, into: result.pointer)
        return result
    }

    /// Reads some of the elements of an entry, as those of a tensor.
    func read(_ entry: Entry, _ elements: Range<Int>, into memory: UnsafeMutableRawPointer) throws {
        switch entry.type {
        case .float16: try widen(entry, elements, into: memory, float(half:))
        case .bfloat16: try widen(entry, elements, into: memory, float(bfloat:))
        default: try readBytes(entry, elements, into: memory)
        }
    }

    /// Reads some of the elements of an entry as the file has them.
    func readBytes(_ entry: Entry, _ elements: Range<Int>, into memory: UnsafeMutableRawPointer) throws {
        let width = entry.type.width
        let bytes = UnsafeMutableRawBufferPointer(start: memory, count: elements.count * width)
        try file.read(into: bytes, at: dataStart + entry.byteRange.lowerBound + elements.lowerBound * width)
    }

    /// Converts elements of two bytes, a piece of the file at a time.
    private func widen(
        _ entry: Entry, _ elements: Range<Int>, into memory: UnsafeMutableRawPointer, _ convert: (UInt16) -> Float
    ) throws {
        let widened = memory.assumingMemoryBound(to: Float.self)
        var piece = [UInt16](repeating: 0, count: min(elements.count, 1 << 16))
        for start in stride(from: 0, to: elements.count, by: 1 << 16) {
            let count = min(elements.count - start, piece.count)
            let wanted = elements.lowerBound + start..<elements.lowerBound + start + count
            try piece.withUnsafeMutableBytes { try readBytes(entry, wanted, into: $0.baseAddress!) }
            for index in 0..<count { widened[start + index] = convert(UInt16(littleEndian: piece[index])) }
        }
    }
}
