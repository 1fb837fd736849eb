import Foundation
import Testing

@Suite("Measuring speed from the command line")
struct BenchTests {
    private let small = ["lm-char-gru256:vocabulary=9,hidden=5,batch=2,time=3", "tiny-ops:repetitions=2,side=2"]

    @Test func jsonIsALineForEachWorkload() throws {
        let run = try Tool.run(["bench", "--json", "--runs", "3", "--threads", "1"] + small, in: Scratch())
        #expect((run.code, run.told) == (0, ""))
        #expect(run.lines.count == 2)
        for (line, name) in zip(run.lines, small) {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(object.keys.sorted() == ["best_ms", "floor_ms", "median_ms", "name", "runs", "threads"])
            #expect(object["name"] as? String == name)
            #expect((object["runs"] as? Int, object["threads"] as? Int) == (3, 1))
            let (best, median) = (try #require(object["best_ms"] as? Double), try #require(object["median_ms"] as? Double))
            #expect(best > 0 && median >= best)
        }
        let floors = try run.lines.map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])["floor_ms"] }
        // Two layers of 3 gates over 5 + 5 numbers, 9 characters, 6 of them read, thrice; at 125 operations in a nanosecond.
        #expect(abs((floors[0] as? Double ?? 0) - Double(6 * 6 * (2 * 15 * 10 + 45)) / 125e6) < 1e-12)
        #expect(floors[1] as? Double == 0)
    }

    @Test func theTableHasARowForEachWorkload() throws {
        let run = try Tool.run(["bench", "--runs", "1", "--threads", "1"] + small.suffix(1) + ["bandwidth:elements=9"], in: Scratch())
        #expect(run.code == 0)
        #expect(run.lines.count == 4)
        #expect(run.lines[0].hasSuffix(", 1 thread"))
        #expect(
            run.lines[1].split(separator: " ").joined(separator: " ").hasPrefix("median ms best ms GFLOP/s peak floor ms reached forward"))
        #expect(run.lines[2].hasPrefix("tiny-ops:repetitions=2,side=2 ") && run.lines[2].hasSuffix(" –"))
        #expect(run.lines[3].hasPrefix("bandwidth:elements=9 ") && run.lines[3].hasSuffix(" GB/s"))
    }

    @Test func theListHasEveryWorkloadWithItsSizes() throws {
        let run = try Tool.run(["bench", "--list"], in: Scratch())
        #expect((run.code, run.error) == (0, ""))
        #expect(run.lines.count % 3 == 0 && run.lines.count > 30)
        #expect(run.lines.contains("lm-ptb-small-lstm"))
        #expect(run.lines.contains("  vocabulary=10000,layers=2,hidden=200,batch=20,time=20"))
        let one = try Tool.run(["bench", "--list", "lm-char-rnn256:batch=1"], in: Scratch())
        #expect(one.lines.first == "lm-char-rnn256:batch=1")
        #expect(one.lines.last == "  vocabulary=65,layers=2,hidden=256,batch=1,time=64")
    }

    @Test func whatThereIsNotIsSaidWithCode64() throws {
        let run = try Tool.run(["bench", "lm-char-gru257"], in: Scratch())
        #expect((run.code, run.output) == (64, ""))
        #expect(
            run.error.hasPrefix(
                "unroll: no workload is called 'lm-char-gru257'; did you mean 'lm-char-gru256'? The workloads are lm-ptb-small-lstm,"))
    }
}
