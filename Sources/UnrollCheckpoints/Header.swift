import UnrollTensors

/// A safetensors header that keeps every rule of the format.
struct Header {
    /// The largest header in bytes, as in other readers of the format.
    static let largest = 100_000_000

    var metadata: [String: String] = [:]
    /// In the order of the data.
    var entries: [TensorFile.Entry] = []
    /// Further names of entries, in the order of the file.
    var aliases: [(name: String, original: String)] = []
    /// The places of the entries and of the aliases by the bytes of their names: `String` would take two spellings of "é" for one.
    private var places: [[UInt8]: Int] = [:]

    /// Reads and checks a header.
    ///
    /// - Parameters:
    ///   - bytes: the header's own, without the length before it.
    ///   - dataCount: how many bytes follow it in the file.
    ///   - path: for the errors.
    init(_ bytes: [UInt8], dataCount: Int, path: String) throws {
        var scanner = HeaderScanner(bytes)
        var described: [(name: String, description: Description)] = []
        var metadata: [(key: String, value: String)] = []
        do {
            try scanner.object { (scanner, name) throws(HeaderScanner.Failure) in
                if name == "__metadata__" {
                    metadata = try scanner.strings()
                } else {
                    described.append((name, try Description(&scanner, of: name)))
                }
            }
            try scanner.expectEnd()
        } catch {
            throw Self.malformed(path, "\(error.message) at byte \(error.position.grouped)")
        }
        for (key, value) in metadata {
            guard self.metadata.updateValue(value, forKey: key) == nil else {
                throw Self.malformed(path, "the metadata holds \(key.quoted) twice in different spellings")
            }
        }
        try Self.check(format: self.metadata[TensorFile.formatKey], path: path)
        for (name, description) in described { entries.append(try description.entry(name, path: path)) }
        try arrange(dataCount: dataCount, path: path)
        try readAliases(path: path)
    }

    /// The header of a file that has its tensors anywhere, under different names.
    init(_ entries: [TensorFile.Entry]) {
        self.entries = entries
        for (place, entry) in entries.enumerated() { places[Array(entry.name.utf8)] = place }
    }

    /// The place among the entries of a name or of an alias.
    func place(of name: String) -> Int? { places[Array(name.utf8)] }

    static func malformed(_ path: String, _ what: String) -> CheckpointError {
        CheckpointError(kind: .malformed, path: path, message: "the header is damaged: \(what); copy the file again or make it anew")
    }

    private static func check(format: String?, path: String) throws {
        guard let format else { return }
        guard let number = Int(format), number >= 1 else {
            throw malformed(path, "\"\(TensorFile.formatKey)\" should be a whole number from 1, not \(format.quoted)")
        }
        guard number <= TensorFile.format else {
            let message = "is of format \(number), and this version of Unroll reads formats up to \(TensorFile.format); update Unroll"
            throw CheckpointError(kind: .newerFormat, path: path, message: message)
        }
    }

    /// Puts the entries in the order of their data, which must fill the rest of the file without a gap or an overlap.
    private mutating func arrange(dataCount: Int, path: String) throws {
        // Not by the sort's own stability alone: an empty tensor goes before the one that begins where it ends.
        let order = entries.indices.sorted { left, right in
            let (a, b) = (entries[left].byteRange, entries[right].byteRange)
            return (a.lowerBound, a.upperBound, left) < (b.lowerBound, b.upperBound, right)
        }
        entries = order.map { entries[$0] }
        var end = 0
        for (place, entry) in entries.enumerated() {
            guard entry.byteRange.lowerBound == end else {
                let relation = entry.byteRange.lowerBound < end ? "overlaps the tensor before it" : "leaves a gap before it"
                throw Self.malformed(path, "\(entry.name.quoted) \(relation)")
            }
            end = entry.byteRange.upperBound
            places[Array(entry.name.utf8)] = place
        }
        guard end <= dataCount else {
            let message = "is cut short: its header promises \(end.grouped) bytes of data, \(dataCount.grouped) are there; copy it again"
            throw CheckpointError(kind: .cutShort, path: path, message: message)
        }
        guard end == dataCount else {
            throw Self.malformed(path, "it describes \(end.grouped) bytes of data, \(dataCount.grouped) are there")
        }
    }

    private mutating func readAliases(path: String) throws {
        guard let text = metadata[TensorFile.aliasesKey] else { return }
        var scanner = HeaderScanner(Array(text.utf8))
        do {
            aliases = try scanner.strings().map { ($0.key, $0.value) }
            try scanner.expectEnd()
        } catch {
            throw Self.malformed(path, "\"\(TensorFile.aliasesKey)\": \(error.message) at byte \(error.position.grouped)")
        }
        // Looked up before any is added: an alias of an alias is not allowed.
        let originals = aliases.map { place(of: $0.original) }
        for (alias, original) in zip(aliases, originals) {
            guard let original else {
                throw Self.malformed(path, "\(alias.name.quoted) is another name of \(alias.original.quoted), which is absent")
            }
            guard places.updateValue(original, forKey: Array(alias.name.utf8)) == nil else {
                throw Self.malformed(path, "\(alias.name.quoted) names both a tensor and another name of \(alias.original.quoted)")
            }
        }
    }
}

/// What a header says of one tensor, not yet checked.
private struct Description {
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?

    init(_ scanner: inout HeaderScanner, of name: String) throws(HeaderScanner.Failure) {
        var (type, shape, offsets): (String?, [Int]?, [Int]?)
        try scanner.object { (scanner, key) throws(HeaderScanner.Failure) in
            switch key {
            case "dtype": type = try scanner.string()
            case "shape": shape = try scanner.numbers()
            case "data_offsets": offsets = try scanner.numbers()
            default: throw HeaderScanner.Failure(position: scanner.position, message: "\(name.quoted) has the unknown key \(key.quoted)")
            }
        }
        (self.type, self.shape, self.offsets) = (type, shape, offsets)
    }

    func entry(_ name: String, path: String) throws -> TensorFile.Entry {
        guard let type, let shape, let offsets else {
            let missing = type == nil ? "dtype" : shape == nil ? "shape" : "data_offsets"
            throw Header.malformed(path, "\(name.quoted) has no \"\(missing)\"")
        }
        guard let elementType = ElementType(rawValue: type) else {
            let known = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
            let message = "\(name.quoted) has elements of the unknown type \(type.quoted); convert it to one of \(known)"
            throw CheckpointError(kind: .unsupported, path: path, message: message)
        }
        guard shape.count <= 8, shape.allSatisfy({ $0 <= Int(Int32.max) }) else {
            let shown = shape.count <= 8 ? "the shape \(shape)" : "\(shape.count.grouped) axes"
            let message = "\(name.quoted) has \(shown); at most 8 axes of at most \(Int32.max.grouped) are supported"
            throw CheckpointError(kind: .unsupported, path: path, message: message)
        }
        // The extents in their own order, as the shape multiplies them: a zero at the end does not excuse an overflow before it.
        var size = 1
        for factor in shape + [elementType.width] {
            let (product, isOverflow) = size.multipliedReportingOverflow(by: factor)
            guard !isOverflow else { throw Header.malformed(path, "\(name.quoted) of shape \(shape) is larger than any memory") }
            size = product
        }
        guard offsets.count == 2, offsets[0] <= offsets[1] else {
            throw Header.malformed(path, "the \"data_offsets\" of \(name.quoted) are not a start and an end")
        }
        guard offsets[1] - offsets[0] == size else {
            let given = (offsets[1] - offsets[0]).grouped
            throw Header.malformed(path, "\(name.quoted) of type \(type) and shape \(shape) takes \(size.grouped) bytes, not \(given)")
        }
        return TensorFile.Entry(name: name, type: elementType, shape: Shape(shape), byteRange: offsets[0]..<offsets[1])
    }
}
