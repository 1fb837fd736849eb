extension TokenDisplay {
    /// The direction of a sequence: that of most of its letters; none where there are no letters.
    static func direction(of tokens: [String]) -> Direction? {
        var rightToLeft = 0
        var leftToRight = 0
        for token in tokens where !(token.hasPrefix("<") && token.hasSuffix(">")) {
            for scalar in token.unicodeScalars {
                switch direction(of: scalar) {
                case .rightToLeft: rightToLeft += 1
                case .leftToRight: leftToRight += 1
                case nil: break
                }
            }
        }
        guard rightToLeft + leftToRight > 0 else { return nil }
        return rightToLeft > leftToRight ? .rightToLeft : .leftToRight
    }

    /// The direction of a letter; none for digits, marks and signs.
    static func direction(of scalar: Unicode.Scalar) -> Direction? {
        guard scalar.properties.isAlphabetic, !isCombining(scalar) else { return nil }
        switch scalar.value {
        case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFE, 0x10800...0x10FFF, 0x1E800...0x1EFFF: return .rightToLeft
        default: return .leftToRight
        }
    }

    /// The order of tokens from the right in text that is written from right to left: their own, except that a number's digits run from left
    /// to right, also where each is a token of its own; one separator between two digits belongs to the number, as in ۱۴۰۳/۱/۱۲.
    static func orderFromTheRight(_ tokens: [String]) -> [Int] {
        func isNumber(_ index: Int) -> Bool {
            tokens.indices.contains(index) && !tokens[index].isEmpty
                && tokens[index].unicodeScalars.allSatisfy { $0.properties.generalCategory == .decimalNumber }
        }
        var order: [Int] = []
        var index = 0
        while index < tokens.count {
            guard isNumber(index) else {
                order.append(index)
                index += 1
                continue
            }
            var end = index + 1
            while true {
                if isNumber(end) {
                    end += 1
                } else if isNumber(end + 1), ["/", ".", ",", ":", "-", "+", "٫", "٬"].contains(tokens[end].replacing(joint, with: "")) {
                    end += 2
                } else {
                    break
                }
            }
            order += (index..<end).reversed()
            index = end
        }
        return order
    }

    /// How a label beside a column is set: Chinese, Japanese and Korean upright, the rest turned as a whole so that letters stay joined.
    static func isUpright(_ token: String) -> Bool {
        token.unicodeScalars.contains { DisplayWidth.isWide($0) }
    }
}
