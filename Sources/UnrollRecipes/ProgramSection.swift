import UnrollData
import UnrollModels

/// Pairs of C programs, broken and repaired, parted for cross validation.
public struct ProgramSection: Codable, Sendable, Equatable {
    /// The file, plain or gzip, in the format of TRACER's.
    public var file: String
    /// How a program is read.
    public var form = RepairedProgram.Form.characters
    /// Parts of the file, one of which is measured with.
    public var folds = 5
    /// Which of them, counted from 1.
    public var fold = 1
    /// Pairs of the others that are kept back to choose the best model by.
    public var heldOut = 200
    /// Mistakes of other training pairs that are made in each repaired program of the training part.
    public var mistakes = 0
    /// The probability that a statement on a line of its own is left out of such a program before that.
    public var leftOut = 0.0
    /// The seed of the parts and of the mistakes.
    public var seed: UInt64 = 1

    /// All programs of a file, as they were written.
    public init(file: String) { self.file = file }

    /// Reads the keys that are given; the others have their defaults.
    ///
    /// - Throws: `DecodingError`, with the key, for a value of another type or out of range.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        file = try values.decode(String.self, forKey: .file)
        form = try values.value(.form, default: form)
        folds = try values.count(.folds, default: folds, minimum: 2)
        fold = try values.count(.fold, default: fold)
        heldOut = try values.count(.heldOut, default: heldOut)
        mistakes = try values.count(.mistakes, default: mistakes, minimum: 0)
        leftOut = try values.probability(.leftOut, default: leftOut)
        seed = try values.value(.seed, default: seed)
        if fold > folds { throw values.invalid(.fold, "must be at most 'folds', \(folds), not \(fold)") }
        if mistakes > 1_000 { throw values.invalid(.mistakes, "must be at most 1000, not \(mistakes)") }
    }

    /// The programs to learn from, mistakes among them, and those to choose the best model by.
    func examples() throws -> (training: [LabelledText], validation: [LabelledText]) {
        let parts = try parts()
        return (
            ProgramParts.examples(parts.training, form: form, mistakes: mistakes, leftOut: leftOut, seed: seed),
            ProgramParts.examples(parts.validation, form: form)
        )
    }

    /// The programs of the fold.
    func testExamples() throws -> [LabelledText] { ProgramParts.examples(try parts().test, form: form) }

    /// All programs of a file.
    func read(_ path: String) throws -> [LabelledText] { ProgramParts.examples(try RepairedProgram.read(path), form: form) }

    private func parts() throws -> ProgramParts {
        try ProgramParts(RepairedProgram.read(file.asDataPath), folds: folds, fold: fold, heldOut: heldOut, seed: seed)
    }
}
