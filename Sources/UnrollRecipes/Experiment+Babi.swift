import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollTraining

extension Experiment {
    /// The bAbI tasks (Weston 2015) by memory networks.
    public static let babi = Experiment(
        name: "babi", title: "the 20 bAbI tasks by memory networks (Sukhbaatar 2015, Weston 2015)",
        parts: [jointly, supervised, jointlyOfTenThousand],
        quickParts: [shortly])

    /// The errors in Sukhbaatar 2015, table 1: three hops, position encoding, linear start, random noise, joint.
    private static let publishedJointly = [
        0.0, 11.4, 21.9, 13.4, 14.4, 2.8, 18.3, 9.3, 1.9, 6.5, 0.3, 0.1, 0.2, 6.9, 0.0, 2.7, 40.4, 9.4, 88.0, 0.0,
    ]

    private static let jointly = Part(
        name: "joint-1k", title: "all tasks by one network of three hops, 1,000 questions each", recipe: "babi-joint.yaml", overrides: [],
        seeds: Array(1...10),
        rows: rows(
            published: publishedJointly, mean: 12.4, failed: 11,
            expected: [0.0, 9.6, 23.9, 2.1, 13.9, 2.7, 16.7, 8.4, 2.0, 7.1, 0.5, 0.1, 0.0, 4.0, 0.0, 0.4, 44.9, 10.1, 90.2, 0.0], 11.83, 9)
            + spread(expected: (12.26, 0.78, 9.0)),
        measure: errors)

    private static let shortly = Part(
        name: "joint-1k", title: "all tasks by one network of three hops, 1,000 questions each: the first three runs",
        recipe: "babi-joint.yaml", overrides: [], seeds: Array(1...3),
        rows: rows(
            published: publishedJointly, mean: 12.4, failed: 11,
            expected: [0.1, 10.7, 25.5, 2.8, 14.2, 2.7, 15.3, 9.7, 2.1, 7.3, 1.0, 0.0, 0.2, 1.0, 0.0, 0.9, 45.1, 9.7, 93.3, 0.0], 12.08, 9)
            + spread(expected: (12.70, 1.21, 9.0)),
        measure: errors)

    private static let supervised = Part(
        name: "supervised-1k",
        title: "the same, told which sentences to read (Weston 2015: with adaptive memory, n-grams and a non-linear match)",
        recipe: "babi-supervised.yaml", overrides: [], seeds: [1],
        rows: rows(
            published: [0, 0, 0, 0, 2, 0, 15, 9, 0, 2, 0, 0, 0, 1, 0, 0, 35, 5, 64, 0], mean: 6.7, failed: 4,
            expected: [0.0, 10.2, 17.9, 21.7, 9.0, 1.9, 18.0, 13.0, 1.2, 13.7, 3.2, 0.0, 1.9, 1.8, 0.0, 0.4, 52.2, 41.5, 85.3, 0.0], 14.64,
            10),
        measure: errors)

    /// The paper's numbers as Graves 2016 has them by task.
    private static let jointlyOfTenThousand = Part(
        name: "joint-10k",
        title: "all tasks by one network of three hops with layer-wise tying, 10,000 questions each, of task 3 1,925",
        recipe: "babi-joint-10k.yaml", overrides: [], seeds: [1, 2, 3],
        rows: rows(
            published: [0.0, 1.0, 6.8, 0.0, 6.1, 0.1, 6.6, 2.7, 0.0, 0.5, 0.0, 0.1, 0.0, 0.0, 0.2, 0.2, 41.8, 8.0, 75.7, 0.0], mean: 7.5,
            failed: 6, expected: [0.0, 0.7, 18.8, 0.0, 0.4, 0.1, 2.4, 1.7, 0.2, 0.2, 0.5, 0.0, 0.0, 0.0, 0.0, 55.7, 26.3, 7.5, 28.0, 0.0],
            7.125, 5)
            + spread(expected: (8.245, 1.033, 5.0)),
        measure: errors)

    // MARK: - Rows

    private static let names = [
        "single supporting fact", "two supporting facts", "three supporting facts", "two-argument relations", "three-argument relations",
        "yes/no questions", "counting", "lists and sets", "simple negation", "indefinite knowledge", "basic coreference", "conjunction",
        "compound coreference", "time reasoning", "basic deduction", "basic induction", "positional reasoning", "size reasoning",
        "path finding", "agents' motivations",
    ]

    private static let meanError = "mean_error"
    private static let failedTasks = "failed_tasks"

    /// A row for each task, the mean of their errors, and how many have more than 5%, all of the chosen run; errors in percent.
    private static func rows(
        published: [Double], mean: Double, failed: Double, expected: [Double], _ expectedMean: Double, _ expectedFailed: Double
    ) -> [Row] {
        let tasks = names.indices.map { place in
            Row(
                title: "\(place + 1) \(names[place])", measure: "\(place + 1)", summary: .chosen, unit: .share,
                published: published[place] / 100, expected: expected[place] / 100)
        }
        return tasks + [
            Row(
                title: "mean error", measure: meanError, summary: .chosen, unit: .share, published: mean / 100,
                expected: expectedMean / 100),
            Row(
                title: "failed tasks", measure: failedTasks, summary: .chosen, unit: .number(decimals: 0), published: failed,
                expected: expectedFailed),
        ]
    }

    /// How the runs differ; errors in percent.
    private static func spread(expected: (mean: Double, deviation: Double, failed: Double)) -> [Row] {
        [
            Row(
                title: "mean error, mean of all runs", measure: meanError, summary: .mean, unit: .share, published: nil,
                expected: expected.mean / 100),
            Row(
                title: "mean error, deviation", measure: meanError, summary: .deviation, unit: .share, published: nil,
                expected: expected.deviation / 100),
            Row(
                title: "failed tasks, mean of all runs", measure: failedTasks, summary: .mean, unit: .number(decimals: 1), published: nil,
                expected: expected.failed),
        ]
    }

    /// The errors of the last model on the recipe's test files: of each task by its number, their mean, and how many tasks failed.
    private static let errors: @Sendable (URL, Recipe) throws -> [String: Double] = { folder, recipe in
        let model = try QuestionAnsweringModel(contentsOf: folder.appendingPathComponent("last.safetensors"))
        guard case .questionAnswering(let sections) = recipe else { return [:] }
        let quality = try model.quality(on: sections.data.test())
        var measures = [meanError: quality.meanError, failedTasks: Double(quality.failedTasks)]
        for task in quality.tasks { measures[String(task.name.prefix { $0.isNumber })] = task.error }
        return measures
    }
}
