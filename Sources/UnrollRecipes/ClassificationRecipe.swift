import UnrollData
import UnrollModels
import UnrollTraining

/// The sections of a recipe that learns which class a text belongs to.
public struct ClassificationRecipe: Codable, Sendable, Equatable {
    /// What it is learnt from.
    public var data: ClassificationData
    /// How text becomes tokens.
    public var text = TextSection()
    /// What learns.
    public var model = SequenceClassifierConfiguration()
    /// How it learns.
    public var training = ClassificationTraining()

    /// A recipe with defaults for all but the data.
    public init(data: ClassificationData) { self.data = data }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        data = try values.decode(ClassificationData.self, forKey: .data)
        text = try values.value(.text, default: text)
        model = try values.value(.model, default: model)
        training = try values.value(.training, default: training)
        try values.check(.training, model.reader, training.options.batches)
    }
}
