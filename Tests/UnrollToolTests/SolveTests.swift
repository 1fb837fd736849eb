import Foundation
import Testing

/// A Turing machine that copies short sequences, trained once for all tests.
enum TinySolver {
    static let recipe = """
        task: algorithm
        data:
          copy: {bits: 2, shortest: 1, longest: 3}
          validation: 20
        model: {kind: ntm, hidden: 12, slots: 7, width: 5}
        training:
          steps: 60
          batch_sequences: 4
          optimizer: {kind: rmsprop, learning_rate: 0.003, momentum: 0.9}
          clip_value: 10
          best: wrong_bits
          validate_every: 30
          save_every: 30
          log_every: 10

        """

    static let folder = Scratch.trained(by: recipe)
}

@Suite("Algorithms from the command line")
struct SolveTests {
    private let folder = TinySolver.folder
    private let model = "run/best.safetensors"

    private func tool(_ arguments: String...) throws -> Tool.Run { try Tool.run(arguments, in: folder) }

    private struct Solved: Decodable {
        let shown, targets: [[Double]]
        let said: [[Double]]
        let wrongBits, bits: Int
    }

    private func solved(_ run: Tool.Run) throws -> [Solved] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try run.lines.map { try decoder.decode(Solved.self, from: Data($0.utf8)) }
    }

    @Test func anExampleIsDrawnWithWhatWasSaid() throws {
        let run = try tool("solve", model, "--length", "5")
        #expect((run.code, run.told) == (0, ""))
        let lines = run.lines
        #expect(lines[0] == "shown" && lines[4] == "to be said" && lines[7] == "said")
        #expect(lines[1].wholeMatch(of: #/  bit 1    [·█]{5}·/#) != nil, "\(run.output)")
        #expect(lines[3] == "  mark     ·····█")
        #expect(lines[5].dropFirst(11) == lines[1].dropFirst(11).dropLast())
        #expect(lines[8].wholeMatch(of: #/  bit 1    [·░▒▓█]{5}/#) != nil)
        #expect(lines[lines.count - 1].wholeMatch(of: /wrong bits: \d+ of 10/) != nil)
        #expect(try tool("solve", model, "--length", "5").output == run.output)
        #expect(try tool("solve", model, "--length", "5", "--seed", "2").output != run.output)
    }

    @Test func jsonHasTheNumbers() throws {
        let run = try tool("solve", model, "--count", "3", "--json")
        let all = try solved(run)
        #expect(all.count == 3)
        for one in all {
            #expect(one.shown.count == one.targets.count + 1 && one.said.count == one.targets.count)
            #expect(one.shown.dropLast().map { Array($0.prefix(2)) } == one.targets)
            #expect(one.bits == 2 * one.targets.count)
            let wrong = zip(one.targets.joined(), one.said.joined()).count { ($0 == 1) != ($1 > 0.5) }
            #expect(one.wrongBits == wrong)
        }
        #expect(try solved(tool("solve", model, "--count", "1", "--json"))[0].said == all[0].said, "alone and among others")
    }

    @Test func evaluationTakesOtherSizes() throws {
        let run = try tool("evaluate", model, "--length", "9", "--json")
        #expect((run.code, run.told) == (0, ""))
        let numbers = try JSONDecoder().decode([String: Double].self, from: Data(run.output.utf8))
        #expect(numbers["sequences"] == 20)
        let (wrong, share) = (try #require(numbers["wrong_bits"]), try #require(numbers["accuracy"]))
        #expect(abs(wrong - 18 * (1 - share)) < 1e-9)
        let text = try tool("evaluate", model)
        #expect(text.lines.contains { $0.hasPrefix("wrong bits = ") } && text.lines.contains { $0.hasPrefix("bits/sequence = ") })
    }

    @Test func theMemoryIsShown() throws {
        let run = try tool("inspect", model, "--length", "3", "--html", "page.html", "--json")
        #expect(run.code == 0)
        struct Shown: Decodable {
            struct Memory: Decodable {
                struct Head: Decodable {
                    let name: String
                    let writes: Bool
                    let weights, vectors: [[Double]]
                }
                let slots, width: Int
                let values: [[[Double]]]
                let heads: [Head]
                let gradientNorms: [Double]
            }
            let memory: Memory
            let firstAnswer: Int
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let shown = try decoder.decode(Shown.self, from: Data(run.output.utf8))
        #expect((shown.memory.slots, shown.memory.width, shown.firstAnswer) == (7, 5, 4))
        #expect(shown.memory.values.count == 7 && shown.memory.gradientNorms.count == 7)
        #expect(shown.memory.heads.map(\.name) == ["write head", "read head"])
        let page = try folder.text("page.html")
        #expect(page.contains("<h2>The memory</h2>") && page.contains("<h3>write head</h3>") && page.contains("What was shown"))
    }

    @Test func theModelsLayersAreChecked() throws {
        let run = try tool("check", model)
        #expect(run.code == 0, "\(run.output)")
        for part in ["controller", "heads", "7 × 5, 3 shifts", "output", "neural Turing machine"] {
            #expect(run.output.contains(part), "\(part)")
        }
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let items = try tool("solve", model, "--items", "3")
        #expect((items.code, items.told) == (64, "unroll: 'copy' has no size called 'items'; leave it out.\n"))
        let data = try tool("evaluate", model, "--data", "recipe.yaml")
        #expect((data.code, data.told) == (64, "unroll: \(model): the examples of an algorithm are made; leave out --data\n"))
        let other = try Tool.run(["evaluate", TinyModel.path, "--length", "3"], in: folder)
        #expect(other.code == 64 && other.told.contains("--length is for models of algorithms"))
        let translation = try Tool.run(["solve", TinyModel.path], in: folder)
        #expect(translation.code == 65 && translation.told.contains("holds a translation model, which 'unroll translate' uses"))
        let text = try tool("inspect", model, "--text", "1 0")
        #expect(text.code == 64 && text.told.contains("the examples of an algorithm are made"))
        #expect(try tool("solve", model, "--length", "0").told.contains("--length must be from 1 to 100000, not 0"))
    }

    /// A machine that has hardly learnt is not what was measured before, and is measured at the lengths that the rows ask for.
    @Test func theExperimentMeasuresLongerSequences() throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(at: scratch.url("recipes"), withIntermediateDirectories: true)
        try scratch.write(TinySolver.recipe.replacing("validation: 20", with: "validation: 3"), to: "recipes/ntm-copy.yaml")
        let run = try Tool.run(["reproduce", "ntm", "--quick", "--json", "--out", "o"], in: scratch)
        #expect(run.code == 70, "\(run.error)")
        struct Listings: Decodable {
            struct Part: Decodable {
                struct Row: Decodable {
                    let measure: String
                    let ours: Double
                }
                struct Run: Decodable {
                    let measures: [String: Double]
                }
                let name: String
                let rows: [Row]
                let runs: [Run]
            }
            let parts: [Part]
        }
        let part = try #require(try JSONDecoder().decode(Listings.self, from: Data(run.output.utf8)).parts.first)
        #expect(part.name == "copy" && part.rows.map(\.measure) == ["wrong_bits", "wrong_bits_length_40", "wrong_share_length_120"])
        let measures = try #require(part.runs.first?.measures)
        #expect(part.rows.allSatisfy { measures[$0.measure] == $0.ours })
        let (wrong, share) = (try #require(measures["wrong_bits_length_40"]), try #require(measures["wrong_share_length_40"]))
        #expect(abs(wrong - 80 * share) < 1e-9 && wrong > 0)
    }
}
