import ArgumentParser
import Foundation
import Unroll

/// `unroll import`
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a model file of weights that come from elsewhere.", subcommands: [PyTorch.self])

    struct PyTorch: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pytorch", abstract: "Put PyTorch's weights into a model of the same architecture.",
            usage: "unroll import pytorch <state> --like <model> --out <file>",
            discussion: """
                Takes all but the weights from a model file (architecture, vocabularies, recipe) and the weights from a state dictionary, as \
                'unroll export' writes it and safetensors.torch.save_file(network.state_dict(), path). Each weight must be there, under \
                PyTorch's name and with its shape; PyTorch's two biases of an LSTM are added.

                  unroll import pytorch tuned.safetensors --like best.safetensors \\
                    --out tuned-best.safetensors
                """)

        @Argument(help: "The safetensors file with the state dictionary.")
        var state: String

        @Option(help: ArgumentHelp("The model file to take all else from; it stays as it is.", valueName: "model"))
        var like: String

        @Option(help: ArgumentHelp("The model file to write.", valueName: "file"))
        var out: String

        func run() throws {
            let model = try ModelKind.model(contentsOf: URL(fileURLWithPath: like))
            try StateDictionary.load(contentsOf: URL(fileURLWithPath: state), into: model.network)
            try model.write(to: URL(fileURLWithPath: out))
            Terminal.note("wrote \(out)")
        }
    }
}
