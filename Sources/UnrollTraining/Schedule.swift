import Foundation
import UnrollModels

/// How the learning rate goes over a run: rate(step) = learning rate × factor(step).
public struct Schedule: Codable, Sendable, Equatable {
    /// The curves after the warm-up.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// 1.
        case constant
        /// γ^⌊step / every⌋.
        case step
        /// γ^(times that the validation did not improve for `patience` validations).
        case plateau
        /// √(warm-up / step). Vaswani 2017, whose factor is width^−½ · warm-up^−½ at the peak.
        case inverseSquareRoot = "inverse_square_root"
        /// minimum + (1 − minimum)(1 + cos(π · progress)) / 2. Loshchilov & Hutter 2017, without restarts.
        case cosine
    }

    /// The curve.
    public var kind = Kind.constant
    /// Steps over which the rate rises linearly from 0.
    public var warmup = 0
    /// γ of `step` and `plateau`.
    public var factor = 0.5
    /// Steps between two reductions of `step`.
    public var every = 1000
    /// Validations without improvement before `plateau` reduces.
    public var patience = 1
    /// The smallest factor.
    public var minimum = 0.0

    /// A constant rate.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        kind = try values.value(.kind, default: kind)
        warmup = try values.count(.warmup, default: warmup, minimum: 0)
        factor = try values.positive(.factor, default: factor)
        every = try values.count(.every, default: every)
        patience = try values.count(.patience, default: patience, minimum: 0)
        minimum = try values.value(.minimum, default: minimum)
        if kind == .inverseSquareRoot, warmup == 0 { throw values.invalid(.warmup, "must be at least 1 for 'inverse_square_root'") }
    }

    /// The factor of the `step`-th update, counted from 1.
    ///
    /// - Parameters:
    ///   - step: the update.
    ///   - totalSteps: the last one, for `cosine`.
    ///   - reductions: how often `plateau` has reduced.
    public func factor(step: Int, totalSteps: Int, reductions: Int) -> Double {
        if step < warmup { return Double(step) / Double(warmup) }
        let curve =
            switch kind {
            case .constant: 1.0
            case .step: pow(factor, Double((step - warmup) / every))
            case .plateau: pow(factor, Double(reductions))
            case .inverseSquareRoot: (Double(warmup) / Double(step)).squareRoot()
            case .cosine:
                minimum + (1 - minimum) * (1 + cos(.pi * min(1, Double(step - warmup) / Double(max(1, totalSteps - warmup))))) / 2
            }
        return max(minimum, curve)
    }
}
