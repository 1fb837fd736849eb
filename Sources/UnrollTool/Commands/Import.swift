import ArgumentParser
import Foundation
import Unroll

/// `unroll import`
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a model file of weights that come from elsewhere.", subcommands: [PyTorch.self, Marian.self])

    struct PyTorch: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pytorch", abstract: "Put PyTorch's weights into a model of the same architecture.",
            usage: "unroll import pytorch <state> --like <model> --out <file>",
            discussion: """
                Takes all but the weights from a model file (architecture, vocabularies, recipe) and the weights from a state dictionary: a \
                safetensors file, as 'unroll export' and safetensors.torch.save_file write it, or one of torch.save(network.state_dict(), \
                path). Each weight must be there, under PyTorch's name and with its shape; PyTorch's two biases of an LSTM are added.

                  unroll import pytorch tuned.safetensors --like best.safetensors \\
                    --out tuned-best.safetensors
                """)

        @Argument(help: "The file with the state dictionary.")
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

    struct Marian: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "marian", abstract: "Make a model file of a Marian translation model, such as those of Opus-MT.",
            usage: "unroll import marian <directory> --out <file>",
            discussion: """
                Reads the directory that Hugging Face's library keeps a Marian model in:
                  config.json             sizes and options of the Transformer
                  generation_config.json  if there is one: tokens never made
                  model.safetensors       the weights, in single, half or bfloat16,
                  pytorch_model.bin       or the same as PyTorch writes them
                  vocab.json              the numbers of the pieces of both languages
                  target_vocab.json       those of the target, if they differ
                  source.spm, target.spm  SentencePiece models

                and writes one file with all of it, which every command takes:

                  unroll import marian opus-mt-de-en --out de-en.safetensors
                  echo "Guten Morgen!" | unroll translate de-en.safetensors

                Translations are those of the library with the same search: its greedy search is --beam 1, its beam search with \
                length_penalty 0.0 is --beam 4 --length-penalty 0. An option of the configuration that changes what is computed, and that \
                is not supported, is refused by its name. A file of PyTorch's is only read: what would make it do more than describe tensors \
                is refused. 'unroll quantize' makes the file smaller.
                """)

        @Argument(help: "The directory.")
        var directory: String

        @Option(help: ArgumentHelp("The model file to write.", valueName: "file"))
        var out: String

        func run() throws {
            let model = try TranslationModel(marian: URL(fileURLWithPath: directory))
            try model.write(to: URL(fileURLWithPath: out))
            Terminal.note("wrote \(out)")
            if model.sourceCodec.readsLanguageCodes {
                let codes = model.sourceCodec.languageCodes
                let more = codes.count > 8 ? " and \(codes.count - 8) more" : ""
                Terminal.note(
                    "it writes several languages: begin each sentence with one of \(codes.prefix(8).joined(separator: ", "))\(more)")
            }
        }
    }
}
