/// Pairs of programs parted for cross validation: to learn from, to choose the best model by, and to measure with.
///
/// Both programs of a pair are in one part, and so are all pairs that share a text in either form; what is measured with was never seen.
public struct ProgramParts: Sendable {
    /// The pairs to learn from.
    public let training: [RepairedProgram]
    /// The pairs to choose the best model by.
    public let validation: [RepairedProgram]
    /// The pairs of the fold.
    public let test: [RepairedProgram]

    /// Parts pairs.
    ///
    /// - Parameters:
    ///   - programs: all of them.
    ///   - folds: how many parts of nearly the same size there are.
    ///   - fold: which of them is measured with, counted from 1.
    ///   - heldOut: how many pairs of the others, at least, are kept back to choose the best model by.
    ///   - seed: of how they are dealt out.
    /// - Throws: `CorpusError` (`.invalidOption`) where a part would be empty.
    public init(_ programs: [RepairedProgram], folds: Int, fold: Int, heldOut: Int, seed: UInt64) throws {
        precondition((1...folds).contains(fold), "fold \(fold) of \(folds)")
        var groups = Self.groups(programs)
        var generator = SplitMix64(seed, 0x666f_6c64)
        generator.shuffle(&groups)
        // The large ones first, so that the folds come out alike; the sort keeps the order of equals.
        groups = groups.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element)
        var parts = [[Int]](repeating: [], count: folds)
        var held: [Int] = []
        for group in groups {
            let smallest = parts.indices.reduce(0) { parts[$1].count < parts[$0].count ? $1 : $0 }
            parts[smallest] += group
        }
        let test = parts.remove(at: fold - 1)
        var rest = groups.filter { group in !test.contains(group[0]) }
        generator = SplitMix64(seed, 0x6865_6c64, UInt64(fold))
        generator.shuffle(&rest)
        while held.count < heldOut, let group = rest.popLast() { held += group }
        guard !test.isEmpty, !rest.isEmpty, !held.isEmpty else {
            throw CorpusError(
                .invalidOption,
                "\(programs.count) pairs of programs, of which \(groups.count) share no text, do not suffice for \(folds) folds and "
                    + "\(heldOut) pairs held out; ask for fewer.")
        }
        func chosen(_ places: [Int]) -> [RepairedProgram] { places.sorted().map { programs[$0] } }
        self.training = chosen(rest.flatMap(\.self))
        self.validation = chosen(held)
        self.test = chosen(test)
    }

    /// The places of pairs that hang together by equal texts, in the order of their first ones.
    static func groups(_ programs: [RepairedProgram]) -> [[Int]] {
        var leaders = Array(programs.indices)
        func leader(_ place: Int) -> Int {
            var place = place
            while leaders[place] != place { place = leaders[place] }
            return place
        }
        var seen: [[UInt8]: Int] = [:]
        for (place, program) in programs.enumerated() {
            for text in [program.broken, program.repaired] {
                // White space between tokens is no difference; a byte in front keeps the forms apart.
                let tokens = text.tokens.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                for key in [[0] + Array(text.characters.utf8), [1] + Array(tokens.utf8)] {
                    let (mine, other) = (leader(place), leader(seen[key] ?? place))
                    leaders[max(mine, other)] = min(mine, other)
                    seen[key] = place
                }
            }
        }
        var groups: [[Int]] = []
        var numbers: [Int: Int] = [:]
        for place in programs.indices {
            let first = leader(place)
            if let number = numbers[first] {
                groups[number].append(place)
            } else {
                numbers[first] = groups.count
                groups.append([place])
            }
        }
        return groups
    }
}
