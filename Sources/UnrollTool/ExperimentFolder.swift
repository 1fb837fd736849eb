import ArgumentParser
import Foundation
import Unroll

/// Where the runs of an experiment are kept, each in a folder of its own, `part/seed-1`.
struct ExperimentFolder {
    let path: String
    let recipes: URL

    private static let result = "result.json"

    /// All runs of a part: those that are there, and the others made now.
    ///
    /// - Throws: what training and measuring throw; `Failure.Thrown` for a run by another recipe; `ExitCode` where one was interrupted.
    func runs(of part: Experiment.Part) throws -> [ExperimentRun] {
        try part.seeds.enumerated().map { place, seed in
            try run(seed, of: part, title: "\(part.name), run \(place + 1) of \(part.seeds.count), seed \(seed)")
        }
    }

    private func run(_ seed: UInt64, of part: Experiment.Part, title: String) throws -> ExperimentRun {
        let recipe = try part.recipe(seed: seed, in: recipes)
        let name = "\(path)/\(part.name)/seed-\(seed)"
        let files = URL(fileURLWithPath: name, isDirectory: true)
        if let old = try? String(contentsOf: files.appendingPathComponent("recipe.yaml"), encoding: .utf8),
            old != (try RecipeEncoder().encode(recipe))
        {
            throw Failure.Thrown(
                code: EX_CANTCREAT, message: "\(name): holds a run by another recipe; remove it, or choose another folder with --out")
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        if let data = try? Data(contentsOf: files.appendingPathComponent(Self.result)),
            let found = try? decoder.decode(ExperimentRun.self, from: data)
        {
            Terminal.note("\(title): is there")
            return found
        }
        Terminal.note(title)
        try train(recipe, in: name)
        let made = try ExperimentRun(part, seed: seed, recipe: recipe, folder: files)
        try OutputFile("\(name)/\(Self.result)").write(ResultWriter.json(made) + "\n")
        return made
    }

    private func train(_ recipe: Recipe, in name: String) throws {
        let state = URL(fileURLWithPath: name).appendingPathComponent("state.safetensors").path
        let isResuming = FileManager.default.fileExists(atPath: state)
        let folder = try TrainingFolder(name, resuming: isResuming)
        let prepared = try recipe.prepared()
        let interruption = Interruption()
        try folder.write(recipe: prepared.recipe)
        let outcome = try prepared.train(in: folder.url, resuming: isResuming, report: TrainingReport.show) { interruption.isRequested }
        if case .interrupted(let step) = outcome {
            Terminal.note("stopped at step \(step); the same command goes on")
            throw ExitCode(interruption.exitCode)
        }
    }
}
