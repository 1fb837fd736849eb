import Foundation
import Testing

@Suite("Damaged and foreign model files")
struct ModelFileTests {
    private func refusal(_ file: Data, command: String = "translate") throws -> String {
        let folder = try Scratch()
        try folder.write(file, to: "model")
        let run = try Tool.run([command, "model"], in: folder)
        #expect(run.code == 65)
        #expect(run.output == "")
        return run.told
    }

    private var model: Data { get throws { try TinyModel.folder.bytes("run/best.safetensors") } }

    private func headerCount(_ model: Data) -> Int { model.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) } }

    @Test func aFileCutShortAnywhere() throws {
        let model = try model
        let header = headerCount(model)
        #expect(try refusal(Data()) == "unroll: model: is empty; copy it again\n")
        #expect(try refusal(model.prefix(5)) == "unroll: model: is cut short: 5 bytes are too few for a safetensors file; copy it again\n")
        let start = try refusal(model.prefix(header))
        #expect(start.hasPrefix("unroll: model: is cut short: its header should have "), "\(start)")
        for length in [8 + header, model.count - 1] {
            for command in ["translate", "info"] {
                let said = try refusal(model.prefix(length), command: command)
                #expect(said.hasPrefix("unroll: model: is cut short: its header promises "), "\(said)")
                #expect(said.hasSuffix(" are there; copy it again\n"))
            }
        }
        #expect(try refusal(model + [0]).contains("model: "))
    }

    /// Bytes all over the header, with all bits turned over or the lowest one. A name that nothing reads any more, such as that of the
    /// fingerprint itself, may pass; then the result is that of the whole file.
    @Test func flippedBytesInTheHeader() throws {
        let model = try model
        let folder = try Scratch()
        let whole = try Tool.run(["translate", TinyModel.path], in: folder, input: "a b c\n").output
        let end = 8 + headerCount(model)
        let last = try #require(model[8..<end].lastIndex(of: UInt8(ascii: "}")))
        var passed = 0
        for place in Array(stride(from: 0, to: last, by: 37)) + [3, 7, 8, last] {
            for mask in [UInt8(0xff), 0x01] {
                var damaged = model
                damaged[place] ^= mask
                try folder.write(damaged, to: "model")
                let run = try Tool.run(["translate", "model"], in: folder, input: "a b c\n")
                if run.code == 0 {
                    passed += 1
                    #expect(run.output == whole, "byte \(place)")
                } else {
                    #expect((run.code, run.output) == (65, ""), "byte \(place)")
                    #expect(run.told.wholeMatch(of: /unroll: model: [^\n]+\n/) != nil, "byte \(place): \(run.told)")
                }
            }
        }
        #expect(passed < 5)
    }

    @Test func aChangedWordOfTheVocabulary() throws {
        var model = try model
        let place = try #require(model.firstRange(of: Data("\\\"</s>\\\",\\\"".utf8))).upperBound
        model[place] ^= 0x20
        #expect(
            try refusal(model)
                == "unroll: model: the header is damaged: its metadata are not those that were written; copy the file again\n")
    }

    @Test func aSafetensorsFileThatIsNoModel() throws {
        let header = Data(#"{"weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}"#.utf8)
        let plain = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header + Data(count: 24)
        #expect(
            try refusal(plain)
                == "unroll: model: is a safetensors file without Unroll's metadata; it was not written by 'unroll train'\n")
        #expect(
            try refusal(Data("task: translation\n".utf8))
                == "unroll: model: is not a safetensors file: it does not begin with a header; name a model file\n")
        let advice = "those of a training are best.safetensors and last.safetensors in its folder"
        #expect(
            try refusal(TinyModel.folder.bytes("run/state.safetensors"))
                == "unroll: model: holds numbers but no translation model; \(advice)\n")
        let folder = try Scratch()
        try folder.write(plain, to: "plain.safetensors")
        let text = try Tool.run(["info", "plain.safetensors"], in: folder)
        #expect(text.code == 0)
        #expect(text.output == "plain.safetensors: 1 tensor, 6 numbers\ntensors:\n  weight  F32  [2, 3]\n")
        let json = try Tool.run(["info", "plain.safetensors", "--json"], in: folder)
        #expect(json.output == #"{"metadata":{},"tensors":[{"name":"weight","shape":[2,3],"type":"F32"}]}"# + "\n")
    }

    @Test func infoOnAModelAndOnAState() throws {
        let run = try Tool.run(["info", "run/best.safetensors"], in: TinyModel.folder)
        #expect(run.code == 0)
        let lines = run.lines
        #expect(lines[0].wholeMatch(of: /run\/best.safetensors: [0-9]+ tensors, [0-9]+ numbers/) != nil)
        #expect(
            lines[1..<6] == [
                "kind: sequence_to_sequence", "source: word, 9 tokens", "target: word, 9 tokens",
                "cell: gru, reset gate before_product; attention additive; bridge dense", "recipe:",
            ])
        #expect(lines.contains("    steps: 60"))
        #expect(lines.contains { $0.wholeMatch(of: /\ \ encoder\.weight_hh_l0 +F32  \[36, 12\]/) != nil })
        let state = try Tool.run(["info", "run/state.safetensors"], in: TinyModel.folder)
        #expect(state.lines[1] == "kind: the state of a training, from which 'unroll train --resume' goes on")
    }
}
