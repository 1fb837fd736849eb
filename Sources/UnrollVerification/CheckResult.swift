/// What a check of one entry found.
public struct CheckResult: Sendable {
    /// What is compared with what.
    public enum Check: String, Sendable, CaseIterable {
        /// The gradient with central differences, in double precision: element by element, |found − expected| against the larger of the
        /// two, but at least 1e-4.
        case gradient
        /// Values and gradients with those of the plain reference, in double precision, against each tensor's largest magnitude.
        case reference
        /// Values and gradients in single precision with those in double precision, against each tensor's largest magnitude, but for a
        /// gradient at least a hundredth of the largest of all gradients.
        case precision
        /// The gradient with itself: output by output, operand by operand, and with every variable used twice.
        case composition

        /// What the error must stay below.
        public var tolerance: Double {
            switch self {
            case .gradient: 1e-6
            case .reference: 1e-10
            case .precision: 1e-5
            case .composition: 1e-12
            }
        }
    }

    /// The entry's name.
    public let entry: String
    /// The entry's kind.
    public let group: CatalogueEntry.Group
    /// What was compared with what.
    public let check: Check
    /// The largest error; infinite where shapes differ or something is not a number.
    public let error: Double
    /// How many numbers were compared.
    public let comparisons: Int
    /// Where the largest error is, such as `gradient of weight[3, 1]: 0.25 instead of 0.5`; empty where all is exact.
    public let worst: String

    /// Whether every number agreed, and there was one to compare.
    public var passed: Bool { error < check.tolerance && comparisons > 0 }
}

extension CheckResult: CustomStringConvertible {
    /// The entry, the check, its error, and where it is.
    public var description: String {
        "\(passed ? "passed" : "FAILED"): \(entry): \(check.rawValue) \(error) of \(check.tolerance), \(comparisons) numbers"
            + (worst.isEmpty ? "" : "; \(worst)")
    }
}
