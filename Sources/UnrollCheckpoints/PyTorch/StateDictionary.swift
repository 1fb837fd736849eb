import Foundation
import UnrollModules
import UnrollTensors

/// The parameters of a module as PyTorch's `state_dict()` has them, in a safetensors file.
///
/// Most names and shapes are PyTorch's own already. What differs is told by the modules that PyTorch has too (see `PyTorchModule`): there an LSTM has a
/// second bias, which is added to the first, and the projections of an attention of several heads are one matrix. Modules that PyTorch does not
/// have keep their names.
///
///     try StateDictionary.save(model.network, to: url)
///
/// and then in Python
///
///     network.load_state_dict(safetensors.torch.load_file(path))
public enum StateDictionary {
    /// A tensor of PyTorch's, and what it is here.
    struct Item {
        enum Role {
            /// The parameters' rows, one parameter below the other.
            case value
            /// A tensor that is added to the only parameter.
            case addend
        }

        let name: String
        var role = Role.value
        let parameters: [Parameter]

        var shape: Shape {
            let first = parameters[0].shape
            guard parameters.count > 1 else { return first }
            return Shape([parameters.reduce(0) { $0 + $1.shape[0] }] + first.array.dropFirst())
        }
    }

    /// Writes a module's parameters under PyTorch's names, whole or not at all.
    ///
    /// A shared parameter is written under each of its names, as PyTorch expects it.
    ///
    /// - Throws: a ``CheckpointError`` (`.unsupported`) where a module within has other equations than PyTorch's, or if the file cannot be written.
    public static func save(_ module: some Module, to url: URL) throws {
        let tensors = try items(of: module, path: url.filePath()).map { item in
            let values = item.parameters.map(\.value)
            let value = values.count == 1 ? values[0] : concatenated(values, axis: 0)
            return (item.name, item.role == .addend ? .zeros(item.shape, value.scalarType) : value)
        }
        try TensorFile.write(tensors, metadata: ["format": "pt"], to: url)
    }

    /// Sets a module's parameters from a file with PyTorch's names, all of them or none.
    ///
    /// - Parameters:
    ///   - url: a file as `torch.save(network.state_dict(), path)` or `safetensors.torch.save_file(network.state_dict(), path)` writes it.
    ///   - module: each of its parameters must be there, with the same shape.
    ///   - prefix: what stands before the names in the file; tensors under other names are left alone.
    /// - Throws: a ``CheckpointError`` that names what is missing, left over or of another shape, or the module whose equations are not PyTorch's. The
    ///   module is then as it was.
    public static func load(contentsOf url: URL, into module: some Module, prefix: String = "") throws {
        let file = try TensorFile(stateDictionary: url)
        let items = try items(of: module, path: file.path)
        let wanted = Set(items.map { Array((prefix + $0.name).utf8) })
        let leftOver = file.entries.map(\.name).filter { $0.utf8.starts(with: prefix.utf8) && !wanted.contains(Array($0.utf8)) }
        let missing = items.map { prefix + $0.name }.filter { file.entry($0) == nil }
        try file.checkNames(missing: missing, leftOver: leftOver, advice: "both must be of one architecture, with the same names")
        var values: [ObjectIdentifier: (parameter: Parameter, value: Tensor, name: String)] = [:]
        var addends: [(parameter: Parameter, value: Tensor)] = []
        for item in items {
            let tensor = try read(item, prefix + item.name, from: file)
            if item.role == .addend {
                addends.append((item.parameters[0], tensor))
                continue
            }
            var row = 0
            for parameter in item.parameters {
                let isWhole = item.parameters.count == 1
                let end = isWhole ? row : row + parameter.shape[0]
                let value = isWhole ? tensor : tensor.sliced(row..<end, axis: 0)
                row = end
                let known = values[ObjectIdentifier(parameter)]
                if let known, !known.value.isIdentical(to: value) {
                    throw CheckpointError(
                        kind: .mismatch, path: file.path,
                        message:
                            "\(known.name.quoted) and \(item.name.quoted) are one parameter in the model and two different tensors in the "
                            + "file; use a model without shared weights")
                }
                values[ObjectIdentifier(parameter)] = (parameter, value, item.name)
            }
        }
        for (parameter, addend) in addends {
            values[ObjectIdentifier(parameter)]!.value = values[ObjectIdentifier(parameter)]!.value + addend
        }
        for (parameter, value, _) in values.values { parameter.set(value) }
    }

    /// The modules within that PyTorch has too, and how one of the same shape is made there: `("recurrence", "torch.nn.LSTM(64, 128)")`.
    public static func modules(of module: some Module) -> [(name: String, constructor: String)] {
        var found: [(name: String, constructor: String)] = []
        var inside: String?
        for named in module.modules where !(inside.map { named.prefix.hasPrefix($0) } ?? false) {
            guard let constructor = (named.module as? any PyTorchModule)?.constructor else { continue }
            found.append((String(named.prefix.dropLast()), constructor))
            inside = named.prefix
        }
        return found
    }

    /// The tensors that PyTorch has for a module.
    private static func items(of module: some Module, path: String) throws -> [Item] {
        let parameters = module.parameters
        let aliases = module.parameterAliases.flatMap { alias in
            parameters.filter { $0.name == alias.original }.map { (name: alias.name, parameter: $0.parameter) }
        }
        var items = (parameters.map { (name: $0.name, parameter: $0.parameter) } + aliases).map {
            Item(name: $0.name, parameters: [$0.parameter])
        }
        for inner in module.modules {
            guard let known = inner.module as? any PyTorchModule else { continue }
            func full(_ name: String) -> String { inner.prefix + name + inner.suffix }
            if let reason = known.refusal {
                let place = inner.prefix.isEmpty ? "the model" : "'\(inner.prefix.dropLast())'"
                throw CheckpointError(kind: .unsupported, path: path, message: "cannot be had for \(place): \(reason)")
            }
            for difference in known.differences {
                switch difference {
                case .addend(let name, let parameter):
                    guard let place = items.firstIndex(where: { $0.name == full(parameter) }) else { continue }
                    items.append(Item(name: full(name), role: .addend, parameters: items[place].parameters))
                case .stacked(let name, let parts):
                    let parts = parts.map(full)
                    let places = parts.compactMap { part in items.firstIndex { $0.name == part } }
                    guard places.count == parts.count else { continue }
                    let stacked = Item(name: full(name), parameters: places.flatMap { items[$0].parameters })
                    items.removeAll { parts.contains($0.name) }
                    items.append(stacked)
                }
            }
        }
        return items
    }

    private static func read(_ item: Item, _ name: String, from file: TensorFile) throws -> Tensor {
        let tensor = try file.tensor(name)
        guard tensor.shape == item.shape else {
            throw CheckpointError(
                kind: .mismatch, path: file.path,
                message:
                    "\(name.quoted) has the shape \(tensor.shape) in the file and \(item.shape) in the model; both must be of one architecture"
            )
        }
        return tensor.converted(to: item.parameters[0].scalarType)
    }
}
