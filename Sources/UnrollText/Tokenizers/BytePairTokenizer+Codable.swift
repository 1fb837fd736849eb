extension BytePairTokenizer: Codable {
    private enum Key: String, CodingKey {
        case alphabet, merges
    }

    /// Writes the alphabet as one string, and each merge as its two pieces with a blank between, which no piece holds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: alphabet)
        try container.encode(String(scalars), forKey: .alphabet)
        try container.encode(merges.map { "\($0.left) \($0.right)" }, forKey: .merges)
    }

    /// Reads what `encode(to:)` writes.
    ///
    /// - Throws: `TextError` where the merges do not build on the alphabet, and the decoder's own errors.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let alphabet = try container.decode(String.self, forKey: .alphabet)
        let place = location(decoder.codingPath + [Key.merges])
        let merges = try container.decode([String].self, forKey: .merges).enumerated().map { rank, line in
            let scalars = line.unicodeScalars
            guard let blank = scalars.firstIndex(of: " "), scalars[scalars.index(after: blank)...].firstIndex(of: " ") == nil else {
                throw TextError(
                    .malformedMerges, "\(place): merge \(rank + 1), \"\(line)\", must be two pieces with one blank between them")
            }
            return Merge(left: String(scalars[..<blank]), right: String(scalars[scalars.index(after: blank)...]))
        }
        do {
            try self.init(alphabet: alphabet.unicodeScalars, merges: merges)
        } catch let error as TextError {
            throw TextError(error.kind, "\(place): \(error.message)")
        }
    }
}
