import Foundation
import UnrollTraining

/// What one training of an experiment came to.
public struct ExperimentRun: Codable, Sendable, Equatable {
    /// The training's seed.
    public let seed: UInt64
    /// The mean loss of the last updates, as the last line about them in `metrics.jsonl` has it.
    public let trainingLoss: Double
    /// What its models were measured by.
    public let measures: [String: Double]

    /// A run from its parts.
    public init(seed: UInt64, trainingLoss: Double, measures: [String: Double]) {
        self.seed = seed
        self.trainingLoss = trainingLoss
        self.measures = measures
    }

    /// Measures a training that has ended.
    ///
    /// - Parameters:
    ///   - part: what it belongs to.
    ///   - seed: its seed.
    ///   - recipe: what it was trained by.
    ///   - folder: where its files are.
    /// - Throws: `TrainingError` for a folder without losses, and what reading models and data throws.
    public init(_ part: Experiment.Part, seed: UInt64, recipe: Recipe, folder: URL) throws {
        struct Line: Decodable {
            let loss: Double?
        }
        let metrics = folder.appendingPathComponent("metrics.jsonl")
        let decoder = JSONDecoder()
        let lines = (try? Data(contentsOf: metrics))?.split(separator: UInt8(ascii: "\n")) ?? []
        guard let loss = lines.reversed().lazy.compactMap({ (try? decoder.decode(Line.self, from: Data($0)))?.loss }).first else {
            throw TrainingError(.malformed, "\(metrics.path): has no loss; remove the folder, and train again")
        }
        self.init(seed: seed, trainingLoss: loss, measures: try part.measure(folder, recipe))
    }
}

extension Experiment.Part {
    /// The run that counts where one is chosen: the lowest loss in training, and of several the first.
    public func chosen(of runs: [ExperimentRun]) -> ExperimentRun? { runs.min { $0.trainingLoss < $1.trainingLoss } }

    /// The numbers of the rows, of the runs that there are; without the measures that a row needs it has none.
    public func figures(of runs: [ExperimentRun]) -> [ExperimentFigure] {
        rows.compactMap { row in
            let values = runs.compactMap { $0.measures[row.measure] }
            guard !values.isEmpty, values.count == runs.count, let chosen = chosen(of: runs)?.measures[row.measure] else { return nil }
            return ExperimentFigure(row: row, ours: row.summary.value(of: values, chosen: chosen))
        }
    }
}

/// What a row of an experiment came to.
public struct ExperimentFigure: Sendable, Equatable {
    /// What it is.
    public let row: Experiment.Row
    /// What came out.
    public let ours: Double

    /// Ours less the paper's.
    public var difference: Double? { row.published.map { ours - $0 } }

    /// Whether it is what was measured before, as far as it is written; nil where nothing was.
    public var isAsExpected: Bool? { row.expected.map { row.unit.text(ours) == row.unit.text($0) } }
}

extension Experiment.Summary {
    fileprivate func value(of values: [Double], chosen: Double) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        switch self {
        case .chosen: return chosen
        case .mean: return mean
        case .deviation:
            return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count - 1))).squareRoot()
        case .median:
            let sorted = values.sorted()
            return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        }
    }
}
