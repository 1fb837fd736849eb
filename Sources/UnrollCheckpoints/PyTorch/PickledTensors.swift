import UnrollTensors

/// Where the tensors lie that `torch.save` has written, as `pytorch_model.bin` and `.pt` files hold them: an archive with a pickle and a file for each
/// storage, or, of PyTorch before 1.6, pickles with the storages behind them.
///
/// Nothing of the file is run. A dictionary of tensors is read, whose elements are row-major; all else is refused.
struct PickledTensors {
    /// The tensors, at their places in the whole file.
    let entries: [TensorFile.Entry]

    /// Whether a file begins as one of PyTorch's does.
    static func begin(_ file: OpenFile) throws -> Bool { try form(of: file) != nil }

    private enum Form {
        case archive, legacy
    }

    private static func form(of file: OpenFile) throws -> Form? {
        let start = try file.bytes(0..<min(file.size, legacyStart.count))
        return start.starts(with: archiveStart) ? .archive : start == legacyStart ? .legacy : nil
    }

    private static let archiveStart: [UInt8] = [0x50, 0x4b, 3, 4]
    /// A pickle of the number that marks the older form.
    private static let legacyStart: [UInt8] = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]
    /// Pickles of a thousand tensors are a hundredth of this.
    private static let mostPickled = 1 << 22

    /// Reads what stands where.
    ///
    /// - Throws: `CheckpointError` for a file that is damaged, cut short, holds something else or calls what no tensor needs.
    init(_ file: OpenFile) throws {
        do {
            switch try Self.form(of: file) {
            case .archive: entries = try Self.archived(file)
            case .legacy: entries = try Self.legacy(file)
            case nil:
                throw CheckpointError(
                    kind: .unsupported, path: file.path, message: "is not a file that torch.save has written; name a state dictionary")
            }
        } catch let failure as Pickle.Failure {
            throw Self.malformed(file, failure.message)
        } catch let failure as ZipEntries.Failure {
            throw Self.malformed(file, failure.message)
        }
    }

    private static func malformed(_ file: OpenFile, _ message: String) -> CheckpointError {
        CheckpointError(kind: .malformed, path: file.path, message: "\(message); copy the file again or make it anew")
    }

    private static func bigEndian(_ file: OpenFile) -> CheckpointError {
        CheckpointError(
            kind: .unsupported, path: file.path, message: "has its numbers with the highest byte first; write it on another machine")
    }

    private static func archived(_ file: OpenFile) throws -> [TensorFile.Entry] {
        let files = try ZipEntries(size: file.size) { try file.bytes($0) }.ranges
        guard let (name, range) = files.first(where: { $0.key.hasSuffix("/data.pkl") }) else {
            throw CheckpointError(
                kind: .unsupported, path: file.path,
                message: "is an archive without 'data.pkl', which none of PyTorch's is; name another file")
        }
        guard range.count <= mostPickled else { throw malformed(file, "its pickle of \(range.count.grouped) bytes is too large") }
        let folder = name.dropLast("data.pkl".count)
        if let order = files["\(folder)byteorder"], order.count <= 16, try file.bytes(order).starts(with: "big".utf8) {
            throw bigEndian(file)
        }
        let pickle = try Pickle(try file.bytes(range)[...])
        return try PickledDictionary(pickle, path: file.path).entries { files["\(folder)data/\($0)"] }
    }

    private static func legacy(_ file: OpenFile) throws -> [TensorFile.Entry] {
        let bytes = try file.bytes(0..<min(file.size, mostPickled))
        var place = 0
        func next() throws -> Pickle {
            let pickle = try Pickle(bytes[place...])
            place += pickle.count
            return pickle
        }
        // The mark and the version of the form; what the machine was; then the dictionary and the names of the storages behind.
        for _ in 0..<2 { _ = try next() }
        let machine = try next()
        if case .dictionary(let facts) = machine[machine.value], facts.contains(where: { $0 == (.text("little_endian"), .bool(false)) }) {
            throw bigEndian(file)
        }
        let dictionary = try PickledDictionary(try next(), path: file.path)
        let names = try next(), types = dictionary.storageTypes
        var storages: [String: Range<Int>] = [:]
        for name in names.elements(names.value) ?? [] {
            guard case .text(let name) = name, let width = types[name]?.width, place <= file.size - 8 else {
                throw Pickle.Failure(message: "the list of storages is damaged or cut short")
            }
            let count = try file.bytes(place..<place + 8).littleEndian
            place += 8
            guard count <= UInt64((file.size - place) / width) else {
                let message = "is cut short: a storage promises \(count.grouped) elements, which are not there; copy it again"
                throw CheckpointError(kind: .cutShort, path: file.path, message: message)
            }
            storages[name] = place..<place + Int(count) * width
            place = storages[name]!.upperBound
        }
        return try dictionary.entries { storages[$0] }
    }
}

/// A dictionary of tensors, as a pickle describes it.
private struct PickledDictionary {
    private let pickle: Pickle
    private let path: String
    private var views: [(name: String, view: View)] = []

    init(_ pickle: Pickle, path: String) throws {
        (self.pickle, self.path) = (pickle, path)
        var known: Set<[UInt8]> = []
        views = try items().map { key, value in
            guard case .text(let name) = key, name.utf8.count <= Self.longestName else {
                throw refusal("holds a dictionary whose keys are no names, or too long ones")
            }
            guard known.insert(Array(name.utf8)).inserted else { throw refusal("holds \(name.quoted) twice") }
            return (name, try view(of: value, name))
        }
    }

    /// A tensor's view of a storage.
    private struct View {
        let storage: String
        let type: ElementType
        let offset: Int
        let shape, strides: [Int]
    }

    private func refusal(_ message: String) -> CheckpointError { CheckpointError(kind: .unsupported, path: path, message: message) }

    /// Names are kept and compared, and a program may repeat one of any length at next to no cost.
    private static let longestName = 1_024

    private func items() throws -> [(key: Pickle.Value, value: Pickle.Value)] {
        switch pickle[pickle.value] {
        case .dictionary(let items): return items
        // As Python 2 wrote it: a list of pairs.
        case .call("collections.OrderedDict", let arguments):
            let pairs = pickle.elements(arguments[0])?.map(pickle.elements) ?? [nil]
            let items = pairs.compactMap { pair in pair.flatMap { $0.count == 2 ? (key: $0[0], value: $0[1]) : nil } }
            if items.count == pairs.count { return items }
        default: break
        }
        throw refusal("holds no dictionary of tensors; write one with torch.save(network.state_dict(), path)")
    }

    /// The types of the storages by their names.
    var storageTypes: [String: ElementType] { Dictionary(views.map { ($0.view.storage, $0.view.type) }) { first, _ in first } }

    /// The tensors; `storage` tells where a storage lies.
    func entries(_ storage: (String) -> Range<Int>?) throws -> [TensorFile.Entry] {
        try views.map { name, view in
            guard zip(view.shape, view.strides).allSatisfy({ 0...Int(Int32.max) ~= $0 && $1 >= 0 }) else {
                throw refusal("has \(name.quoted) of the shape \(view.shape); axes of at most \(Int32.max.grouped) are supported")
            }
            var count = 1
            for (extent, stride) in zip(view.shape, view.strides).reversed() {
                guard extent <= 1 || stride == count else {
                    throw refusal("has \(name.quoted), which is not row-major; write it with .contiguous()")
                }
                let (product, isOverflow) = count.multipliedReportingOverflow(by: max(1, extent))
                guard !isOverflow else { throw refusal("has \(name.quoted) of shape \(view.shape), which is larger than any memory") }
                count = product
            }
            if view.shape.contains(0) { count = 0 }
            guard let range = storage(view.storage), view.offset >= 0, view.offset <= range.count / view.type.width,
                count <= range.count / view.type.width - view.offset
            else {
                throw CheckpointError(
                    kind: .cutShort, path: path, message: "lacks elements of \(name.quoted) of shape \(view.shape); copy it again")
            }
            let first = range.lowerBound + view.offset * view.type.width
            return TensorFile.Entry(
                name: name, type: view.type, shape: Shape(view.shape), byteRange: first..<first + count * view.type.width)
        }
    }

    private func view(of value: Pickle.Value, _ name: String) throws -> View {
        guard case .call(let function, let arguments) = pickle[value] else {
            throw refusal("holds \(name.quoted), which is no tensor; write a state dictionary with torch.save(network.state_dict(), path)")
        }
        guard function == "torch._utils._rebuild_parameter" else { return try view(function, arguments, name) }
        guard let tensor = arguments.first, case .call(let inner, let arguments) = pickle[tensor] else {
            throw refusal("has \(name.quoted) in a form that is not known")
        }
        return try view(inner, arguments, name)
    }

    private func view(_ function: String, _ arguments: [Pickle.Value], _ name: String) throws -> View {
        guard function == "torch._utils._rebuild_tensor_v2" || function == "torch._utils._rebuild_tensor" else {
            throw refusal("makes \(name.quoted) by calling \(function.quoted), which is not done here; only plain tensors are read")
        }
        // A shape of many axes, which many tensors could share, is not even looked at.
        func numbers(_ value: Pickle.Value) -> [Int]? {
            guard let elements = pickle.elements(value), elements.count <= 8 else { return nil }
            return elements.compactMap { if case .integer(let number) = $0 { number } else { nil } }
        }
        guard arguments.count >= 4, case .persistent(let storage) = pickle[arguments[0]], let parts = pickle.elements(storage),
            parts.count >= 5, case .global(let kind) = pickle[parts[1]], case .text(let key) = parts[2], key.utf8.count <= Self.longestName,
            case .integer(let offset) = arguments[1], let shape = numbers(arguments[2]), let strides = numbers(arguments[3]),
            shape.count == strides.count
        else { throw refusal("has \(name.quoted) in a form that is not known, or with more than 8 axes") }
        // A storage may be a part of another, and a tensor the negative of its elements or their conjugate.
        let isPlain = (parts.count < 6 || parts[5] == .none) && (arguments.count < 7 || isNothing(arguments[6]))
        guard isPlain else { throw refusal("has \(name.quoted) as a view of other elements; write it with .clone()") }
        guard kind.hasPrefix("torch."), kind.hasSuffix("Storage"), let type = Self.types[String(kind.dropFirst(6).dropLast(7))] else {
            throw refusal("has \(name.quoted) with elements of \(kind.quoted), which are not supported")
        }
        return View(storage: key, type: type, offset: offset, shape: shape, strides: strides)
    }

    private func isNothing(_ value: Pickle.Value) -> Bool {
        if case .dictionary(let items) = pickle[value] { return items.isEmpty }
        return value == .none
    }

    private static let types: [String: ElementType] = [
        "Double": .float64, "Float": .float32, "Half": .float16, "BFloat16": .bfloat16, "Long": .int64, "Int": .int32, "Short": .int16,
        "Char": .int8, "Byte": .uint8, "Bool": .bool,
    ]
}
