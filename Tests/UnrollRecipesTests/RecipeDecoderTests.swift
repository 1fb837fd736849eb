import Foundation
import Testing

@testable import UnrollRecipes

@Suite("Recipes are read strictly") struct RecipeDecoderTests {
    @Test func readsEveryForm() throws {
        let recipe = try RecipeDecoder().decode(SampleRecipe.self, fromText: sampleText, name: "recipe.yaml")
        #expect(recipe == sample)
    }

    @Test func anUnknownKeyNamesTheNearestOne() {
        #expect(
            message(replacing: "learning_rate: 1e-3", with: "learning_rate: 1e-3\n  clip_nrom: 1")
                == "recipe.yaml:11: unknown key 'clip_nrom' in 'training'; every valid key is already there")
        #expect(
            message(replacing: "clip_norm", with: "clip_nrom")
                == "recipe.yaml:12: unknown key 'clip_nrom' in 'training'; did you mean 'clip_norm'?")
        #expect(
            message(replacing: "  clip_norm: .5\n", with: "  colour: red\n")
                == "recipe.yaml:12: unknown key 'colour' in 'training'; valid keys: clip_norm")
        #expect(
            message(replacing: "data:", with: "dta:")
                == "recipe.yaml:14: unknown key 'dta'; did you mean 'data'?")
        #expect(
            message(replacing: "language: no", with: "langauge: no")
                == "recipe.yaml:17: unknown key 'langauge' in 'data.files[0]'; did you mean 'language'?")
    }

    @Test func aMisspeltRequiredKeyIsToldOnce() {
        #expect(
            message(replacing: "learning_rate", with: "lerning_rate")
                == "recipe.yaml:10: unknown key 'lerning_rate' in 'training'; did you mean 'learning_rate'?")
    }

    @Test func swiftsOwnSpellingIsNotAccepted() {
        #expect(
            message(replacing: "learning_rate", with: "learningRate")
                == "recipe.yaml:10: unknown key 'learningRate' in 'training'; did you mean 'learning_rate'?")
    }

    @Test func aMissingKeyNamesItsSection() {
        #expect(message(replacing: "  steps: 1_000\n", with: "") == "recipe.yaml:7: missing key 'steps' in 'training'")
        #expect(message(replacing: "name: small\n", with: "") == "recipe.yaml:2: missing key 'name'")
    }

    @Test func illTypedValues() {
        #expect(message(replacing: "1_000", with: "many") == "recipe.yaml:8: 'training.steps' must be a whole number, found 'many'")
        #expect(
            message(replacing: "1_000", with: "\"100\"")
                == "recipe.yaml:8: 'training.steps' must be a whole number, found the quoted text '100'")
        #expect(message(replacing: "1_000", with: "1.5") == "recipe.yaml:8: 'training.steps' must be a whole number, found '1.5'")
        #expect(message(replacing: "1_000", with: "") == "recipe.yaml:8: 'training.steps' must be a whole number, found nothing")
        #expect(message(replacing: "1_000", with: "[1]") == "recipe.yaml:8: 'training.steps' must be a whole number, found a list")
        #expect(message(replacing: "1e-3", with: "fast") == "recipe.yaml:10: 'training.learning_rate' must be a number, found 'fast'")
        #expect(message(replacing: "true", with: "yes") == "recipe.yaml:11: 'training.shuffle' must be true or false, found 'yes'")
        #expect(
            message(replacing: "batch: 32", with: "batch: 300")
                == "recipe.yaml:9: 'training.batch' must be a whole number from 0 to 255, found '300'")
        #expect(message(replacing: "name: small", with: "name: {a: 1}") == "recipe.yaml:2: 'name' must be text, found a mapping")
        #expect(message(replacing: "[5, 10]", with: "5") == "recipe.yaml:19: 'data.lengths' must be a list, found '5'")
        #expect(message(replacing: "[5, 10]", with: "[5, x]") == "recipe.yaml:19: 'data.lengths[1]' must be a whole number, found 'x'")
        #expect(message(SampleRecipe.self, "- 1\n") == "recipe.yaml:1: the recipe must be a mapping, found a list")
    }

    @Test func valuesThatTheirTypeRefusesKeepTheirLine() {
        #expect(
            message(replacing: "0.25", with: "1.5") == "recipe.yaml:6: 'model.dropout' must be at least 0 and less than 1, found 1.5")
    }

    @Test func enumerationsListTheirChoices() {
        #expect(
            message(replacing: "cell: lstm", with: "cell: lsmt")
                == "recipe.yaml:4: 'model.cell' must be one of 'rnn', 'gru' or 'lstm', found 'lsmt'; did you mean 'lstm'?")
        #expect(
            message(replacing: "cell: lstm", with: "cell: perceptron")
                == "recipe.yaml:4: 'model.cell' must be one of 'rnn', 'gru' or 'lstm', found 'perceptron'")
        #expect(
            message(replacing: "cell: lstm", with: "cell:")
                == "recipe.yaml:4: 'model.cell' must be one of 'rnn', 'gru' or 'lstm', found nothing")
    }

    @Test func allProblemsAreToldInTheOrderOfTheLines() {
        let text = sampleText.replacing("1_000", with: "many").replacing("cell: lstm", with: "cell: x").replacing("files:", with: "fils:")
            .replacing("  hidden_size: 64\n", with: "")
        #expect(
            message(SampleRecipe.self, text) == """
                recipe.yaml:3: missing key 'hidden_size' in 'model'
                recipe.yaml:4: 'model.cell' must be one of 'rnn', 'gru' or 'lstm', found 'x'
                recipe.yaml:7: 'training.steps' must be a whole number, found 'many'
                recipe.yaml:14: unknown key 'fils' in 'data'; did you mean 'files'?
                """)
    }

    @Test func manyProblemsAreCounted() {
        let text = (1...30).map { "key\($0): 1" }.joined(separator: "\n")
        let lines = message([String: Bool].self, text).split(separator: "\n")
        #expect(lines.count == 21)
        #expect(lines[0] == "recipe.yaml:1: 'key1' must be true or false, found '1'")
        #expect(lines[20] == "… and 10 more problems")
    }

    @Test func aTypeMayTryOneFormAfterAnother() throws {
        struct Heads: Decodable, Equatable {
            var count: Int
            init(from decoder: any Decoder) throws {
                if let count = try? decoder.singleValueContainer().decode(Int.self) {
                    self.count = count
                } else {
                    count = try decoder.container(keyedBy: RecipeKey.self).decode(Int.self, forKey: RecipeKey(stringValue: "headCount"))
                }
            }
        }
        #expect(try RecipeDecoder().decode(Heads.self, fromText: "3", name: "r").count == 3)
        #expect(try RecipeDecoder().decode(Heads.self, fromText: "head_count: 4", name: "r").count == 4)
        #expect(
            message([String: Heads].self, "a: {head_count: 4}\nb: {head_count: 4, x: 1}\nc: x") == """
                recipe.yaml:2: unknown key 'x' in 'b'; every valid key is already there
                recipe.yaml:3: 'c' must be a mapping, found 'x'
                """)
    }

    @Test func enumerationsWithPayloads() throws {
        enum Tokeniser: Codable, Equatable {
            case word
            case bytePair(mergeCount: Int)
        }
        #expect(try RecipeDecoder().decode(Tokeniser.self, fromText: "byte_pair: {merge_count: 7}", name: "r") == .bytePair(mergeCount: 7))
        #expect(try RecipeDecoder().decode(Tokeniser.self, fromText: "word: {}", name: "r") == .word)
        #expect(
            message([Tokeniser].self, "- byte_pair:\n    merge_cout: 7")
                == "recipe.yaml:2: unknown key 'merge_cout' in '[0].byte_pair'; did you mean 'merge_count'?")
        #expect(try RecipeEncoder().encode(Tokeniser.bytePair(mergeCount: 7)) == "byte_pair:\n  merge_count: 7\n")
    }

    @Test func aTypeWithoutKeysTakesNone() {
        struct Nothing: Codable {}
        #expect(message(Nothing.self, "") == "no error")
        #expect(message([String: Nothing].self, "a: {b: 1}") == "recipe.yaml:1: unknown key 'b' in 'a'; no key is expected here")
    }
}
