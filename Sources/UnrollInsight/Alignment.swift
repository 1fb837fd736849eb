/// What attention looked at: for every target token, how much weight each source token had.
public struct Alignment: Codable, Sendable, Equatable {
    /// The source sequence's tokens.
    public let source: [String]
    /// The target sequence's tokens.
    public let target: [String]
    /// The weights, target × source; each row is a softmax and so sums to 1.
    public let weights: [[Float]]
    /// The source as its writer would read it; pages show it above the tokens.
    public let sourceText: String?
    /// The target as its reader would read it.
    public let targetText: String?

    /// Makes an alignment. There must be one row for each target token and one weight in it for each source token.
    public init(source: [String], target: [String], weights: [[Float]], sourceText: String? = nil, targetText: String? = nil) {
        precondition(
            Self.mismatch(source: source, target: target, weights: weights) == nil,
            Self.mismatch(source: source, target: target, weights: weights) ?? "")
        self.source = source
        self.target = target
        self.weights = weights
        self.sourceText = sourceText
        self.targetText = targetText
    }

    /// Reads an alignment.
    ///
    /// - Throws: `DecodingError` where a key is missing, or the weights are not target × source.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        source = try container.decode([String].self, forKey: .source)
        target = try container.decode([String].self, forKey: .target)
        weights = try container.decode([[Float]].self, forKey: .weights)
        sourceText = try container.decodeIfPresent(String.self, forKey: .sourceText)
        targetText = try container.decodeIfPresent(String.self, forKey: .targetText)
        if let mismatch = Self.mismatch(source: source, target: target, weights: weights) {
            throw DecodingError.dataCorruptedError(forKey: .weights, in: container, debugDescription: mismatch)
        }
    }

    private static func mismatch(source: [String], target: [String], weights: [[Float]]) -> String? {
        guard weights.count == target.count else {
            return "must have a row for each of the \(target.count) target tokens, found \(weights.count) rows"
        }
        for (index, row) in weights.enumerated() where row.count != source.count {
            return "must have a weight for each of the \(source.count) source tokens, found \(row.count) in row \(index)"
        }
        return nil
    }
}
