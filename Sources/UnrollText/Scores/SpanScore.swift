/// How many spans of tagged words are right, as the CoNLL shared tasks count: a span is right where kind, first and last word are (Tjong Kim Sang &
/// Buchholz 2000).
///
/// A span begins at `B-kind`, and at `I-kind` after anything but the same kind; it ends before the next one begins, before `O`, and with the sentence.
public struct SpanScore: Sendable, Equatable {
    /// A run of words with one kind.
    public struct Span: Sendable, Hashable {
        /// The kind.
        public let kind: String
        /// The places of its words.
        public let words: Range<Int>
    }

    /// Spans of the reference.
    public private(set) var expected = 0
    /// Spans of the output.
    public private(set) var found = 0
    /// Spans of the output that are also the reference's.
    public private(set) var right = 0

    /// Nothing counted yet.
    public init() {}

    /// Counts a sentence's spans.
    ///
    /// - Parameters:
    ///   - tags: of the output.
    ///   - reference: the right ones, as many.
    public mutating func add(_ tags: [String], reference: [String]) {
        precondition(tags.count == reference.count, "\(tags.count) tags for \(reference.count) words")
        let (spans, wanted) = (Self.spans(tags), Self.spans(reference))
        expected += wanted.count
        found += spans.count
        right += Set(spans).intersection(wanted).count
    }

    /// The share of right ones among those found; 0 where none was found.
    public var precision: Double { found == 0 ? 0 : Double(right) / Double(found) }

    /// The share of right ones among those to be found; 0 where there is none.
    public var recall: Double { expected == 0 ? 0 : Double(right) / Double(expected) }

    /// 2 · precision · recall / (precision + recall); 0 where nothing is right.
    public var f1: Double { right == 0 ? 0 : 2 * precision * recall / (precision + recall) }

    /// The spans of a sentence.
    public static func spans(_ tags: [String]) -> [Span] {
        var spans: [Span] = []
        var open: (kind: Substring, start: Int)?
        func close(at end: Int) {
            if let open { spans.append(Span(kind: String(open.kind), words: open.start..<end)) }
            open = nil
        }
        for (place, tag) in tags.enumerated() {
            guard tag.hasPrefix("B-") || tag.hasPrefix("I-") else {
                close(at: place)
                continue
            }
            let kind = tag.dropFirst(2)
            if tag.hasPrefix("I-"), open?.kind == kind { continue }
            close(at: place)
            open = (kind, place)
        }
        close(at: tags.count)
        return spans
    }
}
