/// Everything that the library computes, with the proof that it does.
///
/// An operation that is missing here fails a test: the catalogue is compared with the sources.
public enum Catalogue {
    /// Every entry, simple things first.
    public static let all: [CatalogueEntry] =
        arithmetic + functions + sums + shapes + products + rows + convolutions + recurrences + lists + attentions + heads + addressings
        + crossEntropies + cells + stacks + modules + models + memoryNetworks + turingMachines

    /// Checks entries one after the other.
    ///
    /// - Parameters:
    ///   - entries: which ones; all of them by default.
    ///   - report: is shown each result as it is found.
    /// - Returns: the results, in the order of the entries.
    public static func check(_ entries: [CatalogueEntry] = all, report: (CheckResult) -> Void = { _ in }) -> [CheckResult] {
        var results: [CheckResult] = []
        for entry in entries {
            for result in entry.check() {
                report(result)
                results.append(result)
            }
        }
        return results
    }
}
