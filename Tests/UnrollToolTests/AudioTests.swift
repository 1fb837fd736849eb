import Foundation
import Testing

/// A classifier of two sounds, high and low, trained once for all tests.
private enum TinyListener {
    /// A tone of so many samples a period, with a loudness of its own.
    static func tone(_ period: Int, count: Int, place: Int) -> [Int16] {
        (0..<count).map { Int16(($0 + place) % period < period / 2 ? 900 * (place % 5 + 1) : -900 * (place % 5 + 1)) }
    }

    static func bytes(_ samples: [Int16]) -> Data {
        Data(samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
    }

    static func wave(_ samples: [Int16], rate: Int) -> Data {
        func number(_ value: Int, _ size: Int) -> Data { Data((0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }) }
        let data = bytes(samples)
        return Data("RIFF".utf8) + number(36 + data.count, 4) + Data("WAVEfmt ".utf8) + number(16, 4) + number(1, 2) + number(1, 2)
            + number(rate, 4) + number(2 * rate, 4) + number(2, 2) + number(16, 2) + Data("data".utf8) + number(data.count, 4) + data
    }

    static func scratch() throws -> Scratch {
        let folder = try Scratch()
        try folder.write(
            """
            task: audio
            data: {train: [a.tsv, b.tsv], held_out: 4, test: test.tsv, augmentation: {speed: 0.05, noise: 0.05, shift: 4}}
            model: {strides: [4], channels: 8, blocks: 2, pooling: max}
            training:
              steps: 60
              batch_recordings: 8
              optimizer: {kind: adam, learning_rate: 0.02}
              validate_every: 30
              save_every: 20
              log_every: 10

            """, to: "audio.yaml")
        for (part, count) in [("a", 12), ("b", 8), ("test", 6)] {
            var (table, samples) = ("digit\tspeaker\ttake\toffset_samples\tnum_samples\n", [Int16]())
            for place in 0..<count {
                let tone = tone(place % 2 == 0 ? 6 : 20, count: 90 + 7 * place, place: place)
                table += "\(place % 2 == 0 ? 7 : 1)\tme\t\(place)\t\(samples.count)\t\(tone.count)\n"
                samples += tone
            }
            try folder.write(table, to: "\(part).tsv")
            try folder.write(bytes(samples), to: "\(part).s16le")
        }
        try folder.write(wave(tone(6, count: 160, place: 2), rate: 8000), to: "high.wav")
        try folder.write(bytes(tone(20, count: 150, place: 3)), to: "low.s16le")
        return folder
    }

    static let folder: Scratch = {
        do {
            let folder = try scratch()
            let run = try Tool.run(["train", "audio.yaml", "--out", "audio"], in: folder)
            precondition(run.code == 0, run.error)
            return folder
        } catch {
            preconditionFailure("the tests' model cannot be trained: \(error)")
        }
    }()

    static let model = folder.url("audio/best.safetensors").path
}

@Suite("Sounds from the command line")
struct AudioTests {
    private let folder = TinyListener.folder

    @Test func classifiesWhatItHears() throws {
        let high = try Tool.run(["classify", TinyListener.model, "high.wav"], in: folder)
        #expect((high.code, high.told) == (0, ""))
        #expect(high.output.wholeMatch(of: /7\t[01]\.[0-9]{4}\n/) != nil, "\(high.output)")
        let low = try Tool.run(["classify", TinyListener.model, "low.s16le", "--top", "2"], in: folder)
        #expect(low.output.wholeMatch(of: /1\t[01]\.[0-9]{4}\t7\t[01]\.[0-9]{4}\n/) != nil, "\(low.output)")
        #expect(try Tool.shell("cat high.wav | \"$unroll\" classify audio/best.safetensors", in: folder).output == high.output)
        #expect(try Tool.shell("\"$unroll\" classify audio/best.safetensors --top 2 < low.s16le", in: folder).output == low.output)
        let json = try Tool.run(["classify", TinyListener.model, "high.wav", "--json"], in: folder)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(object.keys.sorted() == ["candidates", "seconds"] && object["seconds"] as? Double == 0.02)
    }

    @Test func isMeasuredOnItsTestPart() throws {
        let own = try Tool.run(["evaluate", TinyListener.model], in: folder)
        #expect(own.output.wholeMatch(of: /loss = [0-9.]+\naccuracy = 100.0%\nrecordings = 6\n/) != nil, "\(own.output)")
        #expect(try Tool.run(["evaluate", TinyListener.model, "--data", "test.tsv"], in: folder).output == own.output)
        #expect(try Tool.run(["evaluate", TinyListener.model, "--data", "a.tsv"], in: folder).output.hasSuffix("recordings = 12\n"))
    }

    @Test func isLookedIntoFrameByFrame() throws {
        let scratch = try Scratch()
        let page = scratch.url("page.html").path
        let words = ["inspect", TinyListener.model, "--text", "high.wav", "--target", "1"]
        let written = try Tool.run(words + ["--html", page], in: folder)
        #expect(written.code == 0, "\(written.error)")
        let html = try scratch.text("page.html")
        #expect(html.contains("<h2>The gradient through time</h2>") && !html.contains("<h2>The graph</h2>"))
        let json = try Tool.run(words + ["--json"], in: folder)
        let found = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(found["kind"] as? String == "classifier of sounds" && found["target_is_own"] as? Bool == false)
        let frames = try #require(((found["sequences"] as? [[String: Any]])?.first)?["tokens"] as? [String])
        #expect(frames.count > 1 && frames[0] == "0ms")
        let layers = try #require(found["recurrences"] as? [[String: Any]])
        #expect(layers.last?["name"] as? String == "block \(layers.count - 1)" && layers[0]["name"] as? String == "front")
        for layer in layers {
            let norms = try #require(((layer["states"] as? [[String: Any]])?.first)?["gradient_norms"] as? [Double])
            #expect(norms.count == frames.count && norms.contains { $0 > 0 })
        }
        let validation = try Tool.run(["inspect", TinyListener.model, "--html", page], in: folder)
        #expect(validation.code == 0 && validation.lines[0].hasPrefix("classifier of sounds: "), "\(validation.error)")
        let unknown = try Tool.run(["inspect", TinyListener.model, "--text", "high.wav", "--target", "9", "--json"], in: folder)
        #expect(unknown.code != 0 && unknown.error.contains("the model knows no class '9'"))
        #expect(try Tool.run(["inspect", TinyListener.model, "--text", "none.wav", "--json"], in: folder).code == 66)
    }

    @Test func infoNamesTheKind() throws {
        let lines = try Tool.run(["info", TinyListener.model], in: folder).lines
        #expect(lines[1] == "kind: audio_classifier" && lines[2].hasPrefix("sound: 8000 samples a second; "))
        #expect(lines[3] == "classes: 2: 1, 7" && lines.contains("  task: audio"))
    }

    @Test func goesOnWhereItStopped() throws {
        let folder = try TinyListener.scratch()
        let stopped = try Tool.run(["train", "audio.yaml", "--out", "run", "--set", "training.steps=20"], in: folder)
        #expect(stopped.code == 0)
        let resumed = try Tool.run(["train", "audio.yaml", "--out", "run", "--resume"], in: folder)
        #expect(resumed.code == 0, "\(resumed.told)")
        #expect(try folder.bytes("run/last.safetensors") == TinyListener.folder.bytes("audio/last.safetensors"))
    }

    @Test func whatIsWrongWithASoundIsSaid() throws {
        let folder = try TinyListener.scratch()
        func said(_ bytes: Data?, code: Int32) throws -> String {
            if let bytes { try folder.write(bytes, to: "sound") }
            let run = try Tool.run(["classify", TinyListener.model, bytes == nil ? "absent" : "sound"], in: folder)
            #expect((run.code, run.output) == (code, ""))
            return run.told
        }
        #expect(try said(nil, code: 66).hasPrefix("unroll: absent: there is no such file"))
        #expect(try said(Data([1]), code: 65) == "unroll: sound: the file ends within a sample of 16 bits, after 1 bytes; copy it again.\n")
        #expect(try said(Data(), code: 65) == "unroll: there is no sound, not one sample; give another file\n")
        #expect(
            try said(TinyListener.wave([1, 2], rate: 16000), code: 65).hasPrefix(
                "unroll: the sound has 16000 samples a second, and the model takes 8000"))
        #expect(try said(Data("RIFF".utf8), code: 65) == "unroll: sound: the WAV header is damaged or ends early; copy the file again.\n")
    }

    @Test func whatIsWrongWithTheDataIsSaid() throws {
        let folder = try TinyListener.scratch()
        func said(_ arguments: String..., code: Int32) throws -> String {
            let run = try Tool.run(["train", "audio.yaml", "--out", "run"] + arguments, in: folder)
            #expect((run.code, run.output) == (code, ""))
            return run.told
        }
        #expect(try said("--set", "data.train=[absent.tsv]", code: 66).hasPrefix("unroll: absent.s16le: there is no such file"))
        #expect(try said("--set", "data.train=[]", code: 65).hasPrefix("unroll: there is no recording to learn from; name a file under"))
        #expect(try said("--set", "data.held_out=20", code: 64).hasPrefix("unroll: 20 of 20 examples should be held out"))
        #expect(
            try said("--set", "data.augmentation.speed=2", code: 78)
                == "unroll: --set data.augmentation.speed=2: 'data.augmentation.speed' must be from 0 to 0.5, not 2.0\n")
        try folder.write("digit\tspeaker\n", to: "a.tsv")
        #expect(try said(code: 65).hasPrefix("unroll: a.tsv:1: the head line must be "))
        let tagging = try Tool.run(["tag", TinyListener.model], in: folder, input: "a\n")
        #expect(tagging.told.hasSuffix(": holds a classifier of sounds, which 'unroll classify' uses; a tagger is wanted here\n"))
    }
}
