import Foundation
import UnrollModels
import UnrollModules
import UnrollText

extension TranslationModel {
    /// Opens a directory with a Marian model as Hugging Face's library keeps it, such as those of Opus-MT (Tiedemann & Thottingal 2020).
    ///
    /// The directory has `config.json`, `model.safetensors` or `pytorch_model.bin`, `vocab.json`, `source.spm` and `target.spm`, perhaps `generation_config.json`, and
    /// `target_vocab.json` where each language has a vocabulary of its own. The network computes what the library's `MarianMTModel` does, and a text has the
    /// library's tokens, but for words such as `</s>` in it, which are text here.
    ///
    /// - Parameter folder: the directory; its name stands nowhere in the model.
    /// - Throws: `CheckpointError` for a directory that lacks a file, files that do not belong together or are damaged, and an option of the configuration
    ///   that would change what is computed and is not supported, by its name; `TextError` for a file that is no SentencePiece model.
    public init(marian folder: URL) throws {
        try Self.checkFiles(of: folder)
        let file = { (name: String) in folder.appendingPathComponent(name) }
        let configuration = try MarianConfiguration(contentsOf: file("config.json"))
        let source = try MarianVocabulary(
            contentsOf: file("vocab.json"), configuration, count: configuration.sourceVocabulary, key: "vocab_size")
        let target =
            configuration.sharesVocabulary
            ? source
            : try MarianVocabulary(
                contentsOf: file("target_vocab.json"), configuration, count: configuration.targetVocabulary, key: "decoder_vocab_size")
        for name in ["config.json", "generation_config.json"] where FileManager.default.fileExists(atPath: file(name).path) {
            let generation: MarianGeneration = try MarianConfiguration.decode(file(name))
            try generation.check(forbidden: [configuration.padding, target.unknown], path: file(name).path)
        }
        let weights =
            FileManager.default.fileExists(atPath: file("model.safetensors").path)
            ? try TensorFile(contentsOf: file("model.safetensors")) : try TensorFile(pickled: file("pytorch_model.bin"))
        let transformer = TranslationConfiguration.transformer(try configuration.transformer())
        try weights.checkSize(
            atLeast: transformer.leastParameterCount(sourceVocabulary: source.count, targetVocabulary: target.count))
        let network = Transformer(
            try configuration.transformer(), sourceVocabulary: source.rows.count, targetVocabulary: target.rows.count, key: .blank)
        try MarianWeights.load(weights, into: network, configuration, source: source, target: target)
        let codec = { (name: String, vocabulary: Vocabulary, isSource: Bool) in
            TextCodec(
                tokenizer: .sentencePiece(try SentencePieceTokenizer(contentsOf: file(name).path)), vocabulary: vocabulary,
                closesTexts: isSource, readsLanguageCodes: isSource && vocabulary.tokens.contains(where: TextCodec.isLanguageCode))
        }
        self.init(
            network: .transformer(network), sourceCodec: try codec("source.spm", source.vocabulary, true),
            targetCodec: try codec("target.spm", target.vocabulary, false),
            recipe: "# A Marian model, imported by 'unroll import marian'. There is no recipe.\n")
    }

    private static func checkFiles(of folder: URL) throws {
        let path = folder.path
        let exists = { FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path) }
        let refusal = { CheckpointError(kind: .unreadable, path: path, message: $0) }
        let files = "config.json, model.safetensors or pytorch_model.bin, vocab.json, source.spm and target.spm"
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue else {
            throw refusal("is not a directory; name the one with \(files)")
        }
        let missing = ["config.json", "model.safetensors", "vocab.json", "source.spm", "target.spm"].filter {
            !exists($0) && !($0 == "model.safetensors" && exists("pytorch_model.bin"))
        }
        guard !missing.isEmpty else { return }
        throw refusal("lacks \(missing.joined(separator: ", ")); a Marian directory has \(files)")
    }
}
