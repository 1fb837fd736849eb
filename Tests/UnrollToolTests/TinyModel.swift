import Foundation
import Testing

/// A model that copies short sequences, trained once for all tests.
enum TinyModel {
    static let recipe = """
        task: translation
        data:
          copying: {train: 300, validation: 20, symbols: 5, longest: 6}
        text: {tokenizer: word}
        model: {embedding: 8, hidden: 12}
        training:
          steps: 60
          batch_sentences: 16
          optimizer: {kind: adam, learning_rate: 0.03}
          validate_every: 30
          save_every: 20
          log_every: 10

        """

    /// A folder with `recipe.yaml` and the training's `run`.
    static let folder = Scratch.trained(by: recipe)

    static var path: String { folder.url("run/best.safetensors").path }

    /// A folder of a test's own with the recipe, changed or not, and nothing else.
    static func scratch(_ text: String = recipe) throws -> Scratch {
        let scratch = try Scratch()
        try scratch.write(text, to: "recipe.yaml")
        return scratch
    }

    /// The recipe with other data: `source` and `target` for both training and validation.
    static let fileRecipe = recipe.replacing(
        "  copying: {train: 300, validation: 20, symbols: 5, longest: 6}",
        with: "  train: {source: source, target: target}\n  validation: {source: source, target: target}")
}
