/// Length-bucketed batches of a corpus, epoch after epoch, in an order that is a pure function of (seed, epoch).
///
/// Examples are taken window by window (`BatchOptions.windowSize`); a window is shuffled, sorted by length, cut into batches, and its batches are
/// shuffled. A corpus in memory is shuffled as a whole first, so its windows differ from epoch to epoch; one that is streamed keeps its file's order
/// of windows: shuffle the file itself once if its neighbours are alike. Memory is one window beyond the corpus' own.
///
/// To resume, keep the position after the last batch used and ask for `reader(at:)`: it gives the identical rest. Skipping costs, in memory,
/// a sort of the lengths per skipped window; streamed, reading and encoding the skipped windows again.
public struct BatchStream: Sendable {
    /// The examples.
    public let corpus: EncodedCorpus
    /// The tokens that are put in around and behind the target.
    public let tokens: SpecialTokens
    /// Size and order.
    public let options: BatchOptions

    /// A stream over a corpus.
    ///
    /// - Throws: `CorpusError` (`.invalidOption`) where the batch size or the window is below 1.
    public init(_ corpus: EncodedCorpus, tokens: SpecialTokens, options: BatchOptions) throws {
        let size =
            switch options.size {
            case .tokens(let count), .examples(let count): count
            }
        guard size >= 1, options.windowSize >= 1 else {
            throw CorpusError(
                .invalidOption,
                "a batch size of \(size) and a window of \(options.windowSize) examples were asked for; both must be at least 1.")
        }
        self.corpus = corpus
        self.tokens = tokens
        self.options = options
    }

    /// Reads the epoch of `position` from that batch on.
    ///
    /// A position beyond the epoch's last batch gives a reader that ends at once.
    /// - Throws: `CorpusError` (`.invalidOption`) where the position is negative; what the corpus throws while it is opened and skipped.
    public func reader(at position: BatchPosition = BatchPosition()) throws -> BatchReader {
        guard position.epoch >= 0, position.batch >= 0 else {
            throw CorpusError(
                .invalidOption, "epoch \(position.epoch), batch \(position.batch) were asked for; both are counted from 0.")
        }
        return try BatchReader(self, from: position)
    }

    /// How many batches epoch `epoch` has; the number may differ a little between epochs.
    ///
    /// - Throws: what the corpus throws while it is read, where it is streamed.
    public func batchCount(epoch: Int = 0) throws -> Int {
        let reader = try reader(at: BatchPosition(epoch: epoch, batch: .max))
        return reader.position.batch
    }
}
