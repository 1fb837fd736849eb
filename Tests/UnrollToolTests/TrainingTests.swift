import Foundation
import Testing

@Suite("Training from the command line")
struct TrainingTests {
    private static let modelFiles = ["best.safetensors", "last.safetensors", "state.safetensors", "recipe.yaml"]

    private func train(_ folder: Scratch, _ out: String, _ arguments: String...) throws -> Tool.Run {
        try Tool.run(["train", "recipe.yaml", "--out", out] + arguments, in: folder)
    }

    private func expectEqualFiles(_ folder: Scratch, _ first: String, _ second: String, location: SourceLocation = #_sourceLocation) throws
    {
        for name in Self.modelFiles {
            #expect(try folder.bytes("\(first)/\(name)") == folder.bytes("\(second)/\(name)"), "\(name)", sourceLocation: location)
        }
    }

    @Test func leavesWhatItPromises() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: TinyModel.folder.url("run").path).sorted()
        #expect(names == ["best.safetensors", "last.safetensors", "metrics.jsonl", "recipe.yaml", "state.safetensors"])
        for line in try TinyModel.folder.text("run/metrics.jsonl").split(separator: "\n") {
            #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
        }
    }

    @Test func theSameSeedGivesTheSameBytesWithAnyNumberOfThreads() throws {
        let folder = try TinyModel.scratch()
        for (out, threads) in [("one", "1"), ("again", "1"), ("two", "2")] {
            #expect(try train(folder, out, "--threads", threads, "--seed", "7").code == 0)
        }
        try expectEqualFiles(folder, "one", "again")
        try expectEqualFiles(folder, "one", "two")
        #expect(try train(folder, "other", "--seed", "8").code == 0)
        #expect(try folder.bytes("one/last.safetensors") != folder.bytes("other/last.safetensors"))
    }

    @Test func theRecipeItLeavesTrainsTheSameModel() throws {
        let folder = try TinyModel.scratch()
        #expect(try train(folder, "first", "--set", "training.steps=20", "--set", "model.hidden=7").code == 0)
        #expect(try Tool.run(["train", "first/recipe.yaml", "--out", "second"], in: folder).code == 0)
        try expectEqualFiles(folder, "first", "second")
    }

    @Test(.timeLimit(.minutes(3)), arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
    func aSignalSavesAndResumingGoesOnToTheSameBytes(signal: Int32, code: Int32) async throws {
        let folder = try TinyModel.scratch()
        let started = try Tool.start(["train", "recipe.yaml", "--out", "stopped", "--set", "training.steps=10000000"], in: folder)
        defer { started.end() }
        while !started.told.contains("step 10/"), started.process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        #expect(folder.exists("stopped/recipe.yaml"), "the recipe is there from the start")
        kill(started.process.processIdentifier, signal)
        let run = try Tool.wait(started)
        #expect(run.code == code)
        #expect(run.told.contains("stopping after this step and saving; once more to stop at once\n"))
        let match = try #require(run.output.wholeMatch(of: /stopped at step ([0-9]+); go on with --resume\n/))
        let total = "training.steps=\(try #require(Int(match.1)) + 25)"
        let resumed = try train(folder, "stopped", "--resume", "--set", total)
        #expect(resumed.code == 0)
        #expect(resumed.told.contains("\ngoing on after step \(match.1)\n"))
        #expect(try train(folder, "whole", "--set", total).code == 0)
        for name in ["last.safetensors", "state.safetensors", "recipe.yaml"] {
            #expect(try folder.bytes("stopped/\(name)") == folder.bytes("whole/\(name)"), "\(name)")
        }
        // The best model may be from before the stop, and then tells the number of steps that was the recipe's at that time.
        #expect(try numbers(folder.bytes("stopped/best.safetensors")) == numbers(folder.bytes("whole/best.safetensors")))
    }

    /// What follows a safetensors file's header.
    private func numbers(_ file: Data) -> Data {
        file.dropFirst(8 + file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) })
    }

    @Test(.timeLimit(.minutes(3))) func aSecondCtrlCEndsAtOnce() async throws {
        let folder = try TinyModel.scratch()
        // One update of so many batches never ends.
        let started = try Tool.start(["train", "recipe.yaml", "--out", "run", "--set", "training.accumulate=1000000000"], in: folder)
        defer { started.end() }
        while !folder.exists("run/recipe.yaml"), started.process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        kill(started.process.processIdentifier, SIGINT)
        while !started.told.contains("stopping"), started.process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        kill(started.process.processIdentifier, SIGINT)
        #expect(try Tool.wait(started).code == 130)
        #expect(!folder.exists("run/state.safetensors"))
    }

    @Test func foldersThatCannotBeUsed() throws {
        let folder = try TinyModel.scratch()
        try folder.write("", to: "file")
        for (out, reason) in [("file", "Not a directory"), ("file/run", "Not a directory")] {
            let run = try train(folder, out)
            #expect(run.code == 73)
            #expect(run.told == "unroll: \(out): the folder cannot be made or written: \(reason); name another one\n")
        }
        let nothing = try train(folder, "nothing", "--resume")
        #expect(nothing.code == 66)
        #expect(nothing.told == "unroll: nothing: holds no training to resume; leave out --resume to start one\n")
        #expect(!folder.exists("nothing"))

        #expect(try train(folder, "a/b/c", "--set", "training.steps=20").code == 0)
        let before = try folder.bytes("a/b/c/recipe.yaml")
        let again = try train(folder, "a/b/c", "--set", "model.hidden=5")
        #expect(again.code == 73)
        #expect(again.told == "unroll: a/b/c: holds a training already; go on with --resume, or choose another folder with --out\n")
        let other = try train(folder, "a/b/c", "--resume", "--set", "model.hidden=5")
        #expect(other.code == 65)
        #expect(other.told.contains("\nunroll: a/b/c/state.safetensors: "))
        #expect(try folder.bytes("a/b/c/recipe.yaml") == before)
    }

    @Test(.timeLimit(.minutes(3))) func twoTrainingsInOneFolder() async throws {
        let folder = try TinyModel.scratch()
        let endless = ["steps", "save_every", "validate_every"].flatMap { ["--set", "training.\($0)=10000000"] }
        let started = try Tool.start(["train", "recipe.yaml", "--out", "run"] + endless, in: folder)
        defer { started.end() }
        while !started.told.contains("step 10/"), started.process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        let second = try train(folder, "run")
        #expect(second.code == 73)
        #expect(second.told == "unroll: run: another process trains in it; wait for its end, or choose another folder with --out\n")
        #expect(second.output == "")
        started.end()
        _ = try Tool.wait(started)
        #expect(try train(folder, "run", "--set", "training.steps=20").code == 0, "the folder is free again")
    }

    @Test func theFolderIsNamedAsItWasGiven() throws {
        let folder = try TinyModel.scratch()
        #expect(try train(folder, "run/", "--set", "training.steps=2").output == "finished; the best model is run/best.safetensors\n")
        let nowhere = try train(folder, "")
        #expect((nowhere.code, nowhere.output) == (64, ""))
        #expect(nowhere.told == "unroll: --out needs the name of a folder\n")
        #expect(try !folder.names.contains("best.safetensors"))
    }

    @Test func stopsAtTheFirstNumberThatIsNone() throws {
        let run = try train(try TinyModel.scratch(), "run", "--set", "training.optimizer.learning_rate=1e300")
        #expect(run.code == 70)
        let message = /unroll: step [0-9]+: .+ is infinite or not a number; nothing had been saved\. Try a smaller .*/
        #expect(run.told.split(separator: "\n").last?.wholeMatch(of: message) != nil, "\(run.told)")
        #expect(run.output == "")
    }

    @Test func aPerplexityBeyondAllNumbersIsLeftOutOfTheMetrics() throws {
        let folder = try TinyModel.scratch()
        let huge = ["--set", "training.optimizer.learning_rate=1e30", "--set", "training.log_every=1"]
        let run = try Tool.run(["train", "recipe.yaml", "--out", "run"] + huge, in: folder)
        #expect(run.code == 0)
        #expect(run.told.contains("  perplexity inf  "))
        let lines = try folder.text("run/metrics.jsonl").split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(lines.contains { $0["loss"] != nil && $0["perplexity"] == nil })
    }

    /// The limit on a file's size stands for a full disk: the system refuses to write in the same place, with another number.
    @Test func aFullDiskLeavesThePreviousCheckpoint() throws {
        let folder = try TinyModel.scratch()
        #expect(try train(folder, "run", "--set", "training.steps=20").code == 0)
        let before = try Self.modelFiles.map { try folder.bytes("run/\($0)") }
        let script = "trap '' XFSZ; ulimit -f 4; \"$unroll\" train recipe.yaml --out run --resume --set training.steps=40"
        let run = try Tool.shell(script, in: folder)
        #expect(run.code == 73)
        let message = /unroll: run\/[a-z]+\.safetensors: cannot be written: .*\. What was there before is unchanged; .*/
        #expect(run.told.split(separator: "\n").last?.wholeMatch(of: message) != nil, "\(run.told)")
        #expect(try Self.modelFiles.map { try folder.bytes("run/\($0)") } == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url("run").path).count == 5, "nothing half-written is left")
        #expect(try train(folder, "run", "--resume", "--set", "training.steps=40").code == 0)
        #expect(try train(folder, "whole", "--set", "training.steps=40").code == 0)
        try expectEqualFiles(folder, "run", "whole")
    }

    @Test func aFullDiskUnderTheMetrics() throws {
        let folder = try TinyModel.scratch()
        let script =
            "trap '' XFSZ; ulimit -f 4; \"$unroll\" train recipe.yaml --out run --set training.log_every=1 --set training.save_every=60 "
        let run = try Tool.shell(script + "--set training.validate_every=60", in: folder)
        #expect(run.code == 73)
        let message = "unroll: run/metrics.jsonl: cannot be written: File too large; free some space, or choose another directory"
        #expect(run.told.split(separator: "\n").last.map(String.init) == message)
    }

    @Test func progressIsPlainLinesWhereNobodyWatches() throws {
        let run = try train(try TinyModel.scratch(), "run", "--set", "training.steps=20")
        #expect(!run.error.contains("\u{1B}"))
        #expect(!run.error.contains("\r"))
        let lines = run.told.split(separator: "\n")
        let step = /step 10\/20  loss [0-9.]+  perplexity [0-9.]+  left .+  epoch 1  [0-9]+ tokens\/s  gradient [0-9.]+  rate 0.03/
        #expect(lines.contains { $0.wholeMatch(of: step) != nil }, "\(lines)")
        let validation = /validation at step 20  loss [0-9.]+  perplexity [0-9.]+  BLEU [0-9.]+  chrF [0-9.]+  exact [0-9.]+%  in .+/
        #expect(lines.last?.wholeMatch(of: validation) != nil, "\(lines)")
    }
}
