/// What someone may have meant who misspelt a word.
package enum Spelling {
    /// The candidate nearest to a misspelt word, or none where all of them are too far for a typing error. The first of equals wins.
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        var best: (distance: Int, word: String)?
        for candidate in candidates {
            let distance = editDistance(word.lowercased(), candidate)
            if distance < best?.distance ?? .max { best = (distance, candidate) }
        }
        guard let best else { return nil }
        let longer = max(word.count, best.word.count)
        return best.distance <= max(1, longer / 3) ? best.word : candidates.first { extends(word, $0) || extends($0, word) }
    }

    /// Whether one key is another with more words: `hidden_size` and `hidden`.
    private static func extends(_ long: String, _ short: String) -> Bool {
        long.hasPrefix(short + "_") || long.hasSuffix("_" + short)
    }

    /// The number of insertions, deletions, substitutions and swaps of neighbours between two words
    /// (optimal string alignment: Damerau 1964, no part edited twice).
    static func editDistance(_ first: String, _ second: String) -> Int {
        let a = Array(first.unicodeScalars.prefix(100))
        let b = Array(second.unicodeScalars.prefix(100))
        var beforePrevious: [Int] = []
        var previous = Array(0...b.count)
        for i in a.indices {
            var current = [i + 1]
            for j in b.indices {
                var best = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforePrevious[j - 1] + 1) }
                current.append(best)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[b.count]
    }
}
