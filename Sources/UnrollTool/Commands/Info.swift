import ArgumentParser
import Foundation
import Unroll

/// `unroll info`
struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what a model file holds.",
        discussion: "Works for any safetensors file; for Unroll's own it also prints the kind, the vocabularies and the recipe.")

    @Argument(help: "The file.")
    var model: String

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let file = try TensorFile(contentsOf: URL(fileURLWithPath: model))
        try Output.line(json ? try jsonText(file) : text(file))
    }

    private func text(_ file: TensorFile) -> String {
        let count = file.entries.reduce(0) { $0 + $1.shape.count }
        var lines = ["\(model): \(file.entries.count.counted("tensor")), \(count.counted("number"))"]
        if let kind = file.metadata["unroll.kind"] {
            lines.append("kind: \(kind)")
            lines += description
        } else if file.metadata["unroll.training_state"] != nil {
            lines.append("kind: the state of a training, from which 'unroll train --resume' goes on")
        }
        lines.append("tensors:")
        let width = file.entries.map(\.name.count).max() ?? 0
        lines += file.entries.map { entry in
            "  \(entry.name.padding(toLength: width, withPad: " ", startingAt: 0))  \(entry.type.rawValue)  \(entry.shape)"
        }
        return lines.joined(separator: "\n")
    }

    /// What the model is, or why it cannot be used.
    private var description: [String] {
        do {
            let model = try ModelKind.model(contentsOf: URL(fileURLWithPath: model))
            return model.summary + ["recipe:"] + model.recipe.split(separator: "\n").map { "  \($0)" }
        } catch {
            return ["cannot be used: \(error)"]
        }
    }

    private func jsonText(_ file: TensorFile) throws -> String {
        struct Listing: Encodable {
            struct Entry: Encodable {
                let name, type: String
                let shape: [Int]
            }
            let tensors: [Entry]
            let metadata: [String: String]
        }
        let listing = Listing(
            tensors: file.entries.map { .init(name: $0.name, type: $0.type.rawValue, shape: $0.shape.array) }, metadata: file.metadata)
        return try ResultWriter.json(listing)
    }
}
