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
        print(json ? try jsonText(file) : text(file))
    }

    private func text(_ file: TensorFile) -> String {
        var lines = ["\(model): \(file.entries.count) tensors, \(file.entries.reduce(0) { $0 + $1.shape.count }) numbers"]
        if let kind = file.metadata["unroll.kind"] { lines.append("kind: \(kind)") }
        if let model = try? TranslationModel(contentsOf: URL(fileURLWithPath: model)) {
            lines.append("source: \(model.sourceCodec.tokenizer.typeName), \(model.sourceCodec.vocabulary.count) tokens")
            lines.append("target: \(model.targetCodec.tokenizer.typeName), \(model.targetCodec.vocabulary.count) tokens")
            lines.append("cell: \(model.network.configuration.equations)")
            lines.append("recipe:")
            lines += model.recipe.split(separator: "\n").map { "  \($0)" }
        }
        lines.append("tensors:")
        let width = file.entries.map(\.name.count).max() ?? 0
        lines += file.entries.map { entry in
            "  \(entry.name.padding(toLength: width, withPad: " ", startingAt: 0))  \(entry.type.rawValue)  \(entry.shape)"
        }
        return lines.joined(separator: "\n")
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
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let listing = Listing(
            tensors: file.entries.map { .init(name: $0.name, type: $0.type.rawValue, shape: $0.shape.array) }, metadata: file.metadata)
        return String(decoding: try encoder.encode(listing), as: UTF8.self)
    }
}
