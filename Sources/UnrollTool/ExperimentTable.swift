import Foundation
import Unroll

/// What the runs of a part came to, beside what was measured before and what the paper has.
struct ExperimentTable {
    private let part: Experiment.Part
    private let runs: [ExperimentRun]
    private let figures: [ExperimentFigure]

    init(_ part: Experiment.Part, _ runs: [ExperimentRun]) {
        self.part = part
        self.runs = runs
        figures = part.figures(of: runs)
    }

    /// How many numbers are not what was measured before.
    var differences: Int { figures.count { $0.isAsExpected == false } }

    // MARK: - Text

    var text: String {
        let seeds = runs.count == 1 ? "seed \(runs[0].seed)" : "\(runs.count) runs; the lowest loss in training has seed \(chosen)"
        let rows =
            [["", "", "ours", "before", "paper", "ours − paper"]]
            + figures.map { figure in
                let unit = figure.row.unit
                return [
                    figure.isAsExpected.map { $0 ? "✓" : "✗" } ?? " ", figure.row.title, unit.text(figure.ours),
                    figure.row.expected.map(unit.text) ?? "–", figure.row.published.map(unit.text) ?? "–",
                    figure.difference.map { ($0 < 0 ? "−" : "+") + unit.text(abs($0)) } ?? "–",
                ]
            }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column < 2 ? cell + space : space + cell
            }.joined(separator: "  ")
        }
        return "\(part.title)\n\(part.recipe), \(seeds)\n" + lines.map { $0 + "\n" }.joined()
    }

    private var chosen: UInt64 { part.chosen(of: runs)?.seed ?? 0 }

    // MARK: - JSON

    /// All parts.
    struct Listings: Encodable {
        let experiment: String
        let parts: [Listing]
    }

    /// One part.
    struct Listing: Encodable {
        struct Row: Encodable {
            let title, measure: String
            let summary: Experiment.Summary
            let ours: Double
            let expected, published, difference: Double?
            let asExpected: Bool?
        }
        let name, title, recipe: String
        let overrides: [String]
        let runs: [ExperimentRun]
        let chosenSeed: UInt64
        let rows: [Row]
    }

    var listing: Listing {
        Listing(
            name: part.name, title: part.title, recipe: part.recipe, overrides: part.overrides, runs: runs, chosenSeed: chosen,
            rows: figures.map { figure in
                let row = figure.row
                return Listing.Row(
                    title: row.title, measure: row.measure, summary: row.summary, ours: figure.ours, expected: row.expected,
                    published: row.published, difference: figure.difference, asExpected: figure.isAsExpected)
            })
    }
}
