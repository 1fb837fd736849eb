import Foundation
import Testing

@Suite("Translating from the command line")
struct TranslateTests {
    private static let sentences = ["a b", "", "c", "e d c b a a", "a", "b b b", " ", "never seen"]

    private func translate(_ arguments: String..., input: [String] = sentences) throws -> Tool.Run {
        let run = try Tool.run(["translate", TinyModel.path] + arguments, in: Scratch(), input: input.map { $0 + "\n" }.joined())
        #expect(run.code == 0, "\(run.error)")
        #expect(run.told == "")
        return run
    }

    private struct Translation: Decodable, Equatable {
        struct Hypothesis: Decodable, Equatable {
            let text: String
            let tokens: [String]
            let score, logProbability: Double
            let isComplete: Bool
            let alignment: [[Float]]
        }
        let source: String
        let sourceTokens: [String]
        let hypotheses: [Hypothesis]
    }

    private func decoded(_ run: Tool.Run) throws -> [Translation] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try run.lines.map { try decoder.decode(Translation.self, from: Data($0.utf8)) }
    }

    @Test func oneLineForEachInOrder() throws {
        let run = try translate()
        #expect(run.lines.count == Self.sentences.count)
        #expect(run.lines[1] == "")
        for (sentence, line) in zip(Self.sentences, run.lines) {
            #expect(try translate(input: [sentence]).lines == [line])
        }
        for batch in ["1", "3", "64"] { #expect(try translate("--batch", batch).output == run.output) }
    }

    @Test func jsonHasTheDocumentedKeys() throws {
        let run = try translate("--json")
        for line in run.lines {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(object.keys.sorted() == ["hypotheses", "source", "source_tokens"])
            for hypothesis in try #require(object["hypotheses"] as? [[String: Any]]) {
                #expect(
                    hypothesis.keys.sorted() == ["alignment", "is_complete", "log_probability", "score", "text", "tokens"])
            }
        }
        let translations = try decoded(run)
        #expect(translations.map(\.source) == Self.sentences)
        #expect(translations.map(\.hypotheses[0].text) == (try translate().lines))
        for translation in translations {
            let best = translation.hypotheses[0]
            #expect(best.alignment.count == best.tokens.count)
            #expect(best.alignment.allSatisfy { $0.count == translation.sourceTokens.count && abs($0.reduce(0, +) - 1) < 1e-4 })
        }
    }

    @Test func aSentenceAloneAndAmong64GivesTheSameBits() throws {
        let symbols = ["a", "b", "c", "d", "e"]
        let others = (0..<63).map { index -> String in
            (0...(index % 6)).map { place -> String in symbols[(index * 7 + place * 3) % 5] }.joined(separator: " ")
        }
        let sentence = "d a c"
        for threads in ["1", "2"] {
            let batch = try translate("--json", "--best", "3", "--batch", "64", "--threads", threads, input: others + [sentence])
            let alone = try translate("--json", "--best", "3", "--threads", threads, input: [sentence])
            // As text: a number is written with as many digits as tell its bits.
            #expect(batch.lines.last == alone.lines.first)
        }
    }

    @Test func severalHypothesesCarryTheirLineAndScore() throws {
        let run = try translate("--best", "3", input: ["a b", "c d"])
        let rows = run.lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
        #expect(rows.map { $0[0] } == ["1", "1", "1", "2", "2", "2"])
        #expect(rows.allSatisfy { $0.count == 3 })
        for line in 0..<2 {
            let scores = try rows[line * 3..<line * 3 + 3].map { try #require(Double($0[1])) }
            #expect(scores == scores.sorted(by: >))
        }
        let hypotheses = try decoded(translate("--json", "--best", "3", input: ["a b", "c d"])).flatMap(\.hypotheses)
        #expect(rows.map { String($0[2]) } == hypotheses.map(\.text))
    }

    @Test func lengthsAreWhatTheOptionsSay() throws {
        let input = ["a b", "e d c b a a"]
        for beam in ["1", "4"] {
            let fixed = try decoded(translate("--json", "--beam", beam, "--minimum-length", "9", "--maximum-length", "9", input: input))
            #expect(fixed.allSatisfy { $0.hypotheses[0].tokens.count == 9 && !$0.hypotheses[0].isComplete })
        }
        let scores: [(String, (Double, Int) -> Double)] = [
            ("gnmt", { $0 / pow((5 + Double($1)) / 6, 2) }), ("plain", { $0 / pow(Double($1), 2) }), ("none", { score, _ in score }),
        ]
        for (name, score) in scores {
            for translation in try decoded(translate("--json", "--length-normalisation", name, "--length-penalty", "2", input: input)) {
                let best = translation.hypotheses[0]
                #expect(best.isComplete)
                #expect(abs(best.score - score(best.logProbability, best.tokens.count + 1)) < 1e-12)
            }
        }
    }

    @Test func samplesAreDrawnAndRepeatable() throws {
        let input = ["a b", "e d c b a a", "a b"]
        let run = try translate("--samples", "4", "--temperature", "1.5", "--seed", "7", input: input)
        let rows = run.lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
        #expect(rows.map { $0[0] } == ["1", "1", "1", "1", "2", "2", "2", "2", "3", "3", "3", "3"])
        #expect(rows[0..<4].map { $0[2] } == rows[8..<12].map { $0[2] })
        #expect(Set(rows[4..<8].map { $0[2] }).count > 1)
        let other = ["--samples", "2", "--temperature", "1.5", "--seed", "7", "--threads", "1", "--batch", "1"]
        let again = try Tool.run(["translate", TinyModel.path] + other, in: Scratch(), input: "e d c b a a\n")
        #expect(again.lines.map { $0.dropFirst(2) } == run.lines[4..<6].map { $0.dropFirst(2) })
        #expect(try translate("--samples", "1", "--temperature", "0", input: input).output == translate("--beam", "1", input: input).output)
    }

    @Test func prefixesBeginTheTranslations() throws {
        let folder = try Scratch()
        try folder.write("a b\nc d\n\ne\n", to: "input")
        try folder.write("e e\n\na\nnew\n", to: "prefixes")
        let run = try Tool.run(["translate", TinyModel.path, "input", "--prefixes", "prefixes"], in: folder)
        #expect((run.code, run.told) == (0, ""))
        #expect(run.lines[0].hasPrefix("e e") && run.lines[2] == "" && run.lines[3].hasPrefix("new"))
        #expect(try translate(input: ["c d"]).lines[0] == run.lines[1])
        #expect(try translate("--prefix", "e e", input: ["a b"]).lines[0] == run.lines[0])
        try folder.write("e\n", to: "short")
        let short = try Tool.run(["translate", TinyModel.path, "input", "--prefixes", "short"], in: folder)
        #expect(short.code == 65)
        #expect(short.told == "unroll: short: has 1 line, and the input more; give each line one, empty where it begins with nothing\n")
        try folder.write("\n\n\n\n\n", to: "long")
        let long = try Tool.run(["translate", TinyModel.path, "input", "--prefixes", "long"], in: folder)
        #expect((long.code, long.told) == (65, "unroll: long: has more lines than the input, which has 4\n"))
        try folder.write("a\nb b b b b\n\n\n", to: "wide")
        let wide = try Tool.run(["translate", TinyModel.path, "input", "--prefixes", "wide", "--maximum-tokens", "3"], in: folder)
        #expect((wide.code, wide.told) == (65, "unroll: wide:2: 5 tokens, and a translation can begin with at most 3\n"))
    }

    @Test func noRepeatLetsNothingStandTwice() throws {
        let input = ["b b b", "a a a a a"]
        #expect(try translate(input: input).lines.contains { $0.contains("a a") || $0.contains("b b") })
        for line in try translate("--no-repeat", "1", input: input).lines {
            let tokens = line.split(separator: " ")
            #expect(Set(tokens).count == tokens.count)
        }
    }

    @Test func unknownWordsAreReplacedOnlyByAttention() throws {
        #expect(try translate("--replace-unknown", input: ["a b"]).output == translate(input: ["a b"]).output)
        let blind = try TinyModel.scratch()
        let training = ["train", "recipe.yaml", "--out", "run", "--set", "model.attention=none", "--set", "training.steps=1"]
        #expect(try Tool.run(training, in: blind).code == 0)
        let run = try Tool.run(["translate", "run/best.safetensors", "--replace-unknown"], in: blind, input: "a b\n")
        #expect(run.code == 65)
        #expect(
            run.told
                == "unroll: the model has no attention, which would say what source word an unknown word stands for; do not replace them\n")
    }

    @Test func statisticsCountWhatIsTimed() throws {
        let scratch = try Scratch()
        try scratch.write(Self.sentences.map { $0 + "\n" }.joined(), to: "lines.txt")
        let tokens = try decoded(translate("--json")).reduce(0) { $0 + $1.hypotheses[0].tokens.count }
        for warmUp in [[], ["--warm-up"]] {
            let run = try Tool.run(["translate", TinyModel.path, "lines.txt", "--statistics", "times.json"] + warmUp, in: scratch)
            #expect(run.code == 0 && run.lines.count == Self.sentences.count, "\(run.error)")
            let found = try #require(try JSONSerialization.jsonObject(with: scratch.bytes("times.json")) as? [String: Any])
            #expect(found.keys.sorted() == ["lines", "opening_seconds", "seconds", "tokens", "tokens_per_second"])
            #expect(found["lines"] as? Int == Self.sentences.count && found["tokens"] as? Int == tokens)
        }
        let run = try Tool.run(["translate", TinyModel.path, "--warm-up"], in: scratch, input: "a\n")
        #expect(run.code == 64 && run.error.contains("--warm-up is for measuring"))
    }

    @Test func htmlIsAPageOfItsOwn() throws {
        let folder = try Scratch()
        try folder.write("a b\nc\n", to: "input")
        let run = try Tool.run(["translate", TinyModel.path, "input", "--html", "page.html"], in: folder)
        #expect((run.code, run.told) == (0, ""))
        let page = try folder.text("page.html")
        #expect(page.hasPrefix("<!DOCTYPE html>"))
        #expect(page.contains("</html>"))
        #expect(try folder.names.filter { $0.contains("page") } == ["page.html"])
        let unwritable = try Tool.run(["translate", TinyModel.path, "input", "--html", "absent/page.html"], in: folder)
        #expect((unwritable.code, unwritable.output) == (73, ""))
        #expect(
            unwritable.told
                == "unroll: absent/page.html: cannot be written: No such file or directory; make its folder first, or name another one\n")
    }

    @Test func readsGzipAndWindowsLineEnds() throws {
        let folder = try Scratch()
        try folder.write("a b\r\nc\r\n", to: "input")
        let plain = try translate(input: ["a b", "c"]).output
        #expect(try Tool.run(["translate", TinyModel.path, "input"], in: folder).output == plain)
        let run = try Tool.shell("gzip input && \"$unroll\" translate \(TinyModel.path) input.gz", in: folder)
        #expect(run.output == plain)
        #expect(try Tool.shell("\"$unroll\" translate \(TinyModel.path) < input.gz", in: folder).output == plain)
    }

    // MARK: - Pipes

    /// A service writes a line and waits for its answer before it writes the next one.
    @Test(.timeLimit(.minutes(2))) func aLineThroughAPipeThatStaysOpenIsAnswered() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Tool.path)
        process.arguments = ["translate", TinyModel.path]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var answers = ""
        for (index, sentence) in ["a b", "", "c d e", "a"].enumerated() {
            try input.fileHandleForWriting.write(contentsOf: Data("\(sentence)\n".utf8))
            while answers.count(where: { $0 == "\n" }) == index {
                answers += String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            }
        }
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(answers == (try translate(input: ["a b", "", "c d e", "a"]).output))
    }

    @Test func aReaderThatLeavesEarlyIsNoCrash() throws {
        let script = """
            yes 'a b' | head -20000 | { "$unroll" translate \(TinyModel.path) --batch 100; echo "code $?" >&2; } | head -1
            """
        let run = try Tool.shell(script, in: Scratch())
        #expect(run.output == (try translate(input: ["a b"]).output))
        #expect(run.told == "code 141\n")
    }

    @Test func aClosedPipeThatIsIgnoredIsAnError() throws {
        let script = """
            trap '' PIPE; yes 'a b' | head -20000 | { "$unroll" translate \(TinyModel.path); echo "code $?" >&2; } | head -1
            """
        let run = try Tool.shell("(\(script)) 2> errors; grep -v -e yes: -e head: errors >&2", in: Scratch())
        #expect(run.told == "unroll: standard output: cannot be written: Broken pipe\ncode 74\n")
    }

    @Test func closedStreams() throws {
        let folder = try Scratch()
        try folder.write("a b\n", to: "input")
        let closedInput = try Tool.shell("\"$unroll\" translate \(TinyModel.path) <&-", in: folder)
        #expect(closedInput.code == 66)
        #expect(closedInput.told == "unroll: standard input: is closed; name a file, or send text to it.\n")
        let closedOutput = try Tool.shell("\"$unroll\" translate \(TinyModel.path) input >&-", in: folder)
        #expect(closedOutput.code == 74)
        #expect(closedOutput.told == "unroll: standard output: cannot be written: Bad file descriptor\n")
        let closedError = try Tool.shell("\"$unroll\" translate \(TinyModel.path) input 2>&-", in: folder)
        #expect(closedError.code == 0)
        #expect(closedError.output == (try translate(input: ["a b"]).output))
    }

    #if os(Linux)
        @Test func aFullDiskBehindStandardOutput() throws {
            let folder = try Scratch()
            try folder.write("a b\n", to: "input")
            for command in ["translate \(TinyModel.path) input", "data dates --count 3", "info \(TinyModel.path)"] {
                let run = try Tool.shell("\"$unroll\" \(command) > /dev/full", in: folder)
                #expect(run.code == 74)
                #expect(run.told == "unroll: standard output: cannot be written: No space left on device\n")
            }
        }
    #endif
}
