import Foundation

/// An axis of a chart: which values it spans, and at which round numbers it has its gridlines.
struct ChartScale {
    /// The first and last value of the axis.
    let domain: ClosedRange<Double>
    /// The values with a gridline, multiples of 1, 2 or 5 times a power of ten.
    let ticks: [Double]
    /// The distance of two ticks; nil where equal distances are equal ratios.
    private let step: Double?

    /// A scale for values.
    ///
    /// - Parameters:
    ///   - values: what is to be shown; finite.
    ///   - range: what the axis shows; if nil it begins and ends at the round numbers around the values.
    ///   - intervals: about how many steps to divide it into.
    ///   - leastStep: the smallest distance of two gridlines.
    init(_ values: [Double], range: ClosedRange<Double>?, intervals: Int, leastStep: Double = 0) {
        let (low, high) = Self.widened(range?.lowerBound ?? values.min() ?? 0, range?.upperBound ?? values.max() ?? 1)
        let step = max(Self.roundStep((high - low) / Double(intervals)), leastStep)
        // A value a rounding error beyond a multiple of the step counts as that multiple.
        let first = range == nil ? (low / step + 1e-9).rounded(.down) : (low / step - 1e-9).rounded(.up)
        let last = range == nil ? (high / step - 1e-9).rounded(.up) : (high / step + 1e-9).rounded(.down)
        ticks = (0...Int(min(max(last - first, 0), 100))).map { (first + Double($0)) * step }
        domain = range == nil ? min(low, first * step)...max(high, last * step) : low...high
        self.step = step
    }

    /// A scale on which equal distances are equal ratios; values that are not above 0 have no place on it.
    init(logarithmic values: [Double], range: ClosedRange<Double>?) {
        let values = values.filter { $0 >= Self.leastLogarithmic }
        var high = range?.upperBound ?? values.max() ?? 10
        if high < Self.leastLogarithmic { high = 10 }
        var low = range?.lowerBound ?? values.min() ?? 1
        if low < Self.leastLogarithmic { low = min(values.min() ?? high / 10, high / 10) }
        if high <= low * (1 + 1e-9) { (low, high) = (low / 2, high * 2) }
        domain = low...high
        step = nil
        let exponents = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
        let powers = exponents.filter { $0.isMultiple(of: (exponents.count + 9) / 10) }.map { pow(10, Double($0)) }
        let all = powers.flatMap { power in [1, 2, 5].map { $0 * power } }.filter(domain.contains)
        ticks = all.count <= 10 ? all : powers.filter(domain.contains)
    }

    /// Smaller numbers are taken for zero where equal distances are equal ratios.
    private static let leastLogarithmic = 1e-300

    /// Where a value lies, from 0 at the axis's beginning to 1 at its end.
    func position(_ value: Double) -> Double {
        step == nil
            ? (log(value) - log(domain.lowerBound)) / (log(domain.upperBound) - log(domain.lowerBound))
            : (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
    }

    /// Whether the axis reaches a value.
    func contains(_ value: Double) -> Bool { domain.contains(value) }

    /// A tick's number, with as many decimals as tell it from the next one.
    func label(_ tick: Double) -> String {
        guard let step else { return Self.plain(tick) }
        let decimals = max(0, -Int((log10(step) + 1e-9).rounded(.down)))
        if decimals > 6 || abs(tick) >= 1e9 { return Self.plain(tick) }
        // A tick at zero must not read "-0".
        return String(format: "%.\(decimals)f", tick == 0 ? 0 : tick).replacing("-", with: "−")
    }

    /// A number for reading, to four significant digits.
    static func plain(_ value: Double) -> String {
        if abs(value) < 1e9, value == value.rounded() { return String(Int(value)).replacing("-", with: "−") }
        return String(format: "%.4g", value).replacing("-", with: "−")
    }

    /// One value alone, or several too close to be told apart, get room around them.
    private static func widened(_ low: Double, _ high: Double) -> (Double, Double) {
        let size = max(abs(low), abs(high))
        // Far below anything measured, the steps between two values would be lost to underflow.
        let least = 1e-200
        if high - low > max(size * 1e-9, least) { return (low, high) }
        let room = size < least ? 1 : size / 2
        return (low - room, high + room)
    }

    private static func roundStep(_ rough: Double) -> Double {
        let exponent = log10(rough).rounded(.down)
        let ratio = rough / pow(10, exponent)
        let factor = [1.0, 2, 5].first { ratio <= $0 * (1 + 1e-9) } ?? 10
        return factor * pow(10, exponent)
    }
}
