import UnrollInsight

/// Alignments in several scripts, with weights that lean on the diagonal.
enum SampleAlignments {
    static let german = make(
        ["Ein", "kleiner", "Hund", "läuft", "über", "die", "grüne", "Wiese", ".", "</s>"],
        ["A", "small", "dog", "runs", "across", "the", "green", "meadow", ".", "</s>"],
        "Ein kleiner Hund läuft über die grüne Wiese.", "A small dog runs across the green meadow.")

    static let persian = make(
        ["دو", "مرد", "جوان", "در", "خیابان", "می‌خندند", "."],
        ["Two", "young", "men", "are", "laugh@@", "ing", "in", "the", "street", "."],
        "دو مرد جوان در خیابان می‌خندند.", "Two young men are laughing in the street.")

    static let intoPersian = make(
        ["Two", "young", "men", "are", "laughing", "."], ["دو", "مرد", "جوان", "می‌خندند", "."],
        "Two young men are laughing.", "دو مرد جوان می‌خندند.")

    static let japanese = make(
        ["二人", "の", "若い", "男性", "が", "通り", "で", "笑って", "いる", "。"],
        ["两", "名", "年轻", "男子", "在", "街上", "笑", "。"],
        "二人の若い男性が通りで笑っている。", "两名年轻男子在街上笑。")

    static let date = make(
        "۱۲ فروردین ۱۴۰۳".map(String.init), "2024-03-31".map(String.init), "۱۲ فروردین ۱۴۰۳", "2024-03-31")

    static let all = [german, persian, intoPersian, japanese, date]

    /// Weights that sum to 1 in each row and fall off from the diagonal, by a closed form.
    static func make(_ source: [String], _ target: [String], _ sourceText: String?, _ targetText: String?) -> Alignment {
        let weights = target.indices.map { row in
            let raw = source.indices.map { column -> Float in
                let distance = Float(column) / Float(max(1, source.count)) - Float(row) / Float(max(1, target.count))
                let wobble = 1 + Float((row * 7 + column * 5) % 11) / 4
                return wobble / (1 + 400 * distance * distance) / (1 + 100 * distance * distance)
            }
            let sum = raw.reduce(0, +)
            return raw.map { $0 / sum }
        }
        return Alignment(source: source, target: target, weights: weights, sourceText: sourceText, targetText: targetText)
    }
}
