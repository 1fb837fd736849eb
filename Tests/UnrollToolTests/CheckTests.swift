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

    // MARK: - Models

    @Test func theLayersOfATranslationModel() throws {
        let run = try Tool.run(["check", TinyModel.path, "--threads", "1"], in: Scratch())
        #expect((run.code, run.told) == (0, ""))
        #expect(run.lines[0] == "\(TinyModel.path): translation model")
        #expect(run.lines[3] == "cell: gru, reset gate before_product; attention additive; bridge dense")
        let rows = run.lines.filter { $0.hasPrefix("✓") }.compactMap { $0.split(separator: "  ").last.map(String.init) }
        #expect(
            rows == [
                "source_embedding: 9 → 8", "encoder, layer 0, forward: 8 → 12, reset before the product",
                "encoder, layer 0, backward: 8 → 12, reset before the product", "bridge.0.hidden: 24 → 12", "decoder.embedding: 9 → 8",
                "decoder, layer 0: 32 → 12, reset before the product", "decoder.attention: additive, 12 and 24",
                "decoder.readout: 44 → 8", "output: 8 → 9",
            ])
        #expect(run.lines.contains("  z, r = σ(W x + U h' + b); n = tanh(W x + U(r ⊙ h') + b); h = z ⊙ h' + (1 − z) ⊙ n"))
        #expect(run.lines.last?.hasSuffix(": all passed") == true)
    }

    @Test(arguments: ["classification", "tagging", "regression"])
    func theLayersOfEveryKind(_ name: String) throws {
        let run = try Tool.run(["check", TinyLabellers.model(name), "--json"], in: Scratch())
        #expect((run.code, run.told) == (0, ""))
        let objects = try lines(run)
        #expect(objects.allSatisfy { $0["passed"] as? Bool == true })
        let layers = Set(objects.compactMap { ($0["variant"] as? String)?.split(separator: ":").first.map(String.init) })
        let expected: [String: Set<String>] = [
            "classification": [
                "embedding", "recurrence, layer 0, forward", "recurrence, layer 0, backward", "pooling.attention", "output",
            ],
            "tagging": [
                "embedding", "character_embedding", "spelling, layer 0, forward", "spelling, layer 0, backward",
                "recurrence, layer 0, forward", "recurrence, layer 0, backward", "output",
            ],
            "regression": ["recurrence, layer 0", "output"],
        ]
        #expect(layers == expected[name])
        // Every check is made of every cell; a lookup alone has nothing to be compared with.
        for check in ["gradient", "reference", "precision", "composition"] {
            let subjects = objects.filter { $0["check"] as? String == check }.compactMap { $0["subject"] as? String }
            #expect(subjects.contains("LSTMCell"))
        }
    }

    @Test func namesChooseAmongTheLayersOfAModel() throws {
        let run = try Tool.run(["check", TinyModel.path, "encoder backward", "--list"], in: Scratch())
        #expect(run.code == 0)
        #expect(run.lines.count == 2 && run.lines[0] == "cell: GRUCell, encoder, layer 0, backward: 8 → 12, reset before the product")
        let wrong = try Tool.run(["check", TinyModel.path, "encodr"], in: Scratch())
        #expect(wrong.code == 64 && wrong.told.contains("nothing that can be checked is called 'encodr'; did you mean 'encoder'?"))
    }

    /// A path that is none, and a file that is no model, are refused as every command refuses them.
    @Test func whatIsNoModelIsRefused() throws {
        let folder = try Scratch()
        try folder.write("task: translation\n", to: "gru")
        #expect(try Tool.run(["check", "missing.safetensors"], in: folder).code == 66)
        let text = try Tool.run(["check", "gru"], in: folder)
        #expect(text.code == 65 && text.told.contains("gru: is not a safetensors file"))
    }

    /// Whatever its weights are, a layer computes its equation; one that holds what is not a number fails.
    @Test func aModelWithADamagedWeightFailsWithCode70() throws {
        let folder = try Scratch()
        var model = try TinyModel.folder.bytes("run/best.safetensors")
        for place in model.count - 4..<model.count { model[place] = 0xff }
        try folder.write(model, to: "damaged.safetensors")
        let run = try Tool.run(["check", "damaged.safetensors"], in: folder)
        #expect(run.code == 70)
        #expect(run.told.contains(" failed: ") && run.lines.contains { $0.hasPrefix("✗") })
        #expect(run.lines.count { $0.hasPrefix("✗") } == 1, "the other layers are as they were")
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
