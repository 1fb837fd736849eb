/// What a network can learn to compute from examples alone: the five tasks of Graves, Wayne & Danihelka 2014, "Neural Turing Machines".
///
/// A network is shown a vector at each step, and says one at the steps that are asked of it. While it answers it is shown zeros.
public enum Algorithm: Sendable, Equatable {
    /// Says again what was shown (section 4.1): vectors of random bits, then a mark in a channel of its own.
    case copy(bits: Int, lengths: ClosedRange<Int>)
    /// Says it several times, and then that it is done (section 4.2): in a channel of its own stands how often, less the mean and divided by the deviation of
    /// a whole number drawn from `normalisedOver`. The end is a 1 in an output of its own.
    case repeatCopy(bits: Int, lengths: ClosedRange<Int>, repeats: ClosedRange<Int>, normalisedOver: ClosedRange<Int>)
    /// Of a list of items, each some vectors of random bits between marks, says the one after the item that it is asked about (section 4.3). The item that is
    /// asked about stands between marks in another channel.
    case associativeRecall(bits: Int, itemLength: Int, items: ClosedRange<Int>)
    /// Says the probability that the next bit is a 1 (section 4.4). How often a 1 follows on the last `context` bits stands in a table that is drawn anew from
    /// Beta(½, ½) for each sequence; before there are so many bits, either is as likely.
    case ngrams(context: Int, length: Int)
    /// Of random vectors that have a priority each, uniform in −1 … 1 in a channel of its own, says those of the highest, highest first (section 4.5).
    case prioritySort(bits: Int, shown: Int, sorted: Int)

    /// Numbers of a step's input.
    public var inputs: Int {
        switch self {
        case .copy(let bits, _), .repeatCopy(let bits, _, _, _), .prioritySort(let bits, _, _): bits + 1
        case .associativeRecall(let bits, _, _): bits + 2
        case .ngrams: 1
        }
    }

    /// Numbers of a step's output.
    public var outputs: Int {
        switch self {
        case .copy(let bits, _), .associativeRecall(let bits, _, _), .prioritySort(let bits, _, _): bits
        case .repeatCopy(let bits, _, _, _): bits + 1
        case .ngrams: 1
        }
    }

    /// The algorithm's name, as recipes have it.
    public var name: String {
        switch self {
        case .copy: "copy"
        case .repeatCopy: "repeat_copy"
        case .associativeRecall: "associative_recall"
        case .ngrams: "ngrams"
        case .prioritySort: "priority_sort"
        }
    }

    /// What stands in each input channel, from the first on.
    public var inputNames: [String] { Self.named(inputs, marks) }

    /// What each output says, from the first on.
    public var outputNames: [String] { Self.named(outputs, outputs > bits ? ["end"] : []) }

    private static func named(_ count: Int, _ last: [String]) -> [String] { (1...count - last.count).map { "bit \($0)" } + last }

    private var bits: Int {
        switch self {
        case .copy(let bits, _), .repeatCopy(let bits, _, _, _), .associativeRecall(let bits, _, _), .prioritySort(let bits, _, _): bits
        case .ngrams: 1
        }
    }

    private var marks: [String] {
        switch self {
        case .copy: ["mark"]
        case .repeatCopy: ["repeats"]
        case .associativeRecall: ["item", "question"]
        case .ngrams: []
        case .prioritySort: ["priority"]
        }
    }

    /// The same algorithm over examples of another size, to see whether what was learnt is more than the examples.
    ///
    /// - Parameters:
    ///   - length: vectors of `copy` and `repeatCopy`, bits of `ngrams`.
    ///   - repeats: of `repeatCopy`; how they are normalised stays the same.
    ///   - items: of `associativeRecall`.
    /// - Throws: `CorpusError` (`.invalidOption`) for a size that the algorithm does not have.
    public func resized(length: Int? = nil, repeats: Int? = nil, items: Int? = nil) throws -> Algorithm {
        var isUsed = (length: length == nil, repeats: repeats == nil, items: items == nil)
        var resized = self
        switch self {
        case .copy(let bits, let lengths):
            resized = .copy(bits: bits, lengths: length.map { $0...$0 } ?? lengths)
            isUsed.length = true
        case .repeatCopy(let bits, let lengths, let old, let all):
            resized = .repeatCopy(
                bits: bits, lengths: length.map { $0...$0 } ?? lengths, repeats: repeats.map { $0...$0 } ?? old, normalisedOver: all)
            (isUsed.length, isUsed.repeats) = (true, true)
        case .associativeRecall(let bits, let itemLength, let old):
            resized = .associativeRecall(bits: bits, itemLength: itemLength, items: items.map { $0...$0 } ?? old)
            isUsed.items = true
        case .ngrams(let context, let old):
            resized = .ngrams(context: context, length: length ?? old)
            isUsed.length = true
        case .prioritySort: break
        }
        for (name, used) in [("length", isUsed.length), ("repeats", isUsed.repeats), ("items", isUsed.items)] where !used {
            throw CorpusError(.invalidOption, "'\(self.name)' has no size called '\(name)'; leave it out.")
        }
        return resized
    }

    /// Throws where a size leaves nothing to do.
    func check() throws {
        func refuse(_ what: String) -> CorpusError { CorpusError(.invalidOption, "'\(name)': \(what)") }
        if bits < 1 { throw refuse("vectors of \(bits) bits were asked for; there must be 1 at least.") }
        switch self {
        case .copy(_, let lengths): if lengths.lowerBound < 1 { throw refuse("a sequence has 1 vector at least.") }
        case .repeatCopy(_, let lengths, let repeats, let all):
            if lengths.lowerBound < 1 { throw refuse("a sequence has 1 vector at least.") }
            if repeats.lowerBound < 1 { throw refuse("a sequence is said once at least.") }
            if all.count < 2 { throw refuse("the repeats that are learnt from must differ, or nothing shows them.") }
        case .associativeRecall(_, let itemLength, let items):
            if itemLength < 1 { throw refuse("an item has 1 vector at least.") }
            if items.lowerBound < 2 { throw refuse("there must be 2 items at least: one to ask about, and the one after it.") }
        case .ngrams(let context, let length):
            if !(1...20).contains(context) { throw refuse("a context has 1 to 20 bits, not \(context).") }
            if length < 2 { throw refuse("a sequence has 2 bits at least: one that is shown, and the next.") }
        case .prioritySort(_, let shown, let sorted):
            if sorted < 1 || sorted > shown { throw refuse("of \(shown) vectors, \(sorted) cannot be sorted out.") }
        }
    }
}
