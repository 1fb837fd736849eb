import Foundation
import Testing

@Suite("Help and usage")
struct HelpTests {
    /// To write the golden texts anew after a change, run the tests with UNROLL_WRITE_GOLDEN set to their folder, and read the difference.
    @Test(arguments: [
        "", "demo", "train", "translate", "generate", "classify", "tag", "answer", "solve", "evaluate", "compare", "data", "data dates",
        "data copying", "data adding", "data brackets", "data stories", "inspect", "gradients", "info", "export", "import",
        "import pytorch", "import marian", "quantize", "average", "check", "bench", "reproduce",
    ])
    func helpIsTheTextThatWasAgreedOn(command: String) throws {
        let folder = try Scratch()
        let words = command.split(separator: " ").map(String.init)
        let run = try Tool.run(words + ["--help"], in: folder)
        #expect(run.code == 0)
        #expect(run.error == "")
        let name = (["unroll"] + words).joined(separator: "-") + ".txt"
        if let golden = ProcessInfo.processInfo.environment["UNROLL_WRITE_GOLDEN"] {
            try Data(run.output.utf8).write(to: URL(fileURLWithPath: golden).appendingPathComponent(name))
        }
        let golden = try #require(Bundle.module.url(forResource: "Golden/\(name)", withExtension: nil))
        #expect(run.output == String(decoding: try Data(contentsOf: golden), as: UTF8.self))
        #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test func versionIsOneLine() throws {
        let run = try Tool.run(["--version"], in: Scratch())
        #expect(run.code == 0)
        #expect(run.output.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\n/) != nil)
        #expect(run.error == "")
    }

    @Test(arguments: [
        (["nonsense"], "Error: Unexpected argument 'nonsense'"),
        (["translate"], "Error: Missing expected argument '<model>'"),
        (["translate", "m", "--beam", "0"], "Error: --beam must be from 1 to 1000, not 0"),
        (["translate", "m", "--beam", "9223372036854775807"], "Error: --beam must be from 1 to 1000, not 9223372036854775807"),
        (["translate", "m", "--beam", "x"], "Error: The value 'x' is invalid for '--beam <beam>'"),
        (["translate", "m", "--best", "0"], "Error: --best must be from 1 to 1000, not 0"),
        (["translate", "m", "--batch", "0"], "Error: --batch must be from 1 to 100000, not 0"),
        (["translate", "m", "--length-penalty", "nan"], "Error: --length-penalty must be from 0.0 to 100.0, not nan"),
        (["translate", "m", "--minimum-length", "5", "--maximum-length", "3"], "Error: --maximum-length must be from 5 to 1000000, not 3"),
        (
            ["translate", "m", "--length-normalisation", "wu"],
            "Error: The value 'wu' is invalid for '--length-normalisation <kind>'. Please provide one of 'gnmt', 'plain' or 'none'."
        ),
        (["translate", "m", "--no-repeat", "0"], "Error: --no-repeat must be from 1 to 1000000, not 0"),
        (["translate", "m", "--samples", "0"], "Error: --samples must be from 1 to 10000, not 0"),
        (["translate", "m", "--samples", "2", "--best", "2"], "Error: --samples draws, and --best searches; leave out one of them"),
        (
            ["translate", "m", "--top-k", "2"], "Error: --temperature, --top-k, --top-p and --seed say how to draw; add --samples"
        ),
        (
            ["translate", "m", "--prefix", "a", "--prefixes", "f"],
            "Error: --prefix is for all lines, and --prefixes for each; leave out one of them"
        ),
        (["translate", "m", "--maximum-factor", "inf"], "Error: --maximum-factor must be from 0.0 to 1000.0, not inf"),
        (["translate", "m", "--threads", "0"], "Error: --threads must be from 1 to 1024, not 0"),
        (["train", "recipe.yaml"], "Error: Missing expected argument '--out <folder>'"),
        (["train", "r", "--out", "o", "--seed", "-1"], "Error: Missing value for '--seed <seed>'"),
        (["train", "r", "--out", "o", "--seed", "1.5"], "Error: The value '1.5' is invalid for '--seed <seed>'"),
        (["evaluate", "m", "--source", "s"], "Error: --source and --reference belong together; give both"),
        (
            ["data", "dates", "--split", "test"],
            "Error: The value 'test' is invalid for '--split <split>'. Please provide one of 'training' and 'held-out'."
        ),
        (["data", "copying", "--shortest", "5", "--longest", "4"], "Error: --shortest must be from 1 to 4, not 5"),
        (["data", "brackets", "--shortest", "4"], "Error: --shortest must be from 8 to 200, not 4"),
        (["data", "brackets", "--depth", "2"], "Error: --depth must be from 3 to 1000000, not 2"),
        (["data", "brackets", "--kinds", "5"], "Error: --kinds must be from 2 to 4, not 5"),
        (
            ["data", "brackets", "--shortest", "9", "--longest", "9"],
            "Error: --longest must be even, since each bracket that opens closes, not 9"
        ),
        (["generate", "m", "--temperature=-1"], "Error: --temperature must be from 0.0 to 1000.0, not -1.0"),
        (["generate", "m", "--top-k", "0"], "Error: --top-k must be from 1 to 1000000000, not 0"),
        (["generate", "m", "--top-p", "0"], "Error: --top-p must be above 0 and at most 1, not 0.0"),
        (["bench", "--runs", "0"], "Error: --runs must be from 1 to 1000000, not 0"),
        (["bench", "--runs", "1.5"], "Error: The value '1.5' is invalid for '--runs <runs>'"),
        (["bench", "--threads", "0"], "Error: --threads must be from 1 to 1024, not 0"),
        (["data", "copying", "--count=-1"], "Error: --count must be from 0 to 100000000, not -1"),
    ])
    func wrongUsageIsSaidWithCode64(arguments: [String], message: String) throws {
        let run = try Tool.run(arguments, in: Scratch())
        #expect(run.code == 64)
        #expect(run.output == "")
        let said = run.error.split(separator: "\n")
        #expect(said.first.map(String.init) == message)
        #expect(said.contains { $0.hasPrefix("Usage: unroll") })
    }

    @Test(arguments: [
        ("UNROLL_THREADS", "many", "UNROLL_THREADS is 'many', which is no number of threads from 1 to 1024; change it, or unset it"),
        ("UNROLL_THREADS", "0", "UNROLL_THREADS is '0', which is no number of threads from 1 to 1024; change it, or unset it"),
        ("UNROLL_INSTRUCTIONS", "mmx", "UNROLL_INSTRUCTIONS is 'mmx', which this processor or build does not have; unset it for"),
    ])
    func anEnvironmentThatCannotBeHadIsSaid(variable: String, value: String, message: String) throws {
        let run = try Tool.run(["--version"], in: Scratch(), environment: [variable: value])
        #expect((run.code, run.output) == (64, ""))
        #expect(run.error.hasPrefix("unroll: \(message)"))
    }

    @Test(arguments: [("UNROLL_THREADS", "3"), ("UNROLL_INSTRUCTIONS", "portable")])
    func anEnvironmentThatCanBeHadIsTaken(variable: String, value: String) throws {
        #expect(try Tool.run(["--version"], in: Scratch(), environment: [variable: value]).code == 0)
    }
}
