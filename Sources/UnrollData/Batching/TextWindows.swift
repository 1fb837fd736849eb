/// A long text as windows that overlap, for a network that forgets what stands before its window.
///
/// Window w reads from token w · stride on. Of the first window all targets count, of each further one those that the one before did not have, so that each
/// token counts once, and all but the first ones are said from at least length − stride tokens before them.
public struct TextWindows: Sendable {
    /// The text.
    public let tokens: [Int32]
    /// Steps of a window; the last one may have fewer.
    public let length: Int
    /// How many tokens further each window begins.
    public let stride: Int
    private let first: Int32

    /// Windows over a text.
    ///
    /// - Parameters:
    ///   - tokens: the text.
    ///   - first: the token that the text's first one follows.
    ///   - length: steps of a window.
    ///   - stride: how many tokens further each window begins; no more than `length`.
    /// - Throws: `CorpusError` where there is no token (`.empty`), or length and stride make no sense (`.invalidOption`).
    public init(_ tokens: [Int32], first: Int32, length: Int, stride: Int) throws {
        guard length >= 1, (1...length).contains(stride) else {
            throw CorpusError(
                .invalidOption, "windows of \(length) tokens, one each \(stride); both must be at least 1, and none be left out.")
        }
        guard !tokens.isEmpty else { throw CorpusError(.empty, "there is no token to measure with.") }
        self.tokens = tokens
        self.first = first
        self.length = length
        self.stride = stride
    }

    /// How many windows it takes to say each token.
    public var count: Int { 1 + (max(0, tokens.count - length) + stride - 1) / stride }

    /// Some windows side by side, as a piece of so many streams: a target that does not count is −1.
    public func piece(_ windows: Range<Int>) -> TextStreams.Piece {
        let time = min(length, tokens.count - windows.lowerBound * stride)
        var inputs = [Int32](repeating: 0, count: time * windows.count)
        var targets = [Int32](repeating: -1, count: time * windows.count)
        var tokenCount = 0
        for (row, window) in windows.enumerated() {
            let start = window * stride
            for step in 0..<min(length, tokens.count - start) {
                let place = start + step
                inputs[step * windows.count + row] = place == 0 ? first : tokens[place - 1]
                guard window == 0 || step >= length - stride else { continue }
                targets[step * windows.count + row] = tokens[place]
                tokenCount += 1
            }
        }
        return TextStreams.Piece(inputs: inputs, targets: targets, time: time, tokenCount: tokenCount, isFirst: windows.lowerBound == 0)
    }
}
