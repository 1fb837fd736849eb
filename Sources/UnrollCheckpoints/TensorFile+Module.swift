import Foundation
import UnrollKernels
import UnrollModules
import UnrollTensors

extension TensorFile {
    /// Writes the parameters of a module, as ``write(_:metadata:to:)`` does.
    ///
    /// A parameter that was rounded is stored in the bits that it has: `BF16`, or `I8` with a factor for each row under its name and `.scale`.
    /// A shared parameter is stored once, under its first name; its further names stand in the metadata under ``aliasesKey``, the version
    /// under ``formatKey``. Whatever the caller's metadata hold under these two keys is replaced.
    ///
    /// - Throws: a ``CheckpointError`` if two parameters have one name or the file cannot be written.
    public static func save(_ module: some Module, metadata: [String: String] = [:], to url: URL) throws {
        var metadata = metadata
        metadata[formatKey] = String(format)
        let aliases = module.parameterAliases.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        metadata[aliasesKey] = aliases.isEmpty ? nil : jsonObject(aliases.map { ($0.name, $0.original) })
        try write(stored: module.parameters.flatMap { StoredTensor.of($0) }, metadata: metadata, to: url)
    }

    /// Sets every parameter of a module to the tensor of its name, whole or not at all.
    ///
    /// The parameter keeps its type; the tensor is converted. A matrix that is stored as `BF16`, or as `I8` with its `.scale`, is read by products in
    /// as many bits. A parameter that the module shares may stand in the file under any of its
    /// names, or under several, if the tensors are equal.
    ///
    /// - Parameters:
    ///   - module: each of its parameters must be in the file, with the same shape.
    ///   - prefix: what stands before the parameters' names in the file. Tensors under other names are left alone; any other tensor must
    ///     belong to a parameter.
    ///   - packing: whether matrices that sequences are multiplied by are arranged for that as they are read, and kept in no other form until somebody asks
    ///     for their elements. It is what a model that is used, and not trained, starts fastest with, in the least memory.
    /// - Throws: a ``CheckpointError`` that names the parameters that are missing, left over, or of another shape. The module is then as it was.
    public func load(into module: some Module, prefix: String = "", packing: Bool = false) throws {
        let sources = try sources(of: module, prefix: prefix)
        // Read in full before the first parameter changes: a disk may fail in the middle.
        let values = try sources.map { try packing ? packedValue(of: $0) ?? value(of: $0) : value(of: $0) }
        for (source, value) in zip(sources, values) { source.parameter.parameter.set(value.tensor, rounding: value.rounding) }
    }

    /// Where a parameter's value stands.
    struct Source {
        let parameter: NamedParameter
        /// One entry, or several that must be equal.
        let entries: [Entry]
    }

    /// The entries of every parameter, checked; no entry is left over.
    private func sources(of module: some Module, prefix: String) throws -> [Source] {
        let aliases = module.parameterAliases
        var isLeftOver = entries.map { $0.name.utf8.starts(with: prefix.utf8) }
        var missing: [String] = []
        var result: [Source] = []
        for named in module.parameters {
            let names = [named.name] + aliases.filter { $0.original == named.name }.map(\.name)
            var places: [Int] = []
            for place in names.compactMap({ header.place(of: prefix + $0) }) where !places.contains(place) { places.append(place) }
            if places.isEmpty { missing.append(prefix + named.name) }
            for place in places {
                isLeftOver[place] = false
                if let scale = self.scale(of: entries[place]), let place = header.place(of: scale.entry.name) { isLeftOver[place] = false }
                try check(entries[place], fits: named)
            }
            result.append(Source(parameter: named, entries: places.map { entries[$0] }))
        }
        let leftOver = entries.indices.filter { isLeftOver[$0] }.map { entries[$0].name }
        try checkNames(missing: missing, leftOver: leftOver, advice: "use the configuration that it was saved with")
        return result
    }

    /// Throws where a model has parameters that the file lacks, or the file tensors that the model lacks.
    func checkNames(missing: [String], leftOver: [String], advice: String) throws {
        guard !missing.isEmpty || !leftOver.isEmpty else { return }
        let lacks = missing.isEmpty ? [] : ["lacks \(Self.list(missing)), which the model has"]
        let holds = leftOver.isEmpty ? [] : ["holds \(Self.list(leftOver)), which the model does not have"]
        let message = (lacks + holds).joined(separator: ", and ") + "; \(advice)"
        throw CheckpointError(kind: missing.isEmpty ? .leftOver : .missingTensor, path: path, message: message)
    }

    private func check(_ entry: Entry, fits named: NamedParameter) throws {
        guard entry.shape == named.parameter.shape else {
            let message =
                "\(entry.name.quoted) has the shape \(entry.shape) in the file and \(named.parameter.shape) in the model; "
                + "use the configuration that it was saved with"
            throw CheckpointError(kind: .mismatch, path: path, message: message)
        }
        let isNarrow = entry.type == .int8 && entry.shape.rank == 2 && named.parameter.scalarType == .float32
        if isNarrow { return try checkScale(of: entry) }
        guard let type = entry.type.scalarType, (type == .int32) == (named.parameter.scalarType == .int32) else {
            let message =
                "\(entry.name.quoted) is of type \(entry.type.rawValue) in the file and \(named.parameter.scalarType) in the model, "
                + "which cannot be converted; store it as \(ElementType(named.parameter.scalarType).rawValue)"
            throw CheckpointError(kind: .mismatch, path: path, message: message)
        }
    }

    /// What stands behind the name of a matrix of 8 bits in that of its factors. It tells what the matrix is multiplied as.
    static func scaleSuffix(_ precision: WeightPrecision) -> String { precision == .int8Dynamic ? ".dynamic_scale" : ".scale" }

    /// The factors of a matrix of 8 bits, and what it is multiplied as; nil where there are none.
    func scale(of entry: Entry) -> (entry: Entry, precision: WeightPrecision)? {
        guard entry.type == .int8 else { return nil }
        for precision in [WeightPrecision.int8, .int8Dynamic] {
            if let found = self.entry(entry.name + Self.scaleSuffix(precision)) { return (found, precision) }
        }
        return nil
    }

    private func checkScale(of entry: Entry) throws {
        let scale = self.scale(of: entry)?.entry
        guard let scale, scale.type == .float32, scale.shape == [entry.shape[0]] else {
            let found = scale.map { "\($0.type.rawValue) of shape \($0.shape)" } ?? "none"
            throw CheckpointError(
                kind: .mismatch, path: path,
                message: "\(entry.name.quoted) is of type I8 and needs \((entry.name + Self.scaleSuffix(.int8)).quoted), F32 of shape "
                    + "[\(entry.shape[0])]; there is \(found); make the file again with 'unroll quantize'")
        }
    }

    /// The value of a parameter, in its type.
    private func value(of source: Source) throws -> (tensor: Tensor, rounding: Rounding?) {
        let type = source.parameter.parameter.scalarType
        let rounding = try rounding(of: source)
        if let rounding, rounding.precision.hasScales {
            let result = Tensor(uninitialized: source.entries[0].shape, .float32)
            try read(source.entries[0], rows: 0..<result.shape[0], rounding, into: result.pointer)
            return (result, rounding)
        }
        let first = try tensor(source.entries[0]).converted(to: type)
        for entry in source.entries.dropFirst() {
            let other = try tensor(entry).converted(to: type)
            guard first.isIdentical(to: other) else {
                let message =
                    "\(source.entries[0].name.quoted) and \(entry.name.quoted) are one parameter in the model and two different tensors "
                    + "in the file; use a configuration without shared weights"
                throw CheckpointError(kind: .mismatch, path: path, message: message)
            }
        }
        return (first, rounding)
    }

    /// The first few names.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(5).map(\.quoted).joined(separator: ", ")
        return names.count > 5 ? "\(shown) and \((names.count - 5).grouped) more" : shown
    }
}
