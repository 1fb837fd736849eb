import UnrollData
import UnrollModels

/// The files that labelled examples come from, plain or gzip: one to learn from, and one to choose the best model by or a part of the first.
///
/// A path that begins with `$UNROLL_DATA` is looked for in the folder that the environment variable names, `../shared/data` without it.
public struct LabelledFiles: Codable, Sendable, Equatable {
    /// The examples to learn from.
    public var train: String
    /// The examples to choose the best model by.
    public var validation: String?
    /// So many examples of `train`, drawn from all over it, to choose the best model by; in place of `validation`.
    public var heldOut: Int?
    /// Which examples are held out.
    public var seed: UInt64 = 1

    /// Examples from two files.
    public init(train: String, validation: String) {
        self.train = train
        self.validation = validation
    }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        train = try values.decode(String.self, forKey: .train)
        validation = try values.decodeIfPresent(String.self, forKey: .validation)
        if values.contains(.heldOut) { heldOut = try values.count(.heldOut, default: 1) }
        seed = try values.value(.seed, default: seed)
        guard (validation == nil) != (heldOut == nil) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "must have either 'validation', a file, or 'held_out', a number"))
        }
    }

    /// The examples to learn from and those to measure with.
    func examples<Example>(_ read: (String) throws -> [Example]) throws -> (training: [Example], validation: [Example]) {
        let training = try read(train.asDataPath)
        if let validation { return (training, try read(validation.asDataPath)) }
        let parts = try HeldOutPart.parted(training, count: heldOut ?? 0, seed: seed)
        return (parts.training, parts.heldOut)
    }
}
