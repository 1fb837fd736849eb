/// What a language model reads as one piece of language.
public enum TextUnit: String, Codable, Sendable, CaseIterable {
    /// A line; its end is the token `</s>`. Lines without text are left out.
    case line
    /// The whole text; ends of lines are characters like any other.
    case text

    /// The pieces of a text.
    ///
    /// - Parameter lines: its lines without their ends; of a whole text each ends with a line feed, the last one too.
    public func pieces(of lines: [String]) -> [String] {
        switch self {
        case .line: lines.filter { !$0.allSatisfy(\.isWhitespace) }
        case .text: lines.isEmpty ? [] : [lines.joined(separator: "\n") + "\n"]
        }
    }

    /// Parts pieces in two: lines between two lines, a whole text between two characters (Unicode scalars).
    ///
    /// - Parameter share: how much belongs to the second part; what is less than a line or a character belongs there too.
    public func parted(_ pieces: [String], share: Double) -> (first: [String], second: [String]) {
        switch self {
        case .line:
            let count = Int(Double(pieces.count) * (1 - share))
            return (Array(pieces[..<count]), Array(pieces[count...]))
        case .text:
            let scalars = Array(pieces.joined().unicodeScalars)
            let count = Int(Double(scalars.count) * (1 - share))
            return ([String(scalars[..<count])], [String(scalars[count...])])
        }
    }
}

extension TextCodec {
    /// The numbers of the tokens of a text's pieces, one after the other, with `</s>` after each line.
    public func encode(pieces: [String], unit: TextUnit) -> [Int32] {
        pieces.flatMap { encode($0, end: unit == .line) }
    }
}

extension String {
    fileprivate init(_ scalars: ArraySlice<Unicode.Scalar>) {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        self.init(text)
    }
}
