/// A type that one word of YAML spells.
protocol RecipeScalar: Decodable {
    /// What the type is called in "must be …".
    static var expectation: String { get }
    /// The value, or none where the word does not spell one.
    init?(recipeText: String, isQuoted: Bool)
}

extension String: RecipeScalar {
    static var expectation: String { "text" }

    init?(recipeText: String, isQuoted: Bool) { self = recipeText }
}

extension Bool: RecipeScalar {
    static var expectation: String { "true or false" }

    init?(recipeText: String, isQuoted: Bool) {
        guard !isQuoted else { return nil }
        switch recipeText {
        case "true", "True", "TRUE": self = true
        case "false", "False", "FALSE": self = false
        default: return nil
        }
    }
}

extension RecipeScalar where Self: FixedWidthInteger {
    static var expectation: String {
        bitWidth < 64 || !isSigned ? "a whole number from \(min) to \(max)" : "a whole number"
    }

    init?(recipeText: String, isQuoted: Bool) {
        guard !isQuoted, let number = NumberText(recipeText) else { return nil }
        if number.isWhole {
            self.init(number.digits)
        } else {
            // 1e5 steps are welcome as long as the floating-point value is certainly the number that was written.
            guard let value = Double(number.digits), value.magnitude <= 0x1p53 else { return nil }
            self.init(exactly: value)
        }
    }
}

extension Int: RecipeScalar {}
extension Int8: RecipeScalar {}
extension Int16: RecipeScalar {}
extension Int32: RecipeScalar {}
extension Int64: RecipeScalar {}
extension UInt: RecipeScalar {}
extension UInt8: RecipeScalar {}
extension UInt16: RecipeScalar {}
extension UInt32: RecipeScalar {}
extension UInt64: RecipeScalar {}

extension RecipeScalar where Self: BinaryFloatingPoint & LosslessStringConvertible {
    static var expectation: String { "a number" }

    init?(recipeText: String, isQuoted: Bool) {
        guard !isQuoted else { return nil }
        switch recipeText {
        case ".inf", "+.inf": self = .infinity
        case "-.inf": self = -.infinity
        default:
            guard let number = NumberText(recipeText), let value = Self(number.digits), value.isFinite else { return nil }
            self = value
        }
    }
}

extension Double: RecipeScalar {}
extension Float: RecipeScalar {}

/// A decimal number as YAML 1.2 writes it, with underscores allowed between digits.
struct NumberText {
    /// The number without underscores.
    let digits: String
    /// Whether it has neither a fraction nor an exponent.
    let isWhole: Bool

    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        var digits: [UInt8] = []

        func takeDigits() -> Bool? {
            var count = 0
            while let byte = rest.first {
                if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                    digits.append(byte)
                    count += 1
                } else if byte == UInt8(ascii: "_") {
                    guard count > 0, let next = rest.dropFirst().first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) else {
                        return nil
                    }
                } else {
                    break
                }
                rest.removeFirst()
            }
            return count > 0
        }

        func take(_ characters: StaticString) -> Bool {
            guard let byte = rest.first, characters.withUTF8Buffer({ $0.contains(byte) }) else { return false }
            digits.append(byte)
            rest.removeFirst()
            return true
        }

        _ = take("+-")
        guard let hasWhole = takeDigits() else { return nil }
        var isWhole = true
        var hasFraction = false
        if take(".") {
            isWhole = false
            guard let fraction = takeDigits() else { return nil }
            hasFraction = fraction
            // Swift's own parser wants a digit after the point.
            if !fraction { digits.append(UInt8(ascii: "0")) }
        }
        guard hasWhole || hasFraction else { return nil }
        if take("eE") {
            isWhole = false
            _ = take("+-")
            guard takeDigits() == true else { return nil }
        }
        guard rest.isEmpty else { return nil }
        self.digits = String(decoding: digits, as: UTF8.self)
        self.isWhole = isWhole
    }
}
