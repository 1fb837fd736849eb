import Foundation
import Synchronization
import Testing
import UnrollTensors

@testable import UnrollTool
@testable import UnrollVerification

@Suite("Checking the equations from the command line")
struct CheckTests {
    private func lines(_ run: Tool.Run) throws -> [[String: Any]] {
        try run.lines.map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
    }

    @Test func theTableNamesWhatIsCheckedAndHowFarItIsOff() throws {
        let run = try Tool.run(["check", "logsoftmax", "linear one row", "--threads", "2"], in: Scratch())
        #expect((run.code, run.told) == (0, ""))
        #expect(run.lines[0].hasSuffix(", 2 threads"))
        #expect(run.lines[2].split(separator: " ") == ["gradient", "reference", "precision", "composition"])
        #expect(run.lines[3].split(separator: " ") == ["<", "1e-06", "<", "1e-10", "<", "1e-05", "<", "1e-12"])
        #expect(run.lines[4...6] == ["", "OPERATIONS, each with its derivative", ""])
        #expect(run.lines[7...8] == ["linear(_:_:bias:columns:)", "  y = W x + b"])
        #expect(run.lines[9].wholeMatch(of: /✓ +[0-9.e-]+ +– +[0-9.e-]+ +[0-9.e-]+  one row of shape \[inputs\]/) != nil)
        #expect(run.lines[10...12] == ["", "logSoftmax(_:)", "  y = x − log Σ eˣ"])
        #expect(run.lines[13].wholeMatch(of: /✓( +[0-9.e-]+){4}/) != nil)
        #expect(run.lines[15].wholeMatch(of: /2 entries, 7 checks, [0-9]+ numbers compared in [0-9]+ s: all passed/) != nil)
        #expect(run.lines.count == 16)
    }

    @Test func jsonIsALineForEachCheck() throws {
        let run = try Tool.run(["check", "--json", "square(_:)"], in: Scratch())
        #expect((run.code, run.told) == (0, ""))
        let objects = try lines(run)
        #expect(objects.map { $0["check"] as? String } == ["gradient", "reference", "precision", "composition"])
        for object in objects {
            #expect(
                object.keys.sorted() == [
                    "bound", "check", "compared", "equation", "error", "group", "passed", "subject", "variant", "worst",
                ])
            #expect((object["subject"] as? String, object["equation"] as? String) == ("square(_:)", "y = x²"))
            #expect((object["group"] as? String, object["variant"] as? String) == ("operation", ""))
            #expect(object["passed"] as? Bool == true)
            let (error, bound) = (try #require(object["error"] as? Double), try #require(object["bound"] as? Double))
            #expect(error >= 0 && error < bound)
            #expect(object["compared"] as? Int ?? 0 >= 111)
        }
    }

    @Test func theListHasEveryEntryAndChecksNothing() throws {
        let run = try Tool.run(["check", "--list"], in: Scratch())
        #expect((run.code, run.error) == (0, ""))
        #expect(run.lines.count == 2 * Catalogue.all.count)
        #expect(run.lines[0] == "operation: +(Tensor, Tensor), equal shapes")
        #expect(run.lines[1] == "  y = a + b")
        #expect(run.lines.contains("cell: LSTMCell, one step"))
        let some = try Tool.run(["check", "--list", "REVERSED gru cell"], in: Scratch())
        #expect(
            some.lines.filter { !$0.hasPrefix(" ") } == [
                "cell: GRUCell, reset before the product, reversed, lengths 4 0 2",
                "cell: GRUCell, reset after the product, reversed, lengths 4 0 2",
            ])
    }

    @Test(arguments: [
        ("lstn", "lstn'; did you mean 'lstm'?"), ("Atention", "Atention'; did you mean 'attention'?"), ("", "'."),
        ("lstm qqqqqqqq", "lstm qqqqqqqq'."),
    ])
    func aNameThatFitsNothingIsSaidWithCode64(name: String, message: String) throws {
        let run = try Tool.run(["check", "lstm", name], in: Scratch())
        #expect((run.code, run.output) == (64, ""))
        #expect(
            run.error == "unroll: nothing that can be checked is called '\(message) 'unroll check --list' prints all names\n")
    }

    @Test func eachNameSelectsAndTheCatalogueGivesTheOrder() throws {
        let names = try Check.selected(["tanh(_:)", "exp(_:)", "EXP"], from: Catalogue.all).map(\.name)
        #expect(names == ["exp(_:)", "tanh(_:)"])
        #expect(try Check.selected([], from: Catalogue.all).count == Catalogue.all.count)
    }

    // MARK: - What fails

    /// y = x², whose derivative here is x.
    private let wrong = CatalogueEntry.function("wrong(_:)", equation: "y = x²", inputs: [CheckedInput("x", [3, 5])]) { x in
        [square(x[0]).derived(from: x[0]) { dy in dy * x[0].detached() }]
    }

    private func output(of entries: [CatalogueEntry], json: Bool) throws -> (text: String, error: Failure.Thrown?) {
        let text = Mutex("")
        do {
            try CheckReport.run(entries, json: json) { portion in text.withLock { $0 += portion } }
            return (text.withLock { $0 }, nil)
        } catch let error as Failure.Thrown {
            return (text.withLock { $0 }, error)
        }
    }

    @Test func aWrongDerivativeFailsWithCode70() throws {
        let right = try Check.selected(["square(_:)"], from: Catalogue.all)
        #expect(try output(of: right, json: false).error == nil)
        let (text, error) = try output(of: right + [wrong], json: false)
        #expect(error?.code == 70)
        #expect(error?.message == "1 of 7 checks failed: gradient of wrong(_:)")
        let lines = text.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("✓") } == 1)
        #expect(lines.contains { $0.wholeMatch(of: /✗ +5\.0e-01 +– .*/) != nil })
        #expect(lines.contains { $0.wholeMatch(of: /\ +FAILED gradient: gradient of x\[.*\]: .* instead of .*/) != nil })
        #expect(lines.last?.hasSuffix(": 1 FAILED") == true)
    }

    @Test func jsonTellsWhatFailed() throws {
        let (text, error) = try output(of: [wrong], json: true)
        #expect(error?.code == 70)
        let passed = try text.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])["passed"] as? Bool
        }
        #expect(passed == [false, true, true])
    }

    @Test func whatIsNotANumberHasNoErrorInJSON() throws {
        let root = CatalogueEntry.function("root(_:)", equation: "y = √(x − 2)", inputs: [CheckedInput("x", [3])]) { [sqrt($0[0] - 2)] }
        let (text, error) = try output(of: [root], json: true)
        #expect(error?.message == "3 of 3 checks failed: gradient of root(_:); precision of root(_:); composition of root(_:)")
        #expect(!text.contains("\"error\""))
        #expect(try output(of: [root], json: false).text.contains("∞"))
    }
}
