import Unroll

/// How long it takes to open a model and to translate lines, reading and writing them included.
struct TranslationStatistics {
    private struct Listing: Encodable {
        var openingSeconds = 0.0
        var seconds = 0.0
        var lines = 0
        var tokens = 0
        var tokensPerSecond = 0.0
    }

    private let file: OutputFile
    private let clock = ContinuousClock()
    private var start: ContinuousClock.Instant
    private var listing = Listing()

    /// Begins to count the time until the model is ready.
    init(_ file: OutputFile) {
        self.file = file
        start = clock.now
    }

    /// The model is ready; what comes is translating.
    mutating func begin() {
        listing.openingSeconds = (clock.now - start) / .seconds(1)
        start = clock.now
    }

    /// What was translated until now is not counted.
    mutating func restart() { start = clock.now }

    /// Counts the best translation of each line.
    mutating func add(_ translations: [Translation]) {
        listing.lines += translations.count
        listing.tokens += translations.reduce(0) { $0 + $1.hypotheses[0].tokens.count }
        listing.seconds = (clock.now - start) / .seconds(1)
    }

    /// Writes the file.
    func write() throws {
        var listing = listing
        listing.tokensPerSecond = listing.seconds > 0 ? Double(listing.tokens) / listing.seconds : 0
        try file.write(try ResultWriter.json(listing) + "\n")
    }
}
