import Foundation
import Testing

@testable import UnrollRecipes

@Suite("The text of a recipe") struct RecipeTextTests {
    @Test func duplicateKeys() {
        #expect(
            message(replacing: "learning_rate: 1e-3", with: "learning_rate: 1e-3\n  batch: 16")
                == "recipe.yaml:11: the key 'batch' appears twice, first on line 9; keep one")
        #expect(message([String: Int].self, "{a: 1, a: 2}") == "recipe.yaml:1: the key 'a' appears twice; keep one")
    }

    @Test func syntaxErrorsKeepTheirLine() {
        #expect(
            message([String: Int].self, "a: 1\nb: c: 2") == "recipe.yaml:2: not valid YAML: mapping values are not allowed in this context")
        #expect(
            message([String: Int].self, "a: 1\nb: [1, 2\nc: 3")
                == "recipe.yaml:3: not valid YAML: while parsing a flow sequence: did not find expected ',' or ']'")
        #expect(message([String: Int].self, "a: *b") == "recipe.yaml:1: not valid YAML: found undefined alias")
        #expect(
            message([String: Int].self, "a: 1\n---\nb: 2")
                == "recipe.yaml:2: not valid YAML: expected a single document in the stream: but found another document")
        #expect(message([String: Int].self, "a: 1\nb: \u{7}") == "recipe.yaml:2: not valid YAML: control characters are not allowed")
        #expect(message([String: Int].self, "? [a]\n: 1") == "recipe.yaml:1: a key must be a word, not a list or a mapping")
    }

    @Test func deepAndBranchingTextsAreRefused() {
        #expect(message([String].self, String(repeating: "[", count: 100_000)).hasPrefix("recipe.yaml:1: not valid YAML: "))
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...8 {
            bomb += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", "))]\n"
        }
        #expect(message([String: [String]].self, bomb).hasSuffix("more than 100000 values; a recipe is smaller than that"))
    }

    @Test func anchorsShareValues() throws {
        let read = try RecipeDecoder().decode([String: [Int]].self, fromText: "a: &x [1, 2]\nb: *x", name: "r")
        #expect(read == ["a": [1, 2], "b": [1, 2]])
    }

    @Test func files() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }

        func said(_ name: String, _ bytes: [UInt8]?) throws -> String {
            let file = URL(filePath: name, relativeTo: folder)
            if let bytes { try Data(bytes).write(to: file) }
            do {
                return "\(try RecipeDecoder().decode([String: Int].self, fromFile: file).sorted { $0.key < $1.key })"
            } catch {
                return "\(error)"
            }
        }

        #expect(try said("good.yaml", Array("a: 1\n".utf8)) == "[(key: \"a\", value: 1)]")
        #expect(
            try said("marked.yaml", [0xef, 0xbb, 0xbf] + Array("a: 1\r\nb: 2\r\n".utf8))
                == "[(key: \"a\", value: 1), (key: \"b\", value: 2)]")
        #expect(try said("bad.yaml", Array("a: x\n".utf8)) == "bad.yaml:1: 'a' must be a whole number, found 'x'")
        #expect(try said("absent.yaml", nil) == "absent.yaml: there is no such file; check the path")
        #expect(try said(".", nil) == ".: is a folder; name the recipe's file")
        #expect(try said("latin.yaml", Array("a: 1\nb: ".utf8) + [0xFC, 10]) == "latin.yaml:2: not UTF-8; save the recipe as UTF-8")
        #expect(try said("empty.yaml", []) == "[]")
        let large = [UInt8](repeating: UInt8(ascii: "#"), count: RecipeDecoder.sizeLimit + 1)
        #expect(try said("large.yaml", large) == "large.yaml: larger than 16 MiB; this is not a recipe")
    }

    @Test(arguments: [
        ("1", 1), ("-3", -3), ("+4", 4), ("1_000", 1000), ("010", 10), ("1e3", 1000), ("2.0", 2), ("9223372036854775807", Int.max),
    ])
    func wholeNumbers(text: String, value: Int) throws {
        #expect(try RecipeDecoder().decode([Int].self, fromText: "[\(text)]", name: "r") == [value])
    }

    @Test(arguments: ["_1", "1_", "1__0", "0x10", "1:30", "1e", "", "1.5", "9223372036854775808", "1e300", ".inf", "١"])
    func notWholeNumbers(text: String) {
        #expect(message([Int].self, "- \(text)").contains("must be a whole number, found "))
    }

    @Test(arguments: [
        ("1", 1), ("1e-3", 0.001), ("1E+2", 100), (".5", 0.5), ("5.", 5), ("5.e1", 50), ("-1_0.2_5", -10.25), (".inf", .infinity),
        ("-.inf", -.infinity),
    ])
    func numbers(text: String, value: Double) throws {
        #expect(try RecipeDecoder().decode([Double].self, fromText: "[\(text)]", name: "r") == [value])
    }

    @Test(arguments: [".nan", "nan", "inf", "1e400", ".", "e5", "1,5", "0x1p3", "1 2"])
    func notNumbers(text: String) {
        #expect(message([Double].self, "- \(text)").contains("must be a number, found "))
    }

    @Test func textIsTextHoweverItIsSpelt() throws {
        let read = try RecipeDecoder().decode([String].self, fromText: "[no, 1.0, true, '', \"~\", ۱۴۰۳]", name: "r")
        #expect(read == ["no", "1.0", "true", "", "~", "۱۴۰۳"])
    }
}

@Suite("Overrides") struct RecipeOverrideTests {
    private func read(_ overrides: String...) throws -> SampleRecipe {
        try RecipeDecoder().decode(SampleRecipe.self, fromText: sampleText, name: "recipe.yaml", overrides: overrides)
    }

    private func said(_ overrides: String...) -> String {
        message(SampleRecipe.self, sampleText, overrides: overrides)
    }

    @Test func replaceAndAdd() throws {
        var expected = sample
        expected.training.steps = 5
        expected.model.cell = .gru
        expected.training.shuffle = nil
        expected.data?.files[1].language = "fa"
        expected.data?.lengths = [1]
        expected.name = "a=b"
        #expect(
            try read(
                "training.steps=100", "training.steps=5", "model.cell=gru", "training.shuffle=null", "data.files.1.language=fa",
                "data.lengths=[1]", "name=a=b") == expected)
    }

    @Test func sectionsThatTheRecipeLacksAreMade() throws {
        let recipe = try RecipeDecoder().decode(
            [String: [String: Int]].self, fromText: "a: {b: 1}\nd:", name: "r", overrides: ["c.e=2", "d.f=3"])
        #expect(recipe == ["a": ["b": 1], "c": ["e": 2], "d": ["f": 3]])
    }

    @Test func problemsNameTheOverride() {
        #expect(
            said("training.stpes=100")
                == "--set training.stpes=100: unknown key 'stpes' in 'training'; every valid key is already there")
        #expect(said("modle.cell=gru") == "--set modle.cell=gru: unknown key 'modle'; every valid key is already there")
        #expect(said("training.steps=many") == "--set training.steps=many: 'training.steps' must be a whole number, found 'many'")
        #expect(said("training.steps.x=1") == "--set training.steps.x=1: 'training.steps' is '1_000' and has no keys")
        #expect(said("data.files.2.path=x") == "--set data.files.2.path=x: 'data.files' is a list and has no '2'; its indices are 0 to 1")
        #expect(
            said("training.steps") == "--set training.steps: an override is written as key.path=value, such as training.steps=100")
        #expect(said("training.steps=") == "--set training.steps=: there is no value; for the default, write training.steps=null")
        #expect(said("=1") == "--set =1: an override is written as key.path=value, such as training.steps=100")
        #expect(
            said("name=[1") == "--set name=[1: not valid YAML: while parsing a flow sequence: did not find expected ',' or ']'")
        #expect(said("model.dropout=2") == "--set model.dropout=2: 'model.dropout' must be at least 0 and less than 1, found 2.0")
    }
}
