/// One training example as tokens.
public struct Example: Sendable, Equatable {
    /// The source's tokens, without padding.
    public let source: [Int32]
    /// The target's tokens, without start, end or padding.
    public let target: [Int32]
    /// Its place in the corpus, counted from 0 over the examples that were kept.
    public let index: Int

    /// An example at place `index`.
    public init(source: [Int32], target: [Int32], index: Int) {
        self.source = source
        self.target = target
        self.index = index
    }
}
