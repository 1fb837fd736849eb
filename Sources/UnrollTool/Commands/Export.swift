import ArgumentParser
import Foundation
import Unroll

/// `unroll export`
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a model's weights as PyTorch's state dictionary.",
        discussion: """
            Writes a safetensors file with PyTorch's names, shapes and order of gates, and says how PyTorch makes modules that it fits:

              unroll export runs/ptb/best.safetensors --out ptb-pytorch.safetensors

              embedding   torch.nn.Embedding(10000, 200)
              recurrence  torch.nn.LSTM(200, 200, num_layers=2)
              output      torch.nn.Linear(200, 10000)

            In Python, with these as attributes of one module:

              state = safetensors.torch.load_file("ptb-pytorch.safetensors")
              network.load_state_dict(state)

            What PyTorch has no module for keeps its name here. A GRU is refused whose reset gate stands before the product: PyTorch's stands \
            after it, and the same weights would mean another network. 'unroll import pytorch' is the way back.
            """)

    @Argument(help: "The model file.")
    var model: String

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var out: String

    @Flag(help: "Print one JSON object: modules, each with name and constructor.")
    var json = false

    func run() throws {
        let model = try ModelKind.model(contentsOf: URL(fileURLWithPath: model))
        try StateDictionary.save(model.network, to: URL(fileURLWithPath: out))
        let modules = StateDictionary.modules(of: model.network)
        if json {
            struct Listing: Encodable {
                struct Entry: Encodable {
                    let name, constructor: String
                }
                let modules: [Entry]
            }
            try Output.line(try ResultWriter.json(Listing(modules: modules.map { .init(name: $0.name, constructor: $0.constructor) })))
        } else {
            let width = modules.map(\.name.count).max() ?? 0
            let lines = modules.map { "\($0.name.padding(toLength: width, withPad: " ", startingAt: 0))  \($0.constructor)\n" }
            try Output.write(lines.joined())
        }
        Terminal.note("wrote \(out)")
    }
}
