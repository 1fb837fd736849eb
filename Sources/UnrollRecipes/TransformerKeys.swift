import UnrollModels
import UnrollTraining

extension NetworkKind: DecidesTheRest {}

/// What a Transformer asks of the other sections of its recipe.
extension KeyedDecodingContainer {
    /// Throws where gradients should be cut, and there is no state to cut them at.
    func refuseTruncation(_ key: Key, _ steps: Int?, advice: String) throws {
        guard steps != nil else { return }
        throw invalid(key, "must not have 'bptt' beside 'kind: transformer', \(advice)")
    }

    /// Throws where sequences of the training may be too long for the positions of what reads them.
    func check(_ key: Key, _ reader: SequenceReaderConfiguration, _ batches: LabelledBatchOptions) throws {
        guard reader.kind == .transformer else { return }
        try refuseTruncation(key, batches.bptt, advice: "which has no states to cut between")
        guard let longest = reader.longestSequence, batches.maximumLength > longest else { return }
        throw invalid(
            key,
            "must have a 'maximum_length' of at most 'maximum_positions' in 'model', \(longest), not \(batches.maximumLength)")
    }
}
