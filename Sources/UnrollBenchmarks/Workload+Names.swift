import UnrollRecipes

extension Workload {
    /// Every workload in its usual sizes.
    public static let all: [Workload] = [
        Workload(
            "lm-ptb-small-lstm", "A language model of words trains: 2 LSTM layers, SGD.",
            LanguageModelWorkload(.lstm, vocabulary: 10_000, layers: 2, hidden: 200, batch: 20, time: 20)),
        Workload(
            "lm-ptb-medium-lstm", "The same, larger.",
            LanguageModelWorkload(.lstm, vocabulary: 10_000, layers: 2, hidden: 650, batch: 20, time: 35)),
        Workload(
            "lm-char-gru256", "A language model of characters trains: 2 GRU layers, the reset gate after the product.",
            LanguageModelWorkload(.gru, resetGate: .afterProduct, vocabulary: 65, layers: 2, hidden: 256, batch: 32, time: 64)),
        Workload(
            "lm-char-gru256-lecture", "The same with the reset gate before the product (Cho 2014).",
            LanguageModelWorkload(.gru, resetGate: .beforeProduct, vocabulary: 65, layers: 2, hidden: 256, batch: 32, time: 64)),
        Workload(
            "lm-char-rnn256", "The same with plain layers (tanh).",
            LanguageModelWorkload(.rnn, vocabulary: 65, layers: 2, hidden: 256, batch: 32, time: 64)),
        Workload(
            "seq2seq-attention", "A translator trains: GRU both ways, additive attention, output from state, context and token, Adam.",
            TranslationWorkload()),
        Workload(
            "transformer", "A Transformer learns to translate: 3 + 3 layers with post-norm, dropout in percent, Adam.",
            TransformerWorkload()),
        Workload("lstm-adding400", "An LSTM learns which two of many numbers to add, from the last step's loss, Adam.", AddingWorkload()),
        Workload("memn2n-babi", "A memory network of 3 hops learns to answer questions about stories, SGD.", MemoryWorkload()),
        Workload("ntm-copy20-b1", "A neural Turing machine learns to copy 20 vectors of 8 bits, RMSProp.", TuringMachineWorkload(batch: 1)),
        Workload("ntm-copy20-b16", "The same, 16 sequences at once.", TuringMachineWorkload(batch: 16)),
        Workload(
            "tiny-ops", "z = z ⊙ y + y many times, its sum and its gradient; times are for one operation.", TinyOperationsWorkload()),
        Workload("lstm-forward-b1", "An LSTM reads one sequence.", LayerForwardWorkload(hidden: 512, batch: 1, time: 100)),
        Workload("lstm-forward-b32", "An LSTM reads a batch.", LayerForwardWorkload(hidden: 512, batch: 32, time: 50)),
        Workload("lstm-forward-h128", "A small LSTM reads a batch.", LayerForwardWorkload(hidden: 128, batch: 64, time: 100)),
        Workload("gemm", "A large matrix product with a weight that is packed once.", ProductWorkload(isPacked: true)),
        Workload("gemm-unpacked", "A large product of two matrices as they lie in memory.", ProductWorkload(isPacked: false)),
        Workload("bandwidth", "z = x + y over arrays that fit into no cache.", BandwidthWorkload()),
    ]

    /// The workload that a name means: `lm-char-gru256`, or with other sizes `lm-char-gru256:hidden=37,batch=1`.
    ///
    /// - Throws: `WorkloadError`, with what was probably meant.
    public init(named text: String) throws {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard var found = Self.all.first(where: { $0.name == parts[0] }) else {
            throw WorkloadError(
                "no workload is called '\(parts[0])'" + Self.suggestion(parts[0], Self.all.map(\.name))
                    + " The workloads are " + Self.all.map(\.name).joined(separator: ", "))
        }
        for change in parts.count == 1 ? [] : parts[1].split(separator: ",", omittingEmptySubsequences: false) {
            let words = change.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let least = found.least(words[0])
            guard words.count == 2, let value = Int(words[1]), (least...Self.largestSize).contains(value) else {
                throw WorkloadError("'\(text)': '\(change)' is not a size such as 'batch=8', from \(least) to \(Self.largestSize)")
            }
            guard let changed = found.with(words[0], value) else {
                let names = found.sizes.map(\.name)
                throw WorkloadError(
                    "'\(parts[0])' has no size '\(words[0])'" + Self.suggestion(words[0], names)
                        + " Its sizes are \(names.joined(separator: ", "))")
            }
            found = changed
        }
        self = found
    }

    private static let largestSize = 100_000_000

    private static func suggestion(_ word: String, _ candidates: [String]) -> String {
        Spelling.nearest(to: word, among: candidates).map { "; did you mean '\($0)'?" } ?? "."
    }
}

/// Says which workload or size there is not.
public struct WorkloadError: Error, CustomStringConvertible {
    /// What is wrong and what there is instead.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
