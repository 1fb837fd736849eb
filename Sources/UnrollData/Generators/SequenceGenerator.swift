/// Makes random symbol sequences to copy: the target is the source. What a model keeps of a sequence of n symbols shows how far its memory reaches.
public struct SequenceGenerator: Sendable {
    /// The seed of the draws.
    public let seed: UInt64
    /// How many different symbols there are.
    public let symbolCount: Int
    /// The token of the first symbol; the others follow it.
    public let firstToken: Int32

    /// A generator over the tokens `firstToken` ..< `firstToken` + `symbolCount`.
    ///
    /// - Throws: `CorpusError` (`.invalidOption`) where there are no symbols or the tokens leave 0 … `Int32.max`.
    public init(seed: UInt64, symbolCount: Int, firstToken: Int32) throws {
        guard symbolCount >= 1, firstToken >= 0, symbolCount <= Int(Int32.max) - Int(firstToken) else {
            throw CorpusError(
                .invalidOption,
                "\(symbolCount) symbols from token \(firstToken) on were asked for; there must be at least 1, all in 0 … \(Int32.max).")
        }
        self.seed = seed
        self.symbolCount = symbolCount
        self.firstToken = firstToken
    }

    /// Draws sequences of symbols, each length of the range equally likely, numbered from 0.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - lengths: the lengths to draw from, in symbols.
    ///   - stream: which of the seed's independent streams to draw from, for example 0 to train and 1 to measure.
    /// - Throws: `CorpusError` (`.invalidOption`) where the count is negative or a length is below 1.
    public func examples(count: Int, lengths: ClosedRange<Int>, stream: UInt64) throws -> [Example] {
        Array(try drawn(count: count, lengths: lengths, stream: stream))
    }

    /// The sequences that `examples` gives, each made when it is asked for: there may be more than memory holds.
    package func drawn(count: Int, lengths: ClosedRange<Int>, stream: UInt64) throws -> some Sequence<Example> {
        guard count >= 0, lengths.lowerBound >= 1 else {
            throw CorpusError(
                .invalidOption,
                "\(count) sequences of \(lengths.lowerBound) to \(lengths.upperBound) symbols were asked for; a length is at least 1.")
        }
        return sequence(state: (SplitMix64(seed, stream), 0)) { state -> Example? in
            guard state.1 < count else { return nil }
            defer { state.1 += 1 }
            let length = lengths.lowerBound + state.0.next(below: lengths.count)
            let symbols = (0..<length).map { _ in firstToken + Int32(state.0.next(below: symbolCount)) }
            return Example(source: symbols, target: symbols, index: state.1)
        }
    }

    /// A sequence as text: the symbols as letters, a … z, then aa, ab, …, with spaces between them.
    public func text(of tokens: [Int32]) -> String {
        tokens.map { Self.name(Int($0 - firstToken)) }.joined(separator: " ")
    }

    private static func name(_ symbol: Int) -> String {
        var name = ""
        var rest = symbol
        repeat {
            name = String(UnicodeScalar(UInt8(ascii: "a") + UInt8(rest % 26))) + name
            rest = rest / 26 - 1
        } while rest >= 0
        return name
    }
}
