import Foundation
import Testing

@testable import UnrollRecipes

@Suite("Published experiments") struct ExperimentTests {
    private static let recipes = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("recipes")

    private static func part(_ rows: [Experiment.Row]) -> Experiment.Part {
        Experiment.Part(name: "p", title: "t", recipe: "r.yaml", overrides: [], seeds: [1, 2, 3, 4], rows: rows) { _, _ in [:] }
    }

    private static func row(
        _ summary: Experiment.Summary, unit: Experiment.Unit = .share, published: Double? = nil, expected: Double? = nil
    ) -> Experiment.Row {
        Experiment.Row(title: "error", measure: "error", summary: summary, unit: unit, published: published, expected: expected)
    }

    private static let runs = [(0.9, 0.5), (0.1, 0.25), (0.1, 0.75), (0.4, 0.1)].enumerated().map { place, numbers in
        ExperimentRun(seed: UInt64(place + 1), trainingLoss: numbers.0, measures: ["error": numbers.1])
    }

    @Test func runsBecomeOneNumber() {
        let part = Self.part([.chosen, .mean, .deviation, .median].map { Self.row($0) })
        let ours = part.figures(of: Self.runs).map(\.ours)
        // Of two runs with the lowest loss the first is taken.
        #expect(ours[0] == 0.25 && part.chosen(of: Self.runs)?.seed == 2)
        #expect(ours[1] == 0.4)
        #expect(abs(ours[2] - (0.1 * 0.1 + 0.15 * 0.15 + 0.35 * 0.35 + 0.3 * 0.3).squareRoot() / 3.0.squareRoot()) < 1e-15)
        #expect(ours[3] == 0.375)
        #expect(part.figures(of: [Self.runs[3]]).map(\.ours) == [0.1, 0.1, 0, 0.1])
    }

    @Test func whatIsWrittenIsCompared() {
        let part = Self.part([
            Self.row(.chosen, published: 0.2, expected: 0.2504), Self.row(.chosen, expected: 0.2506), Self.row(.chosen),
            Self.row(.mean, unit: .number(decimals: 0), expected: 0),
        ])
        let figures = part.figures(of: Self.runs)
        #expect(figures.map(\.isAsExpected) == [true, false, nil, true])
        #expect(figures.map(\.difference).map { $0.map { ($0 * 100).rounded() } } == [5, nil, nil, nil])
        #expect(Experiment.Unit.share.text(0.12345) == "12.3%" && Experiment.Unit.number(decimals: 1).text(10.96) == "11.0")
    }

    @Test func aRowWithoutItsMeasureIsLeftOut() {
        let part = Self.part([Self.row(.mean)])
        #expect(part.figures(of: Self.runs + [ExperimentRun(seed: 9, trainingLoss: 1, measures: [:])]).isEmpty)
        #expect(part.figures(of: []).isEmpty)
    }

    @Test func everyPartHasItsRecipe() throws {
        for experiment in Experiment.all {
            #expect(!experiment.parts.isEmpty && !experiment.quickParts.isEmpty)
            for part in experiment.parts + experiment.quickParts {
                #expect(!part.rows.isEmpty && Set(part.seeds).count == part.seeds.count && !part.seeds.isEmpty)
                _ = try part.recipe(seed: part.seeds[0], in: Self.recipes)
            }
            // Runs of a part are found again in its folder, so a quick one may share it only by sharing the recipe.
            for quick in experiment.quickParts {
                guard let whole = experiment.parts.first(where: { $0.name == quick.name }) else { continue }
                #expect((whole.recipe, whole.overrides) == (quick.recipe, quick.overrides))
            }
        }
    }

    @Test func theLossIsThatOfTheLastUpdates() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("unroll-experiment-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let recipe = Recipe.questionAnswering(QuestionAnsweringRecipe(data: StoryData(stories: StorySection())))
        #expect(throws: (any Error).self) { try ExperimentRun(Self.part([]), seed: 1, recipe: recipe, folder: folder) }
        let lines = "{\"loss\":3,\"step\":1}\n{\"loss\":2,\"step\":2}\n{\"step\":2,\"validation_loss\":7}\n"
        try Data(lines.utf8).write(to: folder.appendingPathComponent("metrics.jsonl"))
        #expect(
            try ExperimentRun(Self.part([]), seed: 5, recipe: recipe, folder: folder)
                == ExperimentRun(seed: 5, trainingLoss: 2, measures: [:]))
    }
}
