/// Why a file of weights could not be read, written or put into a module.
public struct CheckpointError: Error, CustomStringConvertible, Sendable {
    /// What went wrong, for a program that reacts to it.
    public enum Kind: Sendable, Hashable {
        /// The system could not open or read the file.
        case unreadable
        /// The system could not write the file, for instance since the disk is full; what was there before is unchanged.
        case unwritable
        /// The file is not a safetensors file at all.
        case notSafetensors
        /// The file ends before its header says so.
        case cutShort
        /// The header breaks the rules of the format.
        case malformed
        /// The file is of a later `unroll.format` than this version reads.
        case newerFormat
        /// The elements are of a type, or the tensor of a shape, that cannot be read.
        case unsupported
        /// The file lacks a tensor.
        case missingTensor
        /// The file holds tensors that the module does not have.
        case leftOver
        /// A tensor's shape or type is not its parameter's.
        case mismatch
        /// The file is whole, but not a model of the kind asked for.
        case notAModel
        /// The tensors or their names cannot be stored together.
        case invalidContents
    }

    /// What went wrong.
    public let kind: Kind
    /// The file.
    public let path: String
    /// What went wrong and what to do.
    public let message: String

    /// The file and the message.
    public var description: String { "\(path): \(message)" }
}

extension BinaryInteger {
    /// `1,234,567`: digits in groups of three, in every locale alike.
    var grouped: String {
        let digits = String(self)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(",") }
            result.append(digit)
        }
        return result
    }
}

extension String {
    /// In quotation marks, for a message: without control characters, which a terminal would obey, and shortened where it is long.
    var quoted: String { count <= 100 ? debugDescription : (prefix(100) + "…").debugDescription }
}
