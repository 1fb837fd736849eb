/// A long text as parallel streams that are read piece by piece, so that what a network carries from piece to piece goes on in each of them.
///
/// The text is cut into `count` parts of equal length, of which the last may be shorter; stream b is part b. Piece p holds the same steps of all of
/// them. At each step a stream reads a token and must say the next one; its first reads the token before its part.
public struct TextStreams: Sendable {
    /// Some steps of all streams, time-major: step t of stream b stands at t · count + b.
    public struct Piece: Sendable, Equatable {
        /// The tokens read, `[time, count]`; 0 where a stream is over.
        public let inputs: [Int32]
        /// The tokens to be said, `[time, count]`; −1 where a stream is over.
        public let targets: [Int32]
        /// Steps.
        public let time: Int
        /// How many targets are tokens.
        public let tokenCount: Int
        /// Whether the streams begin with this piece.
        public let isFirst: Bool
    }

    /// The text.
    public let tokens: [Int32]
    /// How many streams there are.
    public let count: Int
    /// Steps of a piece; the last one may have fewer.
    public let pieceLength: Int
    private let first: Int32

    /// Streams over a text.
    ///
    /// - Parameters:
    ///   - tokens: the text.
    ///   - first: the token that the text's first one follows.
    ///   - count: how many streams.
    ///   - pieceLength: steps of a piece.
    /// - Throws: `CorpusError` where there is no token (`.empty`), or count or length are below 1 (`.invalidOption`).
    public init(_ tokens: [Int32], first: Int32, count: Int, pieceLength: Int) throws {
        guard count >= 1, pieceLength >= 1 else {
            throw CorpusError(
                .invalidOption, "\(count) streams and pieces of \(pieceLength) tokens were asked for; both must be at least 1.")
        }
        guard !tokens.isEmpty else { throw CorpusError(.empty, "there is no token to learn from or to measure with.") }
        self.tokens = tokens
        self.first = first
        self.count = min(count, tokens.count)
        self.pieceLength = pieceLength
    }

    /// Steps of the longest stream.
    private var length: Int { (tokens.count + count - 1) / count }

    /// How many pieces it takes to read the text.
    public var pieceCount: Int { (length + pieceLength - 1) / pieceLength }

    /// A piece, counted from 0.
    public func piece(_ index: Int) -> Piece {
        let start = index * pieceLength
        let time = min(pieceLength, length - start)
        var inputs = [Int32](repeating: 0, count: time * count)
        var targets = [Int32](repeating: -1, count: time * count)
        var tokenCount = 0
        for stream in 0..<count {
            for step in 0..<time {
                let place = stream * length + start + step
                guard start + step < length, place < tokens.count else { break }
                inputs[step * count + stream] = place == 0 ? first : tokens[place - 1]
                targets[step * count + stream] = tokens[place]
                tokenCount += 1
            }
        }
        return Piece(inputs: inputs, targets: targets, time: time, tokenCount: tokenCount, isFirst: index == 0)
    }
}
