import Foundation
import Testing
import UnrollModels
import UnrollTraining

@testable import UnrollRecipes

@Suite("The task says which keys there are") struct TaskRecipeTests {
    /// The smallest recipe of each task.
    static let smallest: [Recipe.Task: String] = [
        .translation: """
        task: translation
        data:
          copying: {train: 10}
        """,
        .languageModel: """
        task: language_model
        data:
          train: text.txt
        """,
        .classification: """
        task: classification
        data: {train: texts.tsv,
          held_out: 3}
        """,
        .tagging: """
        task: tagging
        data: {train: sentences.tsv,
          validation: more.tsv}
        """,
        .regression: """
        task: regression
        data:
          adding: {train: 10}
        """,
    ]

    private func read(_ text: String) throws -> Recipe {
        try RecipeDecoder().decode(Recipe.self, fromText: text, name: "recipe.yaml")
    }

    private func smallest(_ task: Recipe.Task) throws -> String { try #require(Self.smallest[task]) }

    @Test(arguments: Recipe.Task.allCases)
    func allButTaskAndDataHasDefaults(_ task: Recipe.Task) throws {
        let recipe = try read(smallest(task))
        #expect(recipe.task == task)
        let written = try RecipeEncoder().encode(recipe)
        #expect(written.hasPrefix("task: \(task.rawValue)\ndata:\n"))
        #expect(try read(written) == recipe)
        #expect(try RecipeEncoder().encode(read(written)) == written)
    }

    /// Every key that a recipe has, with a letter too many, is found on its line, and the key is named.
    @Test(arguments: Recipe.Task.allCases)
    func everyMisspeltKeyIsNamed(_ task: Recipe.Task) throws {
        let lines = try RecipeEncoder().encode(read(smallest(task))).split(separator: "\n").map(String.init)
        var checked = 0
        for (index, line) in lines.enumerated() where line != lines[0] && line.contains(":") {
            let key = String(line.prefix { $0 != ":" })
            var wrong = lines
            wrong[index] = "\(key)x" + line.dropFirst(key.count)
            let said = message(Recipe.self, wrong.joined(separator: "\n"))
            let name = key.trimmingCharacters(in: .whitespaces)
            #expect(said.contains("recipe.yaml:\(index + 1): unknown key '\(name)x'"), "\(said)")
            #expect(said.contains("did you mean '\(name)'?"), "\(said)")
            checked += 1
        }
        #expect(checked > 20)
    }

    @Test(arguments: Recipe.Task.allCases)
    func aValueOfTheWrongTypeIsNamed(_ task: Recipe.Task) throws {
        let recipe = try smallest(task)
        #expect(
            message(Recipe.self, recipe + "\ntraining:\n  steps: many\n")
                == "recipe.yaml:5: 'training.steps' must be a whole number, found 'many'")
        #expect(
            message(Recipe.self, recipe + "\ntraining: {optimizer: {kind: adamm}}\n").hasPrefix(
                "recipe.yaml:4: 'training.optimizer.kind' must be one of 'sgd', "))
        #expect(message(Recipe.self, recipe + "\nmodel: {hidden: 0}\n") == "recipe.yaml:4: 'model.hidden' must be at least 1, not 0")
        #expect(
            message(Recipe.self, recipe + "\ntraining: {best: perplexity}\n").hasPrefix(
                "recipe.yaml:4: 'training.best' must be 'loss'"))
    }

    @Test func keysOfAnotherTaskAreUnknown() throws {
        let model = try smallest(.languageModel)
        #expect(message(Recipe.self, model + "\ntraining: {validation_beam: 3}").contains("unknown key 'validation_beam' in 'training'"))
        #expect(message(Recipe.self, model + "\nmodel: {attention: none}").contains("unknown key 'attention' in 'model'"))
        #expect(message(Recipe.self, model + "\ntext: {shared: true}").contains("unknown key 'shared' in 'text'"))
        let translation = try smallest(.translation)
        #expect(message(Recipe.self, translation + "\ntraining: {bptt: 3}").contains("unknown key 'bptt' in 'training'"))
    }

    /// Without the task nothing can be said about the other keys.
    @Test func aTaskThatIsNoneIsTheOnlyProblem() throws {
        let names = Recipe.Task.allCases.map { "'\($0.rawValue)'" }
        let choices = names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
        #expect(
            message(Recipe.self, "task: langauge_model\ndata: {train: x}\nstrange: 1")
                == "recipe.yaml:1: 'task' must be one of \(choices), found 'langauge_model'; did you mean 'language_model'?")
        #expect(message(Recipe.self, "data: {train: x}\nstrange: 1") == "recipe.yaml:1: missing key 'task'")
        #expect(message(Recipe.self, "data: {train: x}\ntaks: translation") == "recipe.yaml:2: unknown key 'taks'; did you mean 'task'?")
        #expect(message(Recipe.self, "task: 3\ndata: 4").hasPrefix("recipe.yaml:1: 'task' must be one of "))
    }

    @Test func valuesOfALanguageModel() throws {
        let text = try smallest(.languageModel)
        #expect(
            message(Recipe.self, text + "\n  validation_share: 1")
                == "recipe.yaml:4: 'data.validation_share' must be below 1, not 1.0")
        #expect(message(Recipe.self, text + "\ntraining: {bptt: 0}") == "recipe.yaml:4: 'training.bptt' must be at least 1, not 0")
        #expect(
            message(Recipe.self, text + "\nmodel: {uniform_range: 0}") == "recipe.yaml:4: 'model.uniform_range' must be above 0, not 0.0")
        guard case .languageModel(let recipe) = try read(text + "\ntraining: {bptt: 7, steps: 3}\nmodel: {uniform_range: 0.1}") else {
            Issue.record("another task")
            return
        }
        #expect((recipe.training.bptt, recipe.training.steps, recipe.model.uniformRange) == (7, 3, 0.1))
    }

    @Test func valuesOfLabelledData() throws {
        let files = "must have either 'validation', a file, or 'held_out', a number"
        for task in ["classification", "tagging"] {
            #expect(message(Recipe.self, "task: \(task)\ndata: {train: a}") == "recipe.yaml:2: 'data' \(files)")
            #expect(message(Recipe.self, "task: \(task)\ndata: {train: a, validation: b, held_out: 3}") == "recipe.yaml:2: 'data' \(files)")
            #expect(
                message(Recipe.self, "task: \(task)\ndata: {train: a, held_out: 0}")
                    == "recipe.yaml:2: 'data.held_out' must be at least 1, not 0")
            #expect(message(Recipe.self, "task: \(task)\ndata: {held_out: 2}").contains("missing key 'train' in 'data'"))
        }
        #expect(
            message(Recipe.self, "task: classification\ndata: {train: a, held_out: 3, label_colum: 3}")
                == "recipe.yaml:2: unknown key 'label_colum' in 'data'; did you mean 'label_column'?")
        #expect(
            message(Recipe.self, "task: tagging\ndata: {train: a, held_out: 3, format: conllu, tag_column: 11}")
                == "recipe.yaml:2: 'data.tag_column' must be at most 10 in the format 'conllu', not 11")
        #expect(
            message(Recipe.self, "task: tagging\ndata: {train: a, held_out: 3, format: conll}")
                == "recipe.yaml:2: 'data.format' must be one of 'table' or 'conllu', found 'conll'; did you mean 'conllu'?")
        guard case .tagging(let recipe) = try read("task: tagging\ndata: {train: a, held_out: 3, format: conllu}\ntraining: {best: f1}")
        else {
            Issue.record("another task")
            return
        }
        #expect((recipe.data.wordColumn, recipe.data.tagColumn, recipe.training.best) == (2, 4, .f1))
        #expect(
            message(Recipe.self, "task: classification\ndata: {train: a, held_out: 3}\nmodel: {pooling: most}")
                == "recipe.yaml:3: 'model.pooling' must be one of 'last', 'mean', 'max' or 'attention', found 'most'")
    }

    @Test func keysOfASentencePieceModel() throws {
        let data = "task: translation\ndata: {copying: {}}\ntext: "
        let wanted = "must stand beside 'tokenizer: sentencepiece'"
        #expect(
            message(Recipe.self, data + "{tokenizer: sentencepiece}")
                == "recipe.yaml:3: 'text.tokenizer' must have 'model' beside it to be 'sentencepiece': the path of a SentencePiece model")
        #expect(
            message(Recipe.self, data + "{tokenizer: word, model: a.model}")
                == "recipe.yaml:3: 'text.model' \(wanted), since it is the path of a SentencePiece model")
        for text in ["{tokenizer: word, target_model: b.model}", "{tokenizer: sentencepiece, model: a, target_model: b, shared: true}"] {
            #expect(
                message(Recipe.self, data + text)
                    == "recipe.yaml:3: 'text.target_model' \(wanted) and 'shared: false', since it is the target's own model")
        }
        let recipe = try read(data + "{tokenizer: sentencepiece, model: a.model, target_model: b.spm}")
        let written = try RecipeEncoder().encode(recipe)
        #expect(written.contains("model: a.model\n") && written.contains("target_model: b.spm\n"))
        #expect(try read(written) == recipe)
        #expect(try !RecipeEncoder().encode(read(smallest(.translation))).contains("target_model"))
    }

    @Test func valuesOfRegression() {
        let data = "recipe.yaml:2: 'data' must have either 'train' and 'validation', or 'adding'"
        #expect(message(Recipe.self, "task: regression\ndata: {train: a}") == data)
        #expect(message(Recipe.self, "task: regression\ndata: {train: a, validation: b, adding: {}}") == data)
        #expect(
            message(Recipe.self, "task: regression\ndata: {adding: {length: 1}}")
                == "recipe.yaml:2: 'data.adding.length' must be at least 2, not 1")
        #expect(message(Recipe.self, "task: regression\ndata: {adding: {}}\ntext: {}").contains("unknown key 'text'"))
    }
}
