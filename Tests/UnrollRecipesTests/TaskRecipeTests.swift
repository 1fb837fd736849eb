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
        .questionAnswering: """
        task: question_answering
        data:
          stories: {train: 10}
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
        let size = task == .questionAnswering ? "embedding" : "hidden"
        #expect(message(Recipe.self, recipe + "\nmodel: {\(size): 0}\n") == "recipe.yaml:4: 'model.\(size)' must be at least 1, not 0")
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

    @Test func valuesOfQuestionAnswering() throws {
        func said(_ data: String, _ more: String = "") -> String {
            message(Recipe.self, "task: question_answering\ndata: {\(data)}" + (more.isEmpty ? "" : "\n" + more))
        }
        #expect(said("seed: 3") == "recipe.yaml:2: 'data' must have one of 'folder', 'train' or 'stories'")
        #expect(said("folder: a, stories: {}") == "recipe.yaml:2: 'data' must have one of 'folder', 'train' or 'stories'")
        #expect(said("stories: {}, tasks: [1]") == "recipe.yaml:2: 'data.tasks': needs 'folder', whose tasks they are the numbers of")
        #expect(said("folder: a, validation: [b]").hasPrefix("recipe.yaml:2: 'data.validation': needs 'train'"))
        #expect(said("train: a").hasPrefix("recipe.yaml:2: 'data.train' must be a list"))
        #expect(
            said("stories: {kinds: [place]}").contains("must be one of 'places', 'objects', 'counting', 'yes_no' or 'paths', found 'place'")
        )
        #expect(said("stories: {}", "training: {time_noise: 2}") == "recipe.yaml:3: 'training.time_noise' must be from 0 to 1, not 2.0")
        #expect(
            said("stories: {}", "training: {supervision: 1}\nmodel: {content: windows}").contains(
                "'supervision' needs 'model.content: sentences'"))
        let text = "task: question_answering\ndata: {folder: x, tasks: [1, 20]}\ntraining: {best: failed_tasks, linear_epochs: 3}"
        guard case .questionAnswering(let recipe) = try read(text) else {
            Issue.record("another task")
            return
        }
        #expect((recipe.data.tasks, recipe.training.best, recipe.training.linearEpochs) == ([1, 20], .failedTasks, 3))
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
