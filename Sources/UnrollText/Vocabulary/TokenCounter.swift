/// Counts tokens while a corpus streams by. Tokens are told apart by their bytes, never by canonical equivalence.
public struct TokenCounter: Sendable {
    private var tokens = ByteStringTable()
    private var counts: [Int] = []

    /// A counter that has seen nothing.
    public init() {}

    /// How many different tokens have been seen.
    public var distinctCount: Int { counts.count }

    /// Counts each of `tokens` once more.
    public mutating func add(_ tokens: some Sequence<String>) {
        for token in tokens {
            let index = token.withBytes { self.tokens.insert($0) }
            if index == counts.count { counts.append(1) } else { counts[index] += 1 }
        }
    }

    /// How often `token` has been seen.
    public func count(of token: String) -> Int {
        token.withBytes { tokens.index(of: $0) }.map { counts[$0] } ?? 0
    }

    /// The tokens seen at least `minimumFrequency` times, the most frequent first, equally frequent ones in the order of their bytes.
    public func ranked(minimumFrequency: Int = 1) -> [(token: String, count: Int)] {
        counts.indices.filter { counts[$0] >= minimumFrequency }
            .map { (token: tokens.string(at: $0), count: counts[$0]) }
            .sorted { $0.count != $1.count ? $0.count > $1.count : $0.token.precedesInBytes($1.token) }
    }
}
