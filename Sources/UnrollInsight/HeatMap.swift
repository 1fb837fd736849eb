import Foundation

/// Numbers over time as colours: units or layers down, steps across. Data first; `svg` draws it.
///
/// Steps of a sequence that is written from right to left run from right to left.
public struct HeatMap: Sendable, Equatable {
    /// How numbers become colours.
    public enum Scale: Sendable, Equatable {
        /// From a lowest number, dark, to a highest one, light.
        case sequential(ClosedRange<Double>)
        /// From minus a limit, blue, over zero, dark, to the limit, amber.
        case diverging(Double)
        /// Equal ratios of numbers above zero are equal steps; from the data, over eight powers of ten at most.
        case logarithmic
    }

    /// The headline.
    public let title: String
    /// A sentence under it.
    public let subtitle: String?
    /// What stands at each step.
    public let columns: [String]
    /// The names of the rows; where empty, rows are units and are counted.
    public let rows: [String]
    /// By row and column. What is not a number is grey.
    public let values: [[Double]]
    /// How numbers become colours.
    public let scale: Scale
    /// The numbers at the two ends of the colours.
    let ends: ClosedRange<Double>

    /// A heat map; each row has a number for each column.
    public init(title: String, subtitle: String? = nil, columns: [String], rows: [String] = [], values: [[Double]], scale: Scale) {
        precondition(rows.isEmpty || rows.count == values.count, "\(rows.count) names for \(values.count) rows")
        precondition(values.allSatisfy { $0.count == columns.count }, "a row without a number for each of \(columns.count) columns")
        self.title = title
        self.subtitle = subtitle
        self.columns = columns
        self.rows = rows
        self.values = values
        self.scale = scale
        switch scale {
        case .sequential(let range): ends = range
        case .diverging(let limit): ends = -limit...limit
        case .logarithmic:
            let shown = values.joined().filter { $0 > 0 && $0.isFinite }
            let most = shown.max() ?? 1
            ends = max(shown.min() ?? 1, most * 1e-8)...most
        }
    }

    /// The place of a number among the colours, 0 to 1; nil for what is not a number.
    func position(_ value: Double) -> Double? {
        guard value.isFinite else { return nil }
        guard ends.upperBound > ends.lowerBound else { return value >= ends.upperBound ? 1 : 0 }
        guard scale == .logarithmic else { return min(max((value - ends.lowerBound) / (ends.upperBound - ends.lowerBound), 0), 1) }
        guard value > ends.lowerBound else { return 0 }
        return min(log(value / ends.lowerBound) / log(ends.upperBound / ends.lowerBound), 1)
    }

    /// The map in words, for readers who do not see it.
    var summary: String {
        let kind = rows.isEmpty ? "\(values.count) units" : "\(values.count) rows"
        return
            "\(kind) over \(columns.count) steps; colours from \(ChartScale.plain(ends.lowerBound)) to \(ChartScale.plain(ends.upperBound))."
    }
}
