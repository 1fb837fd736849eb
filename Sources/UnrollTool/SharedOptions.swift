import ArgumentParser
import Unroll
import UnrollKernels

/// Options that several commands have.
struct ThreadOptions: ParsableArguments {
    @Option(help: "Threads to use; no result depends on their number. Default: the processors this process may use.")
    var threads: Int?

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be at least 1, not \(threads)") }
    }

    func apply() {
        if let threads { Processor.threads = threads }
    }
}

/// How translations are searched for.
struct SearchFlags: ParsableArguments {
    @Option(help: "Hypotheses kept at each step; 1 is greedy search.")
    var beam = 5

    @Option(help: "Strength of the length normalisation; 0 is none.")
    var lengthPenalty = 1.0

    @Option(help: "The longest output: this many tokens for each source token, and 10 more.")
    var maximumFactor = 2.0

    func validate() throws {
        if beam < 1 { throw ValidationError("--beam must be at least 1, not \(beam)") }
        if !(lengthPenalty >= 0) { throw ValidationError("--length-penalty must be at least 0, not \(lengthPenalty)") }
        if !(maximumFactor >= 0 && maximumFactor < 1e6) { throw ValidationError("--maximum-factor must be between 0 and 1,000,000") }
    }

    func options(best: Int = 1) -> SearchOptions {
        var options = SearchOptions()
        options.beam = max(beam, best)
        options.best = best
        options.lengthPenalty = lengthPenalty
        options.maximumFactor = maximumFactor
        return options
    }
}
