import ArgumentParser
import Unroll
import UnrollKernels

/// Options that several commands have.
struct ThreadOptions: ParsableArguments {
    @Option(help: "Threads to use; no result depends on their number. Default: the processors this process may use.")
    var threads: Int?

    func validate() throws {
        if let threads { try check("--threads", threads, in: 1...1_024) }
    }

    func apply() {
        if let threads { Processor.threads = threads }
    }
}

/// How translations are searched for.
struct SearchFlags: ParsableArguments {
    @Option(help: "Hypotheses kept at each step; 1 is greedy search.")
    var beam = 5

    @Option(
        help: ArgumentHelp(
            "What log p is divided by, so that hypotheses of n tokens can be compared: gnmt is ((5 + n) / 6)^α, plain n^α.",
            valueName: "kind"))
    var lengthNormalisation = LengthNormalisation.gnmt

    @Option(help: ArgumentHelp("α, the strength of the length normalisation; 0 is none.", valueName: "α"))
    var lengthPenalty = 1.0

    @Option(help: ArgumentHelp("The fewest tokens of an output.", valueName: "n"))
    var minimumLength = 0

    @Option(help: ArgumentHelp("The most tokens of an output, in place of --maximum-factor.", valueName: "n"))
    var maximumLength: Int?

    @Option(help: "The longest output: this many tokens for each source token, and 10 more.")
    var maximumFactor = 2.0

    @Option(help: ArgumentHelp("Let no n tokens stand twice in an output in the same order.", valueName: "n"))
    var noRepeat: Int?

    @Flag(help: "Where the model would say <unk>, take the source's word that it looks at most. Only for models with attention.")
    var replaceUnknown = false

    func validate() throws {
        try check("--beam", beam, in: 1...1_000)
        try check("--length-penalty", lengthPenalty, in: 0...100)
        try check("--minimum-length", minimumLength, in: 0...1_000_000)
        if let maximumLength { try check("--maximum-length", maximumLength, in: max(1, minimumLength)...1_000_000) }
        try check("--maximum-factor", maximumFactor, in: 0...1_000)
        if let noRepeat { try check("--no-repeat", noRepeat, in: 1...1_000_000) }
    }

    func options(best: Int = 1) -> SearchOptions {
        var options = SearchOptions()
        options.beam = max(beam, best)
        options.best = best
        options.lengthNormalisation = lengthNormalisation
        options.lengthPenalty = lengthPenalty
        options.minimumLength = minimumLength
        options.maximumLength = maximumLength
        options.maximumFactor = maximumFactor
        options.noRepeat = noRepeat
        options.replacesUnknown = replaceUnknown
        return options
    }
}

/// How tokens are drawn.
struct SamplingFlags: ParsableArguments {
    @Option(help: ArgumentHelp("How bold the choice is.", valueName: "number"))
    var temperature = 1.0

    @Option(help: ArgumentHelp("Choose among so many likeliest tokens.", valueName: "n"))
    var topK: Int?

    @Option(help: ArgumentHelp("Choose among the fewest likeliest tokens whose probabilities reach this sum.", valueName: "share"))
    var topP = 1.0

    @Option(help: "The same seed gives the same text.")
    var seed: UInt64 = 1

    func validate() throws {
        try check("--temperature", temperature, in: 0...1_000)
        if let topK { try check("--top-k", topK, in: 1...1_000_000_000) }
        guard topP > 0, topP <= 1 else { throw ValidationError("--top-p must be above 0 and at most 1, not \(topP)") }
    }

    var options: SamplingOptions {
        var options = SamplingOptions()
        (options.temperature, options.topK, options.topP, options.seed) = (temperature, topK, topP, seed)
        return options
    }
}

extension LengthNormalisation: ExpressibleByArgument {}

/// Throws if the value of an option is outside its range.
func check<Value: Comparable>(_ option: String, _ value: Value, in range: ClosedRange<Value>) throws {
    guard range.contains(value) else {
        throw ValidationError("\(option) must be from \(range.lowerBound) to \(range.upperBound), not \(value)")
    }
}
