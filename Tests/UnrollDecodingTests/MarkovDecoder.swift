import Foundation
import UnrollModels
import UnrollModules
import UnrollTensors

@testable import UnrollDecoding

/// A decoder whose next token depends on the last one alone, by a table of probabilities: everything it does can be computed by hand.
struct MarkovDecoder: StepwiseDecoder {
    static let start: Int32 = 2
    static let end: Int32 = 3

    /// For each token the probabilities of those that may follow it.
    let table: [Int32: [Int32: Double]]
    let vocabulary: Int

    struct State {
        /// Each row's source.
        var sources: [[Int32]]
    }

    func start(_ sources: [[Int32]], _ context: Context) -> State { State(sources: sources) }

    func step(
        _ tokens: [Int32], _ state: State, wantsWeights: Bool, _ context: Context
    ) -> (logProbabilities: Tensor, state: State, weights: Tensor?) {
        precondition(tokens.count == state.sources.count)
        let values = tokens.flatMap { token in (0..<vocabulary).map { Float(log(table[token]?[Int32($0)] ?? 0)) } }
        return (Tensor(values, shape: [tokens.count, vocabulary]), state, nil)
    }

    func gathered(_ state: State, rows: [Int32]) -> State { State(sources: rows.map { state.sources[Int($0)] }) }

    func joined(_ first: State, _ second: State) -> State { State(sources: first.sources + second.sources) }

    /// log p of following `from` with `token`, with the rounding that the search sees.
    func logProbability(_ from: Int32, _ token: Int32) -> Double { Double(Float(log(table[from]?[token] ?? 0))) }

    /// A search whose scores are plain log p unless a penalty is given.
    func search(
        beam: Int = 5, best: Int = 1, penalty: Double = 0, factor: Double = 2, extra: Int = 10, forbidden: [Int32] = [0, 1, 2]
    ) -> BeamSearch {
        var options = SearchOptions()
        options.beam = beam
        options.best = best
        options.lengthPenalty = penalty
        options.maximumFactor = factor
        options.maximumExtra = extra
        return BeamSearch(options, start: Self.start, end: Self.end, forbidden: forbidden)
    }

    /// Every complete sequence of at most `longest` tokens, the end counted, with log p; best first by `score`.
    func everySequence(longest: Int, score: (_ logProbability: Double, _ length: Int) -> Double) -> [(tokens: [Int32], score: Double)] {
        var complete: [(tokens: [Int32], score: Double)] = []
        func grow(_ tokens: [Int32], _ total: Double) {
            let last = tokens.last ?? Self.start
            for token in Int32(0)..<Int32(vocabulary) {
                let next = total + logProbability(last, token)
                guard next.isFinite else { continue }
                if token == Self.end {
                    complete.append((tokens, score(next, tokens.count + 1)))
                } else if tokens.count + 1 < longest {
                    grow(tokens + [token], next)
                }
            }
        }
        grow([], 0)
        return complete.sorted { $0.score > $1.score }
    }
}
