import UnrollData
import UnrollModels

/// Copying: vectors of random bits are shown, then a mark, and they are to be said again.
public struct BitCopySection: Codable, Sendable, Equatable {
    /// Bits of a vector.
    public var bits = 8
    /// The fewest vectors of a sequence.
    public var shortest = 1
    /// The most.
    public var longest = 20

    /// The defaults: those of Graves 2014.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        bits = try values.count(.bits, default: bits)
        shortest = try values.count(.shortest, default: shortest)
        longest = try values.count(.longest, default: max(shortest, longest), minimum: shortest)
    }

    var algorithm: Algorithm { .copy(bits: bits, lengths: shortest...longest) }
}

/// Copying several times: after the vectors stands how often.
public struct RepeatCopySection: Codable, Sendable, Equatable {
    /// Bits of a vector.
    public var bits = 8
    /// The fewest vectors of a sequence.
    public var shortest = 1
    /// The most.
    public var longest = 10
    /// The fewest copies.
    public var fewestRepeats = 1
    /// The most.
    public var mostRepeats = 10

    /// The defaults: those of Graves 2014.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        bits = try values.count(.bits, default: bits)
        shortest = try values.count(.shortest, default: shortest)
        longest = try values.count(.longest, default: max(shortest, longest), minimum: shortest)
        fewestRepeats = try values.count(.fewestRepeats, default: fewestRepeats)
        mostRepeats = try values.count(.mostRepeats, default: max(fewestRepeats + 1, mostRepeats), minimum: fewestRepeats + 1)
    }

    var algorithm: Algorithm {
        let repeats = fewestRepeats...mostRepeats
        return .repeatCopy(bits: bits, lengths: shortest...longest, repeats: repeats, normalisedOver: repeats)
    }
}

/// Associative recall: which item came after this one?
public struct AssociativeRecallSection: Codable, Sendable, Equatable {
    /// Bits of a vector.
    public var bits = 6
    /// Vectors of an item.
    public var itemLength = 3
    /// The fewest items.
    public var fewestItems = 2
    /// The most.
    public var mostItems = 6

    /// The defaults: those of Graves 2014.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        bits = try values.count(.bits, default: bits)
        itemLength = try values.count(.itemLength, default: itemLength)
        fewestItems = try values.count(.fewestItems, default: fewestItems, minimum: 2)
        mostItems = try values.count(.mostItems, default: max(fewestItems, mostItems), minimum: fewestItems)
    }

    var algorithm: Algorithm { .associativeRecall(bits: bits, itemLength: itemLength, items: fewestItems...mostItems) }
}

/// Dynamic N-grams: how likely is it that the next bit is a 1?
public struct NgramsSection: Codable, Sendable, Equatable {
    /// Bits that the next one hangs on.
    public var context = 5
    /// Bits of a sequence.
    public var length = 200

    /// The defaults: those of Graves 2014.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        context = try values.count(.context, default: context)
        guard context <= 20 else { throw values.invalid(.context, "must be at most 20, not \(context)") }
        length = try values.count(.length, default: length, minimum: 2)
    }

    var algorithm: Algorithm { .ngrams(context: context, length: length) }
}

/// Sorting by priority: which vectors have the highest, in their order?
public struct PrioritySortSection: Codable, Sendable, Equatable {
    /// Bits of a vector.
    public var bits = 8
    /// Vectors that are shown.
    public var shown = 20
    /// Vectors that are said.
    public var sorted = 16

    /// The defaults: those of Graves 2014.
    public init() {}

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        bits = try values.count(.bits, default: bits)
        shown = try values.count(.shown, default: shown)
        sorted = try values.count(.sorted, default: min(shown, sorted))
        guard sorted <= shown else { throw values.invalid(.sorted, "must be at most 'shown', \(shown), not \(sorted)") }
    }

    var algorithm: Algorithm { .prioritySort(bits: bits, shown: shown, sorted: sorted) }
}
