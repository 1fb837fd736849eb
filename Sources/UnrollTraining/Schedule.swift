import Foundation
import UnrollModels

/// How the learning rate goes over a run: rate(step) = learning rate × factor(step).
public struct Schedule: Codable, Sendable, Equatable {
    /// The curves after the warm-up.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// 1.
        case constant
        /// γ^⌊n / every⌋, n the updates made at the full rate or below since the warm-up.
        case step
        /// γ^max(0, epoch − hold), epochs counted from 1. Zaremba 2014.
        case epoch
        /// γ^⌊(epoch − 1 − hold) / every⌋, epochs counted from 1; `hold_factor` in the first `hold` of them.
        case epochStep = "epoch_step"
        /// γ^(times that the validation did not improve for `patience` validations).
        case plateau
        /// √(warm-up / step). Vaswani 2017, whose factor is width^−½ · warm-up^−½ at the peak.
        case inverseSquareRoot = "inverse_square_root"
        /// minimum + (1 − minimum)(1 + cos(π · n / N)) / 2, n of the N updates since the warm-up made. Loshchilov & Hutter 2017, without restarts.
        case cosine
    }

    /// The curve.
    public var kind = Kind.constant
    /// Steps over which the rate rises linearly from 0.
    public var warmup = 0
    /// γ of `step`, `epoch`, `epoch_step` and `plateau`.
    public var factor = 0.5
    /// Steps between two reductions of `step`, epochs between those of `epoch_step`.
    public var every = 1000
    /// Epochs before `epoch` and `epoch_step` begin to count.
    public var hold = 1
    /// The factor of these epochs with `epoch_step`.
    public var holdFactor = 1.0
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
        hold = try values.count(.hold, default: hold, minimum: 0)
        holdFactor = try values.positive(.holdFactor, default: holdFactor)
        patience = try values.count(.patience, default: patience, minimum: 0)
        minimum = try values.value(.minimum, default: minimum)
        guard (0...1).contains(minimum) else { throw values.invalid(.minimum, "must be in 0…1, not \(minimum)") }
        if kind == .inverseSquareRoot, warmup == 0 { throw values.invalid(.warmup, "must be at least 1 for 'inverse_square_root'") }
    }

    /// The factor of the `step`-th update, counted from 1.
    ///
    /// - Parameters:
    ///   - step: the update.
    ///   - totalSteps: the last one, for `cosine`.
    ///   - epoch: the one that it belongs to, counted from 1.
    ///   - reductions: how often `plateau` has reduced.
    public func factor(step: Int, totalSteps: Int, epoch: Int = 1, reductions: Int) -> Double {
        if step < warmup { return Double(step) / Double(warmup) }
        // The first update at the full rate is the curve's start.
        let start = max(1, warmup)
        let passed = max(0, step - start)
        let curve =
            switch kind {
            case .constant: 1.0
            case .step: pow(factor, Double(passed / every))
            case .epoch: pow(factor, Double(max(0, epoch - hold)))
            case .epochStep: epoch <= hold ? holdFactor : pow(factor, Double((epoch - 1 - hold) / every))
            case .plateau: pow(factor, Double(reductions))
            case .inverseSquareRoot: (Double(start) / Double(start + passed)).squareRoot()
            case .cosine:
                minimum + (1 - minimum) * (1 + cos(.pi * min(1, Double(passed) / Double(max(1, totalSteps - start + 1))))) / 2
            }
        return max(minimum, curve)
    }
}
