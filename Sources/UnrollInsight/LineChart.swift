/// Lines over two axes: quality against length, loss against steps. Data first; `svg` draws it.
///
///     let chart = LineChart(
///         title: "Copying", xAxis: .init("symbols"), yAxis: .init("right symbols, %", range: 0...100),
///         series: [.init("LSTM", [.init(5, 100), .init(40, 31)])])
///     try Data(chart.svg.utf8).write(to: url)
///
/// The picture follows the reader's light or dark colours, names each line where it ends, tells lines apart by the shape of their marks as well
/// as by colour, and holds no script and nothing from outside. The same chart always gives the same bytes.
public struct LineChart: Codable, Sendable, Equatable {
    /// A value at a place.
    public struct Point: Codable, Sendable, Equatable {
        /// Where, on the horizontal axis.
        public let x: Double
        /// How much. A value that is not finite is left out, and the line has a gap there.
        public let y: Double

        /// A value at a place.
        public init(_ x: Double, _ y: Double) {
            self.x = x
            self.y = y
        }

        /// Beyond 1e300 the difference of two values could overflow.
        var isDrawable: Bool { abs(x) < 1e300 && abs(y) < 1e300 }
    }

    /// One line.
    public struct Series: Codable, Sendable, Equatable {
        /// What stands at the line's end.
        public let name: String
        /// The points in the order in which they are joined.
        public let points: [Point]

        /// A named line through points.
        public init(_ name: String, _ points: [Point]) {
            self.name = name
            self.points = points
        }
    }

    /// One of the two axes.
    public struct Axis: Codable, Sendable, Equatable {
        /// What is measured, with its unit.
        public let title: String
        /// What the axis shows; from the data, to round numbers, if nil. Points outside are not drawn.
        public let range: ClosedRange<Double>?
        /// Whether equal distances are equal ratios, as for sizes that double. Points at 0 or below are then not drawn.
        public let isLogarithmic: Bool
        /// Whether what is measured is counted, as steps are, so that only whole numbers have a gridline.
        public let isCounted: Bool

        /// An axis.
        public init(_ title: String, range: ClosedRange<Double>? = nil, isLogarithmic: Bool = false, isCounted: Bool = false) {
            self.title = title
            self.range = range
            self.isLogarithmic = isLogarithmic
            self.isCounted = isCounted
        }

        /// Reads an axis; only its title must be given.
        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                try values.decode(String.self, forKey: .title), range: try values.decodeIfPresent(ClosedRange<Double>.self, forKey: .range),
                isLogarithmic: try values.decodeIfPresent(Bool.self, forKey: .isLogarithmic) ?? false,
                isCounted: try values.decodeIfPresent(Bool.self, forKey: .isCounted) ?? false)
        }
    }

    /// The headline.
    public var title: String
    /// A sentence under it, such as what was measured with.
    public var subtitle: String?
    /// The horizontal axis.
    public var xAxis: Axis
    /// The vertical axis.
    public var yAxis: Axis
    /// The lines; the first is drawn on top.
    public var series: [Series]

    /// Makes a chart.
    public init(title: String, subtitle: String? = nil, xAxis: Axis, yAxis: Axis, series: [Series]) {
        self.title = title
        self.subtitle = subtitle
        self.xAxis = xAxis
        self.yAxis = yAxis
        self.series = series
    }

    /// The chart in words, for readers who do not see it.
    public var summary: String {
        let lines = series.map { series in
            let drawn = series.points.filter(\.isDrawable)
            guard let first = drawn.first, let last = drawn.last else { return "\(series.name): no values" }
            let start = "\(ChartScale.plain(first.y)) at \(ChartScale.plain(first.x))"
            guard drawn.count > 1 else { return "\(series.name): \(start)" }
            return "\(series.name): from \(start) to \(ChartScale.plain(last.y)) at \(ChartScale.plain(last.x))"
        }
        return "\(yAxis.title) against \(xAxis.title). " + (lines.isEmpty ? "No lines." : lines.joined(separator: "; ") + ".")
    }
}
