import ArgumentParser
import Foundation
import Unroll

/// Options that ask for examples of an algorithm of another size than those that were learnt from.
struct AlgorithmSizes: ParsableArguments {
    @Option(help: ArgumentHelp("Vectors of a sequence to copy, or bits of n-grams.", valueName: "n"))
    var length: Int?

    @Option(help: ArgumentHelp("How often a sequence is to be said, where it is copied several times.", valueName: "n"))
    var repeats: Int?

    @Option(help: ArgumentHelp("Items of an associative recall.", valueName: "n"))
    var items: Int?

    func validate() throws {
        for (name, value) in [("--length", length), ("--repeats", repeats), ("--items", items)] {
            if let value { try check(name, value, in: 1...100_000) }
        }
    }

    func applied(to algorithm: Algorithm) throws -> Algorithm {
        try algorithm.resized(length: length, repeats: repeats, items: items)
    }

    /// Throws where sizes are given for a model that has none.
    func refuse(unless isAlgorithm: Bool, _ path: String) throws {
        let given = [("--length", length), ("--repeats", repeats), ("--items", items)].first { $0.1 != nil }
        guard !isAlgorithm, let given else { return }
        throw Failure.Thrown(code: EX_USAGE, message: "\(path): \(given.0) is for models of algorithms, which this is not; leave it out")
    }
}
