import UnrollModules
import UnrollTensors

/// A model that makes a sequence token by token: what greedy search, beam search and sampling drive.
///
/// Every row stands for itself: what a row becomes does not depend on the rows beside it.
public protocol StepwiseDecoder: Sendable {
    /// Whatever a row carries from token to token.
    associatedtype State

    /// The most tokens that a source may have, and a target with its beginning; nil for any number.
    var longestSequence: Int? { get }

    /// One row for each source, each without special tokens.
    func start(_ sources: [[Int32]], _ context: Context) -> State

    /// Feeds one token to each row: the logarithms of the next token's probabilities [rows, vocabulary], the state after, and where the
    /// rows looked [rows, time] if they look anywhere and that is wanted.
    func step(
        _ tokens: [Int32], _ state: State, wantsWeights: Bool, _ context: Context
    ) -> (logProbabilities: Tensor, state: State, weights: Tensor?)

    /// Some rows, in the given order, some perhaps twice.
    func gathered(_ state: State, rows: [Int32]) -> State

    /// The rows of one state, and behind them those of another, which may be as many steps further on or behind as they like.
    func joined(_ first: State, _ second: State) -> State
}

extension StepwiseDecoder {
    /// Any number of tokens.
    public var longestSequence: Int? { nil }

    /// A step that says where the rows looked.
    public func step(
        _ tokens: [Int32], _ state: State, _ context: Context
    ) -> (logProbabilities: Tensor, state: State, weights: Tensor?) {
        step(tokens, state, wantsWeights: true, context)
    }
}

/// Sequences side by side, [longest, sequences], padded with 0.
func timeMajor(_ sequences: [[Int32]]) -> Tensor {
    let longest = sequences.map(\.count).max() ?? 0
    var tokens = [Int32](repeating: 0, count: longest * sequences.count)
    for (row, sequence) in sequences.enumerated() {
        for (step, token) in sequence.enumerated() { tokens[step * sequences.count + row] = token }
    }
    return Tensor(tokens, shape: [longest, sequences.count])
}
