/// Random strings that look for trouble: every sort of blank and mark, what the tokenizers' own notation uses, and scalars from anywhere.
struct RandomText {
    /// SplitMix64, so that a failure repeats.
    struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return mixed ^ (mixed >> 31)
        }
    }

    static let troublesome = [
        " ", " ", "  ", "\t", "\n", "\r\n", "\u{A0}", "\u{2009}", "\u{3000}", "\u{0}", "\u{1F}", "\u{85}", "\u{2028}", "\u{FEFF}",
        "\u{200B}",
        "\u{200C}", "\u{200D}", "\u{200E}", "\u{200F}", "\u{202E}", "\u{301}", "\u{308}", "\u{FE0F}", "\u{FFED}", "\u{FF05}", "\u{2581}",
        "\u{FF05}2581", "\u{FF05}FF05", "\u{FF05}0009", "\u{FF05}FFED", "\u{FF05}00", "\u{FFED}\u{FFED}", "%", "<pad>", "<unk>", "</s>",
        "a", "B",
        "é", "e\u{301}", "\u{212B}", "ß", "1", "23", "٣", "۴", "．", ".", ",", "'", "’", "-", ":", "\"", "„", "“", "(", ")", "...", "don't",
        "1,000.5", "语", "。", "کتاب", "می\u{200C}خواهم", "👩\u{200D}👩\u{200D}👧", "👍🏽", "🇩🇪", "\u{1F3FB}", "\u{E000}", "\u{10FFFF}", "\u{FFFF}",
        "\u{FFFD}", "\u{AD}", "ﬁ", "한", "\u{1112}\u{1161}",
    ]

    static func strings(count: Int, seed: UInt64) -> [String] {
        var generator = Generator(state: seed)
        return (0..<count).map { _ in
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                if Int.random(in: 0..<5, using: &generator) == 0 {
                    if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10_ffff, using: &generator)) { scalars.append(scalar) }
                } else {
                    scalars.append(contentsOf: troublesome[Int.random(in: 0..<troublesome.count, using: &generator)].unicodeScalars)
                }
            }
            return String(scalars)
        }
    }
}

/// The scalars of a string, by which tests compare: `==` on strings takes canonical equivalents for equal.
func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }
