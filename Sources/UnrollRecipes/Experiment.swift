import Foundation

/// A published experiment that can be run again: trainings by recipes, what their models are measured by, and what that came to in the paper and here.
public struct Experiment: Sendable {
    /// What it is asked for by, such as `babi`.
    public let name: String
    /// What it shows, with the paper.
    public let title: String
    /// All of it.
    public let parts: [Part]
    /// What a few minutes are enough for.
    public let quickParts: [Part]

    /// The experiments that are known.
    public static let all = [babi, turingMachines]

    /// One kind of training, from one or several seeds.
    public struct Part: Sendable {
        /// Its name, and that of the folder with its runs.
        public let name: String
        /// What is trained, in a line.
        public let title: String
        /// A file in the folder of recipes.
        public let recipe: String
        /// Values in place of the recipe's, as `key.path=value`.
        public let overrides: [String]
        /// A run from each.
        public let seeds: [UInt64]
        /// What is told of the runs.
        public let rows: [Row]
        /// Measures the models in a training's folder: numbers by the names that rows ask for.
        let measure: @Sendable (_ folder: URL, Recipe) throws -> [String: Double]

        /// The recipe of one run.
        ///
        /// - Parameters:
        ///   - seed: the run's.
        ///   - folder: the folder of recipes.
        /// - Throws: `RecipeError`.
        public func recipe(seed: UInt64, in folder: URL) throws -> Recipe {
            try RecipeDecoder().decode(
                Recipe.self, fromFile: folder.appendingPathComponent(recipe), overrides: overrides + ["training.seed=\(seed)"])
        }
    }

    /// One number, out of all runs of a part.
    public struct Row: Sendable, Equatable {
        /// What the number is, in words.
        public let title: String
        /// What it is of each run.
        public let measure: String
        /// How the runs become one number.
        public let summary: Summary
        /// How it is written.
        public let unit: Unit
        /// The paper's number.
        public let published: Double?
        /// What came out when it was measured last: the same recipe and seeds give it again.
        public let expected: Double?
    }

    /// How several runs become one number.
    public enum Summary: String, Codable, Sendable {
        /// That of the run with the lowest loss in training.
        case chosen
        /// The mean of all.
        case mean
        /// Their standard deviation, with n − 1.
        case deviation
        /// The middle one; of an even number the mean of the two.
        case median
    }

    /// How a number is written.
    public enum Unit: Sendable, Equatable {
        /// A share of 1, as a percentage.
        case share
        /// A number with so many decimals.
        case number(decimals: Int)

        /// The number as it stands in a table.
        public func text(_ value: Double) -> String {
            switch self {
            case .share: String(format: "%.1f%%", 100 * value)
            case .number(let decimals): String(format: "%.\(decimals)f", value)
            }
        }
    }
}
