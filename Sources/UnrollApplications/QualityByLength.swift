import UnrollText

/// How good outputs are, by the length of what they were made from: where a model's memory gives out.
///
/// Sources are sorted into buckets by their length: with a width of 10, those of 1 to 10 words, of 11 to 20, and so on. Three measures are taken of
/// each bucket and of all together:
///
/// - **token accuracy**: the share of places at which output and reference have the same word; of sentences of unequal length the longer one's
///   places count, so that what is missing and what is too much are both errors. Strict where words may move: it is meant for copying, tagging, dates;
/// - **exact match**: the share of outputs that equal their reference;
/// - **BLEU** of the bucket as a corpus, `sacreBLEU`'s default.
public struct QualityByLength: Codable, Sendable, Equatable {
    /// What lengths and places are counted in.
    public enum Unit: String, Codable, Sendable, CaseIterable {
        /// What stands between white space.
        case word
        /// Characters as a reader counts them, for writing without blanks.
        case character
    }

    /// The measures.
    public enum Measure: String, Codable, Sendable, CaseIterable {
        /// The share of places with the right word.
        case accuracy
        /// The share of outputs that are right as a whole.
        case exact
        /// BLEU.
        case bleu
    }

    /// What was measured on the sources of some lengths.
    public struct Bucket: Codable, Sendable, Equatable {
        /// The shortest length that belongs to the bucket; of all together, that occurs.
        public let shortest: Int
        /// The longest length that belongs to the bucket; of all together, that occurs.
        public let longest: Int
        /// The mean length of its sources.
        public let meanLength: Double
        /// How many there are.
        public let sentences: Int
        /// Token accuracy, from 0 to 1.
        public let accuracy: Double
        /// The share of outputs that equal their reference, from 0 to 1.
        public let exactMatch: Double
        /// BLEU, from 0 to 100.
        public let bleu: Double

        /// A measure, from 0 to 100.
        public func percent(_ measure: Measure) -> Double {
            switch measure {
            case .accuracy: 100 * accuracy
            case .exact: 100 * exactMatch
            case .bleu: bleu
            }
        }
    }

    /// What lengths are counted in.
    public let unit: Unit
    /// The buckets that have sources, the shortest first.
    public let buckets: [Bucket]
    /// All of them together.
    public let overall: Bucket

    /// Measures outputs.
    ///
    /// - Parameters:
    ///   - sources: what the outputs were made from. One without a word belongs to the first bucket.
    ///   - outputs: what came out, one for each source.
    ///   - references: what should have, one for each source.
    ///   - width: how many lengths share a bucket; at least 1.
    ///   - unit: what lengths and places are counted in.
    /// - Throws: `TextError` where there is nothing to measure or the numbers of lines differ.
    public init(sources: [String], outputs: [String], references: [String], width: Int, unit: Unit = .word) throws {
        precondition(width >= 1, "a bucket of \(width) lengths is none")
        precondition(sources.count == outputs.count, "\(outputs.count) outputs of \(sources.count) sources")
        // The score checks what comes from files: that there is something, and as many references as outputs.
        _ = try ExactMatch(of: outputs, against: references)
        var sums: [Int: Sum] = [:]
        var total = Sum()
        var lengths: [Int] = []
        for ((source, output), reference) in zip(zip(sources, outputs), references) {
            let length = unit.parts(of: source).count
            let sum = Sum(length: length, output: output, reference: reference, unit)
            sums[max(0, length - 1) / width, default: Sum()] += sum
            total += sum
            lengths.append(length)
        }
        self.unit = unit
        buckets = sums.keys.sorted().compactMap { key in
            sums[key]?.bucket(shortest: key * width + 1, longest: (key + 1) * width)
        }
        overall = total.bucket(shortest: lengths.min() ?? 0, longest: lengths.max() ?? 0)
    }
}

extension QualityByLength.Unit {
    /// The parts whose places are compared.
    func parts(of text: String) -> [Substring] {
        switch self {
        case .word: text.split(whereSeparator: \.isWhitespace)
        case .character: text.indices.map { text[$0...$0] }
        }
    }
}

/// What the measures of a bucket are made of; sums of it give those of several together.
private struct Sum {
    private var lengths = 0
    private var places = 0
    private var hits = 0
    private var matches = 0
    private var sentences = 0
    private var bleu = BLEU.Statistics()

    init() {}

    init(length: Int, output: String, reference: String, _ unit: QualityByLength.Unit) {
        let (written, wanted) = (unit.parts(of: output), unit.parts(of: reference))
        lengths = length
        places = max(written.count, wanted.count)
        // Compared byte by byte: two spellings of one letter are two answers.
        hits = zip(written, wanted).count { $0.utf8.elementsEqual($1.utf8) }
        matches = output.utf8.elementsEqual(reference.utf8) ? 1 : 0
        sentences = 1
        bleu = BLEU().statistics(of: output, against: [reference])
    }

    static func += (sum: inout Sum, other: Sum) {
        sum.lengths += other.lengths
        sum.places += other.places
        sum.hits += other.hits
        sum.matches += other.matches
        sum.sentences += other.sentences
        sum.bleu += other.bleu
    }

    func bucket(shortest: Int, longest: Int) -> QualityByLength.Bucket {
        QualityByLength.Bucket(
            shortest: shortest, longest: longest, meanLength: Double(lengths) / Double(sentences), sentences: sentences,
            accuracy: places == 0 ? 1 : Double(hits) / Double(places), exactMatch: Double(matches) / Double(sentences),
            bleu: BLEU().score(of: bleu).score)
    }
}
