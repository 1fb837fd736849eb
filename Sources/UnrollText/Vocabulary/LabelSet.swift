/// The numbers of labels, classes or tags: a closed set, in the order of the labels' bytes.
public struct LabelSet: Sendable, Equatable {
    /// The labels in the order of their numbers.
    public let names: [String]
    private let table: ByteStringTable

    /// How many labels there are.
    public var count: Int { names.count }

    /// The labels that occur among some, each once.
    public init(_ labels: some Sequence<String>) {
        var seen = ByteStringTable()
        for label in labels { _ = label.withBytes { seen.insert($0) } }
        self.init(distinct: (0..<seen.count).map { seen.string(at: $0) }.sorted { $0.precedesInBytes($1) })
    }

    private init(distinct names: [String]) {
        var table = ByteStringTable(minimumCapacity: names.count)
        for name in names { _ = name.withBytes { table.insert($0) } }
        self.names = names
        self.table = table
    }

    /// The number of a label; nil for one that is none of these.
    public func id(of label: String) -> Int32? {
        label.withBytes { table.index(of: $0) }.map { Int32($0) }
    }

    /// Whether these are tags of spans: `O`, and `B-` or `I-` before the name of a kind of span.
    public var areSpanTags: Bool {
        names.allSatisfy { $0 == "O" || $0.hasPrefix("B-") || $0.hasPrefix("I-") } && names.contains { $0.hasPrefix("B-") }
    }

    /// Whether both give the same labels the same numbers.
    public static func == (first: Self, second: Self) -> Bool {
        first.names.elementsEqual(second.names) { $0.hasSameBytes(as: $1) }
    }
}

extension LabelSet: Codable {
    /// Writes the labels as a plain array of strings.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(names)
    }

    /// Reads what `encode(to:)` writes.
    ///
    /// - Throws: `TextError` where there is no label or one occurs twice, and the decoder's own errors.
    public init(from decoder: any Decoder) throws {
        let names = try decoder.singleValueContainer().decode([String].self)
        self.init(distinct: names)
        guard !names.isEmpty, table.count == names.count else {
            throw TextError(
                .malformedVocabulary, "\(location(decoder.codingPath)): labels must be at least one and each once, these are \(names.count)"
            )
        }
    }
}
