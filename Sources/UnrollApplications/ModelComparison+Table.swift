import Foundation
import UnrollInsight

extension ModelComparison {
    /// The comparison for a terminal: for each measure a table of lengths and models, the best of a row marked with `*`.
    public var table: String {
        QualityByLength.Measure.allCases.map(table).joined(separator: "\n")
    }

    /// One measure for a terminal.
    public func table(_ measure: QualityByLength.Measure) -> String {
        guard let first = models.first?.quality else { return "" }
        var rows = [[first.unit.plural, "sentences"] + models.map(\.label)]
        for (index, bucket) in first.buckets.enumerated() {
            let range = bucket.shortest == bucket.longest ? "\(bucket.shortest)" : "\(bucket.shortest)–\(bucket.longest)"
            rows.append([range, "\(bucket.sentences)"] + cells(models.map { $0.quality.buckets[index].percent(measure) }))
        }
        rows.append(["all", "\(first.overall.sentences)"] + cells(models.map { $0.quality.overall.percent(measure) }))
        return measure.heading + "\n" + Self.aligned(rows)
    }

    /// Numbers with one decimal. The best of them has a mark, unless all read the same.
    private func cells(_ values: [Double]) -> [String] {
        let texts = values.map { String(format: "%.1f", $0) }
        let best = values.indices.max { (values[$0], -$0) < (values[$1], -$1) }.map { texts[$0] }
        let isDecided = texts.contains { $0 != best }
        return texts.map { $0 + (isDecided && $0 == best ? "*" : " ") }
    }

    /// Columns set flush right, two blanks apart, whatever script the labels are in.
    private static func aligned(_ rows: [[String]]) -> String {
        var cells = rows
        // A heading stands over the digits, not over the mark after them.
        for column in cells[0].indices.dropFirst(2) { cells[0][column] += " " }
        let widths = cells[0].indices.map { column in cells.map { DisplayWidth.columns(of: $0[column]) }.max() ?? 0 }
        return cells.map { row in
            var line = ""
            for (cell, width) in zip(row, widths) {
                line += (line.isEmpty ? "" : "  ") + String(repeating: " ", count: width - DisplayWidth.columns(of: cell)) + cell
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
