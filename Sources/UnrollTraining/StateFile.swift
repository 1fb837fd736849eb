import Foundation
import UnrollCheckpoints
import UnrollModules
import UnrollTensors

/// The file from which a training goes on: weights, the optimiser's memory, what the last item left to the next, and where everything stood.
struct StateFile {
    let url: URL

    private enum Key {
        static let state = "unroll.training_state"
        static let configuration = "unroll.training_configuration"
        /// Before the name of each part of the task's identity.
        static let identity = "unroll.training_identity."
    }

    var exists: Bool { FileManager.default.fileExists(atPath: url.path) }

    /// Writes the state, whole or not at all.
    func write(
        _ state: TrainingState, _ configuration: TrainingConfiguration, identity: [String: String], _ parameters: [NamedParameter],
        _ optimizer: Optimizer, _ average: WeightAverage?, carried: [Tensor]
    ) throws {
        var metadata = [
            TensorFile.formatKey: String(TensorFile.format), Key.state: try Self.json(state),
            Key.configuration: try Self.json(configuration),
        ]
        for (name, value) in identity { metadata[Key.identity + name] = value }
        try TensorFile.write(
            parameters.map { (name: $0.name, tensor: $0.parameter.value) } + optimizer.state + (average?.state ?? [])
                + Self.named(carried), metadata: metadata, to: url)
    }

    private static func named(_ carried: [Tensor]) -> [(name: String, tensor: Tensor)] {
        carried.enumerated().map { ("carried.\($0.offset)", $0.element) }
    }

    /// Sets parameters and optimiser to what the file holds, once all of it has been found to belong to this training.
    ///
    /// - Parameter carried: what an epoch starts with, for its shapes.
    /// - Returns: where everything stood, and what the last item had left to the next.
    func restore(
        _ configuration: TrainingConfiguration, identity: [String: String], _ parameters: [NamedParameter], _ optimizer: Optimizer,
        _ average: WeightAverage?, carried: [Tensor]
    ) throws -> (state: TrainingState, carried: [Tensor]) {
        guard exists else {
            throw TrainingError(
                .wrongState,
                "\(url.path): does not exist, so there is no training to resume; start one in an empty folder, without --resume"
            )
        }
        let file = try TensorFile(contentsOf: url)
        let state = try decode(TrainingState.self, Key.state, file)
        try check(try decode(TrainingConfiguration.self, Key.configuration, file), against: configuration)
        // The recipe's keys first: what they change may differ as well.
        let order = { (name: String) in (name.hasPrefix("training.") ? 0 : 1, name) }
        for (name, value) in identity.sorted(by: { order($0.key) < order($1.key) }) where file.metadata[Key.identity + name] != value {
            guard name.hasPrefix("training.") else { throw wrongState("was made with another \(name) than the recipe's") }
            throw wrongState("was made with \(name) \(file.metadata[Key.identity + name] ?? "absent"), the recipe has \(value)")
        }
        let weights = try tensors(parameters.map { ($0.name, $0.parameter.value) }, of: file, "model")
        let memory = try tensors(optimizer.state, of: file, "optimizer")
        let averages = try tensors(average?.state ?? [], of: file, "average")
        let left = try tensors(Self.named(carried), of: file, "model")
        guard file.entries.count == weights.count + memory.count + averages.count + left.count else {
            let kept = optimizer.state + (average?.state ?? []) + Self.named(carried)
            let expected = Set(parameters.map(\.name) + kept.map(\.name))
            let extra = file.entries.first { !expected.contains($0.name) }?.name ?? ""
            throw wrongState("holds '\(extra)', which neither the recipe's model nor its optimizer nor its average has")
        }
        for (named, tensor) in zip(parameters, weights) { named.parameter.set(tensor) }
        optimizer.restore(updateCount: state.step, memory)
        average?.restore(averages)
        return (state, left)
    }

    private func tensors(_ expected: [(name: String, tensor: Tensor)], of file: TensorFile, _ owner: String) throws -> [Tensor] {
        try expected.map { name, tensor in
            guard let entry = file.entry(name) else { throw wrongState("lacks '\(name)': it was made with another \(owner)") }
            guard entry.shape == tensor.shape, entry.type.scalarType == tensor.scalarType else {
                throw wrongState(
                    "has '\(name)' as \(entry.type.rawValue) \(entry.shape), the recipe's \(owner) as \(tensor.scalarType) \(tensor.shape)")
            }
            return try file.tensor(name)
        }
    }

    /// What may not change between a training's beginning and its end: random numbers, the memory's meaning, what best means.
    private func check(_ old: TrainingConfiguration, against new: TrainingConfiguration) throws {
        func check<Value: Equatable>(_ key: String, _ value: (TrainingConfiguration) -> Value) throws {
            guard value(old) != value(new) else { return }
            throw wrongState("was made with training.\(key) \(value(old)), the recipe has \(value(new))")
        }
        try check("seed", \.seed)
        try check("optimizer.kind", \.optimizer.kind.rawValue)
        try check("average.decay") { $0.average.map { String($0.decay) } ?? "absent" }
        try check("best", \.best.rawValue)
    }

    private func wrongState(_ what: String) -> TrainingError {
        TrainingError(.wrongState, "\(url.path): \(what); resume with the recipe that it was made with, or start anew in another folder")
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ key: String, _ file: TensorFile) throws -> Value {
        guard let text = file.metadata[key] else { throw wrongState("is not a training state: it lacks '\(key)'") }
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw wrongState("has an unreadable '\(key)': \(error)")
        }
    }

    /// A value as text that is the same whenever the value is.
    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
