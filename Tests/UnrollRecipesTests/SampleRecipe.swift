import UnrollRecipes

/// A recipe with every form that the decoder knows.
struct SampleRecipe: Codable, Equatable {
    var name: String
    var model: Model
    var training: Training
    var data: Files?

    struct Model: Codable, Equatable {
        var cell: Cell
        var hiddenSize: Int
        var dropout: Double

        init(cell: Cell, hiddenSize: Int, dropout: Double) {
            self.cell = cell
            self.hiddenSize = hiddenSize
            self.dropout = dropout
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            cell = try container.decode(Cell.self, forKey: .cell)
            hiddenSize = try container.decode(Int.self, forKey: .hiddenSize)
            dropout = try container.decodeIfPresent(Double.self, forKey: .dropout) ?? 0
            guard (0..<1).contains(dropout) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .dropout, in: container, debugDescription: "must be at least 0 and less than 1, found \(dropout)")
            }
        }
    }

    enum Cell: String, Codable, CaseIterable {
        case rnn, gru, lstm
    }

    struct Training: Codable, Equatable {
        var steps: Int
        var batch: UInt8
        var learningRate: Float
        var shuffle: Bool?
        var clipNorm: Double?
        var weights: [String: Double]?
    }

    struct Files: Codable, Equatable {
        var files: [File]
        var lengths: [Int]?
    }

    struct File: Codable, Equatable {
        var path: String
        var language: String?
    }
}

let sampleText = """
    # a comment, so that lines and keys differ
    name: small
    model:
      cell: lstm
      hidden_size: 64
      dropout: 0.25
    training:
      steps: 1_000
      batch: 32
      learning_rate: 1e-3
      shuffle: true
      clip_norm: .5
      weights: {learningRate: 2, b_c: 1.5}
    data:
      files:
        - path: a.txt
          language: no
        - path: "b c.txt"
      lengths: [5, 10]
    """

let sample = SampleRecipe(
    name: "small",
    model: SampleRecipe.Model(cell: .lstm, hiddenSize: 64, dropout: 0.25),
    training: SampleRecipe.Training(
        steps: 1000, batch: 32, learningRate: 0.001, shuffle: true, clipNorm: 0.5, weights: ["learningRate": 2, "b_c": 1.5]),
    data: SampleRecipe.Files(
        files: [SampleRecipe.File(path: "a.txt", language: "no"), SampleRecipe.File(path: "b c.txt", language: nil)], lengths: [5, 10]))

/// What the decoder says about the sample with one passage replaced.
func message(replacing old: String, with new: String, overrides: [String] = []) -> String {
    precondition(sampleText.contains(old), "the sample does not contain \(old)")
    let text = sampleText.replacing(old, with: new, maxReplacements: 1)
    return message(SampleRecipe.self, text, overrides: overrides)
}

/// What the decoder says about a text, or "no error".
func message<T: Decodable>(_ type: T.Type, _ text: String, overrides: [String] = []) -> String {
    do {
        _ = try RecipeDecoder().decode(type, fromText: text, name: "recipe.yaml", overrides: overrides)
        return "no error"
    } catch {
        return "\(error)"
    }
}
