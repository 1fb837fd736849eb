/// Makes programs of nothing but brackets, correct and wrong, such that only who remembers every open bracket can tell them apart.
///
/// A correct program is well nested: each bracket that closes is of the kind of the last one that is still open. A wrong one is such a program in
/// which two brackets have changed places: two that open, two that close, or one of each, whichever of the three was drawn. All else says nothing:
///
/// - Length and the number of each bracket are those of the correct program, and so is the first and the last bracket.
/// - So are the greatest depth and how often nothing is open. From the left, a kind is never closed more often than it was opened, so that a
///   running count of each kind finds nothing either.
/// - No bracket stands right behind one of another kind that it would have to close: neighbours look right.
/// - Programs are drawn until one can be made wrong in this way, correct ones too, so that both are of one distribution.
///
/// An example is a function of seed, stream and place alone; those of even places are correct, those of odd ones wrong.
public struct BracketGenerator: Sendable {
    /// What the classes are called.
    public static let labels = (correct: "correct", wrong: "wrong")
    /// How many kinds of brackets there can be: `()`, `[]`, `{}` and `<>`.
    public static let kindLimits = 2...4
    /// Below this depth, whatever is wrong shows between neighbours.
    public static let leastDepth = 3
    /// No shorter program can be made wrong.
    public static let leastLength = 8

    /// The seed of the draws.
    public let seed: UInt64
    /// Brackets of a program, an even number; see `length`.
    public let lengths: ClosedRange<Int>
    /// The most brackets that are open at once.
    public let depth: Int
    /// How many kinds of brackets there are.
    public let kinds: Int

    /// A generator of programs.
    ///
    /// - Throws: `CorpusError` (`.invalidOption`) where no program can be made wrong: a length below 8 or no even one, a depth below 3, or fewer
    ///   than 2 or more than 4 kinds.
    public init(seed: UInt64, lengths: ClosedRange<Int>, depth: Int, kinds: Int) throws {
        guard Self.kindLimits.contains(kinds), depth >= Self.leastDepth, lengths.lowerBound >= Self.leastLength,
            lengths.upperBound / 2 * 2 >= lengths.lowerBound
        else {
            throw CorpusError(
                .invalidOption,
                "programs of \(lengths.lowerBound) to \(lengths.upperBound) brackets of \(kinds) kinds, \(depth) deep, were asked for; "
                    + "there must be at least \(Self.leastLength) brackets, an even number of them, \(Self.kindLimits.lowerBound) to "
                    + "\(Self.kindLimits.upperBound) kinds, and a depth of \(Self.leastDepth).")
        }
        (self.seed, self.lengths, self.depth, self.kinds) = (seed, lengths, depth, kinds)
    }

    /// The program at a place of a stream, and whether it is correct; its `lineNumber` is the place counted from 1.
    ///
    /// - Parameters:
    ///   - place: counted from 0.
    ///   - stream: which of the seed's independent streams, for example 1 to train and 2 to measure.
    public func example(_ place: Int, stream: UInt64) -> LabelledText {
        let programs = programs(place, stream: stream)
        let isCorrect = place.isMultiple(of: 2)
        return LabelledText(
            text: String(decoding: (isCorrect ? programs.correct : programs.wrong).map(\.byte), as: UTF8.self),
            label: isCorrect ? Self.labels.correct : Self.labels.wrong, lineNumber: place + 1)
    }

    /// A correct program and what it becomes when it is made wrong.
    package func programs(_ place: Int, stream: UInt64) -> (correct: [Bracket], wrong: [Bracket]) {
        var generator = SplitMix64(seed, stream, UInt64(place))
        let length = length(&generator)
        while true {
            let correct = correctProgram(length, &generator)
            if let wrong = wrongProgram(correct, &generator) { return (correct, wrong) }
        }
    }

    /// Of lengths between the shortest and its double, between that and its double, and so on, each range is half as likely as the one before it, so
    /// that all have about as many brackets; within a range each length is as likely. What short programs teach is what a network needs to learn
    /// anything from long ones.
    private func length(_ generator: inout SplitMix64) -> Int {
        let (shortest, longest) = ((lengths.lowerBound + 1) / 2, lengths.upperBound / 2)
        let starts = Array(sequence(first: shortest) { 2 * $0 <= longest ? 2 * $0 : nil })
        // One of 2ⁿ − 1 tickets, half of which, rounded up, are the first range's.
        let ticket = generator.next(below: 1 << starts.count - 1) + 1
        let start = starts[starts.count - (Int.bitWidth - ticket.leadingZeroBitCount)]
        return 2 * (start + generator.next(below: min(start, longest - start + 1)))
    }

    /// A well-nested program: wherever one bracket may open and another close, each is as likely.
    private func correctProgram(_ length: Int, _ generator: inout SplitMix64) -> [Bracket] {
        var program: [Bracket] = []
        var open: [Int] = []
        while program.count < length {
            let mayClose = !open.isEmpty
            let mayOpen = open.count < depth && open.count < length - program.count
            if mayOpen, !mayClose || generator.next(below: 2) == 0 {
                let kind = generator.next(below: kinds)
                open.append(kind)
                program.append(Bracket(kind: kind, opens: true))
            } else {
                program.append(Bracket(kind: open.removeLast(), opens: false))
            }
        }
        return program
    }

    /// The program with two brackets exchanged, two that open, two that close, or one of each; nil where none that were tried give one that is wrong
    /// and shows it nowhere else. The first and the last stay where they are.
    private func wrongProgram(_ correct: [Bracket], _ generator: inout SplitMix64) -> [Bracket]? {
        let inner = 1..<correct.count - 1
        let (opening, closing) = (inner.filter { correct[$0].opens }, inner.filter { !correct[$0].opens })
        let (some, others) = [(opening, opening), (closing, closing), (opening, closing)][generator.next(below: 3)]
        let shown = outline(of: correct)
        for _ in 0..<2 * correct.count {
            let (first, second) = (some[generator.next(below: some.count)], others[generator.next(below: others.count)])
            guard correct[first] != correct[second] else { continue }
            var program = correct
            program.swapAt(first, second)
            if outline(of: program) == shown, !program.isWellNested { return program }
        }
        return nil
    }

    /// What a program shows to whoever only counts.
    private struct Outline: Equatable {
        /// The most brackets open at once.
        var depth = 0
        /// How often none is open.
        var closings = 0
    }

    /// The outline of a program; nil where a kind is closed before it was opened, or neighbours do not fit.
    private func outline(of program: [Bracket]) -> Outline? {
        var counts = [Int](repeating: 0, count: kinds)
        var (open, outline) = (0, Outline())
        for (place, bracket) in program.enumerated() {
            let change = bracket.opens ? 1 : -1
            counts[bracket.kind] += change
            open += change
            outline.depth = max(outline.depth, open)
            if open == 0 { outline.closings += 1 }
            if counts[bracket.kind] < 0 { return nil }
            if !bracket.opens, program[place - 1].opens, program[place - 1].kind != bracket.kind { return nil }
        }
        return outline
    }
}

/// A bracket of a program.
package struct Bracket: Equatable {
    /// Which kind it is of, counted from 0.
    package let kind: Int
    /// Whether it opens.
    package let opens: Bool

    private static let bytes = (opening: Array("([{<".utf8), closing: Array(")]}>".utf8))

    /// What it looks like.
    var byte: UInt8 { (opens ? Self.bytes.opening : Self.bytes.closing)[kind] }
}

extension [Bracket] {
    /// Whether each bracket that closes is of the kind of the last one that is open, and none is left open.
    var isWellNested: Bool {
        var open: [Int] = []
        for bracket in self {
            if bracket.opens {
                open.append(bracket.kind)
            } else if open.popLast() != bracket.kind {
                return false
            }
        }
        return open.isEmpty
    }
}
