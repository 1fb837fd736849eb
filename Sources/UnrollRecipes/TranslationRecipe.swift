import UnrollModels
import UnrollTraining

/// The sections of a recipe that learns to translate.
public struct TranslationRecipe: Codable, Sendable, Equatable {
    /// What it is learnt from.
    public var data: TranslationData
    /// How text becomes tokens.
    public var text = PairTextSection()
    /// What learns.
    public var model = TranslationConfiguration.recurrent(.init())
    /// How it learns.
    public var training = TranslationTraining()

    /// A recipe with defaults for all but the data.
    public init(data: TranslationData) { self.data = data }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        data = try values.decode(TranslationData.self, forKey: .data)
        text = try values.value(.text, default: text)
        model = try values.value(.model, default: model)
        training = try values.value(.training, default: training)
        if model.tiedEmbeddings == .all, !text.shared {
            throw values.invalid(.model, "must have 'tied_embeddings' other than 'all' unless 'shared' in 'text' is true")
        }
        if case .transformer = model { try values.refuseTruncation(.training, training.bptt, advice: "which has no states to cut between") }
        if case .transformer(let model) = model, let limit = model.positionLimit, training.maximumLength >= limit {
            throw values.invalid(
                .training,
                "must have a 'maximum_length' below '\(model.positions == .learned ? "maximum_positions" : "longest_sequence")' in 'model', \(limit), not "
                    + "\(training.maximumLength)"
            )
        }
    }
}
