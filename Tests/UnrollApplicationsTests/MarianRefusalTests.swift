import Foundation
import Testing
import UnrollCheckpoints
import UnrollTensors

@Suite("Directories that are no Marian model, or not one that is computed here") struct MarianRefusalTests {
    @Test(arguments: ["config.json", "vocab.json", "source.spm", "target.spm", "model.safetensors"])
    func aFileIsMissing(_ name: String) throws {
        let folder = try MarianFolder()
        try FileManager.default.removeItem(at: folder.file(name))
        #expect(
            folder.refusal
                == "directory: lacks \(name); a Marian directory has config.json, model.safetensors or pytorch_model.bin, vocab.json, source.spm "
                + "and target.spm")
    }

    @Test func weightsOfPyTorchsMustBeOfItsForm() throws {
        let folder = try MarianFolder()
        try FileManager.default.moveItem(at: folder.file("model.safetensors"), to: folder.file("pytorch_model.bin"))
        #expect(folder.refusal == "pytorch_model.bin: is not a file that torch.save has written; name a state dictionary")
    }

    @Test func whatIsNoDirectoryIsRefused() {
        for name in ["config.json", "none"] {
            let url = MarianTests.golden.appendingPathComponent(name)
            let error = #expect(throws: CheckpointError.self) { try TranslationModel(marian: url) }
            #expect(error?.message.hasPrefix("is not a directory; name the one with config.json") == true)
        }
    }

    @Test(arguments: [
        ("activation_function", "tanh" as any Sendable, "'activation_function' tanh, and supported is relu, gelu, swish, silu"),
        ("static_position_embeddings", false, "'static_position_embeddings' false, and supported is true"),
        ("normalize_before", true, "'normalize_before' true, and supported is false"),
        ("normalize_embedding", true, "'normalize_embedding' true, and supported is false"),
        ("add_final_layer_norm", true, "'add_final_layer_norm' true, and supported is false"),
        ("add_bias_logits", true, "'add_bias_logits' true, and supported is false"),
        ("model_type", "bart", "'model_type' bart, and supported is marian"),
        ("is_encoder_decoder", false, "'is_encoder_decoder' false, and supported is true"),
        ("decoder_ffn_dim", 32, "'decoder_ffn_dim' 32, and supported is 24"),
        ("decoder_attention_heads", 2, "'decoder_attention_heads' 2, and supported is 4"),
        ("decoder_start_token_id", 0, "'decoder_start_token_id' 0, and supported is 79"),
        ("bad_words_ids", [[79], [5, 6]], "'bad_words_ids' with [5, 6]"),
        ("forced_bos_token_id", 5, "'forced_bos_token_id' 5, and supported is null"),
    ])
    func anOptionThatIsNotSupportedIsNamed(_ key: String, _ value: any Sendable, _ message: String) throws {
        let folder = try MarianFolder()
        try folder.changeConfiguration { $0[key] = value }
        #expect(folder.refusal.hasPrefix("config.json: has \(message)"))
    }

    @Test(arguments: [
        ("encoder_layers", 0 as any Sendable, "has 'encoder_layers' 0, which must be at least 1"),
        ("d_model", 18, "has 'd_model' 18, which 4 'encoder_attention_heads' do not divide"),
        ("d_model", "wide", "'d_model' has a value of another type than a Marian model's"),
        ("dropout", 1.5, "has 'dropout' 1.5, which must be at least 0 and below 1"),
    ])
    func aConfigurationThatCannotBeIsRefused(_ key: String, _ value: any Sendable, _ message: String) throws {
        let folder = try MarianFolder()
        try folder.changeConfiguration { $0[key] = value }
        #expect(folder.refusal == "config.json: \(message)")
    }

    @Test func aConfigurationThatLacksAKeyOrIsNoJSONIsRefused() throws {
        let folder = try MarianFolder()
        try folder.changeConfiguration { $0["encoder_ffn_dim"] = nil }
        #expect(folder.refusal == "config.json: lacks 'encoder_ffn_dim'; it is no configuration of a Marian model, or not a whole one")
        try Data("{".utf8).write(to: folder.file("config.json"))
        #expect(folder.refusal == "config.json: is no JSON; copy it again")
    }

    @Test func aVocabularyThatDoesNotFitIsRefused() throws {
        let folder = try MarianFolder()
        try folder.changeConfiguration { $0["vocab_size"] = -1 }
        #expect(folder.refusal == "vocab.json: has 80 tokens, and config.json 'vocab_size' -1; both must be of one model")
        try folder.changeConfiguration { $0["vocab_size"] = 80 }
        try folder.changeConfiguration("vocab.json") { $0["ein"] = nil }
        #expect(folder.refusal == "vocab.json: has 79 tokens, and config.json 'vocab_size' 80; both must be of one model")
        try folder.changeConfiguration("vocab.json") { $0["ein"] = 90 }
        #expect(folder.refusal == "vocab.json: gives the token \"ein\" the number 90; 80 tokens have the numbers 0 to 79, each once")
        try folder.changeConfiguration("vocab.json") {
            $0["ein"] = 8
            $0["<pad>"] = 5
            $0["▁d"] = 79
        }
        #expect(
            folder.refusal == "vocab.json: gives \"<pad>\" the number 5, and config.json has 'pad_token_id' 79; both must be of one model")
        try Data("{\"a\": 1.5}".utf8).write(to: folder.file("vocab.json"))
        #expect(folder.refusal == "vocab.json: is no JSON object of numbers: '}' is missing at byte 7; copy it again")
    }

    @Test func aVocabularyThatDoesNotMatchTheEmbeddingIsRefused() throws {
        let folder = try MarianFolder()
        try folder.changeConfiguration { $0["vocab_size"] = 81 }
        try folder.changeConfiguration("vocab.json") { $0["more"] = 80 }
        #expect(folder.refusal.contains("\"model.shared.weight\" has the shape [80, 16] in the file and [81, 16] in the model"))
    }

    @Test func weightsThatAreMissingOrLeftOverAreNamed() throws {
        let folder = try MarianFolder()
        try folder.changeWeights { $0["model.encoder.layers.1.fc1.bias"] = nil }
        #expect(folder.refusal.contains("lacks \"model.encoder.layers.1.fc1.bias\""))
        try folder.changeWeights {
            $0["model.encoder.layers.1.fc1.bias"] = .zeros([24])
            $0["model.encoder.layer_norm.weight"] = .zeros([16])
        }
        #expect(folder.refusal.contains("holds \"model.encoder.layer_norm.weight\", which the model does not have"))
    }

    @Test func filesThatWereCutShortAreRefused() throws {
        for (name, message) in [
            ("model.safetensors", "is cut short"), ("source.spm", "was cut short"), ("target.spm", "was cut short"),
        ] {
            let bytes = try Data(contentsOf: MarianTests.golden.appendingPathComponent(name))
            for count in [bytes.count / 2, bytes.count - 1] {
                let folder = try MarianFolder()
                try bytes.prefix(count).write(to: folder.file(name))
                #expect(folder.refusal.hasPrefix("\(name): ") && folder.refusal.contains(message), "\(count) of \(bytes.count)")
            }
        }
    }

    @Test func aNetworkThatIsLargerThanTheFileTakesNoMemory() throws {
        let folder = try MarianFolder()
        try folder.changeConfiguration { ($0["encoder_layers"], $0["d_model"]) = (1_000_000, 1_048_576) }
        #expect(folder.refusal.contains("describes a network of more numbers than the file holds"))
    }
}
