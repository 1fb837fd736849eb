/// Turns a text into tokens.
public typealias TextEncoder = @Sendable (String) throws -> [Int32]

/// A parallel corpus as tokens, filtered by length: kept in memory where it fits, else read and encoded anew in every epoch.
///
/// Making one reads the whole corpus once, so that every error in it shows before training starts. The tokens are kept in flat arrays while
/// they take no more than `memoryLimit` bytes (4 a token and 16 an example); beyond it they are let go and every reader streams from the files.
/// The limit is a number of the caller's, not what the machine happens to have free, so that the order of batches is the same everywhere.
///
/// **Filters**, all counted in `statistics`: pairs with an empty side; a side that encodes to no token; a side longer than its maximum.
public struct EncodedCorpus: Sendable {
    enum Storage: Sendable {
        case memory(TokenTable)
        case stream(PairEncoder)
    }

    let storage: Storage
    /// What was kept and what was left out.
    public let statistics: CorpusStatistics

    /// Whether the tokens are in memory.
    public var isInMemory: Bool {
        if case .memory = storage { true } else { false }
    }

    /// The memory that tokens may take where nothing else is asked for: 1 GiB, about 5 million sentence pairs.
    public static let defaultMemoryLimit = 1 << 30

    /// Reads, encodes and filters a corpus.
    ///
    /// - Parameters:
    ///   - corpus: the text.
    ///   - encodeSource: the source side's text to tokens, with whatever the model wants at its ends.
    ///   - encodeTarget: the target side's text to tokens, without start and end.
    ///   - maximumSourceLength: the most tokens of a source, nil for any number.
    ///   - maximumTargetLength: the most tokens of a target (without start and end), nil for any number.
    ///   - memoryLimit: the most bytes to keep.
    /// - Throws: what the corpus and the encoders throw; `CorpusError` (`.empty`) where the filters leave nothing.
    public init(
        _ corpus: ParallelCorpus, encodeSource: @escaping TextEncoder, encodeTarget: @escaping TextEncoder,
        maximumSourceLength: Int? = nil, maximumTargetLength: Int? = nil, memoryLimit: Int = EncodedCorpus.defaultMemoryLimit
    ) throws {
        let encoder = PairEncoder(
            corpus: corpus, encodeSource: encodeSource, encodeTarget: encodeTarget,
            filter: LengthFilter(maximumSource: maximumSourceLength, maximumTarget: maximumTargetLength))
        let reader = try encoder.reader()
        var table: TokenTable? = TokenTable()
        while let example = try reader.next() {
            table?.append(source: example.source, target: example.target)
            if let size = table?.byteCount, size > memoryLimit { table = nil }
        }
        statistics = reader.statistics
        try Self.checkNotEmpty(statistics, path: corpus.path)
        storage = table.map { .memory($0) } ?? .stream(encoder)
    }

    /// Takes examples that are tokens already, as generators make them; their `index` is not used.
    ///
    /// - Throws: `CorpusError` (`.empty`) where the filters leave nothing.
    public init(_ examples: [Example], maximumSourceLength: Int? = nil, maximumTargetLength: Int? = nil) throws {
        let filter = LengthFilter(maximumSource: maximumSourceLength, maximumTarget: maximumTargetLength)
        var statistics = CorpusStatistics()
        var table = TokenTable()
        for example in examples where filter.keeps(source: example.source, target: example.target, counting: &statistics) {
            table.append(source: example.source, target: example.target)
        }
        try Self.checkNotEmpty(statistics, path: nil)
        self.statistics = statistics
        storage = .memory(table)
    }

    private static func checkNotEmpty(_ statistics: CorpusStatistics, path: String?) throws {
        guard statistics.exampleCount == 0 else { return }
        throw CorpusError(
            .empty, path: path,
            "no example is left: \(statistics.tooLongCount) were longer than the maximum, "
                + "\(statistics.emptyCount) had an empty side; raise the maximum lengths or check the files.")
    }
}

/// What a corpus holds after its filters, and what they left out.
public struct CorpusStatistics: Sendable, Equatable {
    /// The examples kept.
    public internal(set) var exampleCount = 0
    /// The examples left out because a side was empty, as text or as tokens.
    public internal(set) var emptyCount = 0
    /// The examples left out because a side was longer than its maximum.
    public internal(set) var tooLongCount = 0
    /// The tokens of all sources kept.
    public internal(set) var sourceTokenCount = 0
    /// The tokens of all targets kept, without start and end.
    public internal(set) var targetTokenCount = 0
    /// The longest source kept, in tokens.
    public internal(set) var longestSource = 0
    /// The longest target kept, in tokens.
    public internal(set) var longestTarget = 0
}

/// The maximum length of each side.
struct LengthFilter: Sendable {
    let maximumSource: Int?
    let maximumTarget: Int?

    func keeps(source: [Int32], target: [Int32], counting statistics: inout CorpusStatistics) -> Bool {
        if source.isEmpty || target.isEmpty {
            statistics.emptyCount += 1
            return false
        }
        if source.count > maximumSource ?? .max || target.count > maximumTarget ?? .max {
            statistics.tooLongCount += 1
            return false
        }
        statistics.exampleCount += 1
        statistics.sourceTokenCount += source.count
        statistics.targetTokenCount += target.count
        statistics.longestSource = max(statistics.longestSource, source.count)
        statistics.longestTarget = max(statistics.longestTarget, target.count)
        return true
    }
}
