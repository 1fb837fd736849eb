import Testing

@testable import UnrollRecipes

@Suite("Recipes are written as they are read") struct RecipeEncoderTests {
    @Test func keysKeepTheirOrder() throws {
        #expect(
            try RecipeEncoder().encode(sample) == """
                name: small
                model:
                  cell: lstm
                  hidden_size: 64
                  dropout: 0.25
                training:
                  steps: 1000
                  batch: 32
                  learning_rate: 0.001
                  shuffle: true
                  clip_norm: 0.5
                  weights:
                    b_c: 1.5
                    learningRate: 2.0
                data:
                  files:
                  - path: a.txt
                    language: 'no'
                  - path: b c.txt
                  lengths: [5, 10]

                """)
    }

    @Test func whatIsWrittenReadsBack() throws {
        let text = try RecipeEncoder().encode(sample)
        #expect(try RecipeDecoder().decode(SampleRecipe.self, fromText: text, name: "recipe.yaml") == sample)
    }

    @Test(arguments: [1e-5, 1e300, -0.0, .leastNonzeroMagnitude, .pi, .infinity, 1 / 3])
    func numbersKeepTheirBits(number: Double) throws {
        let text = try RecipeEncoder().encode([number])
        let read = try RecipeDecoder().decode([Double].self, fromText: text, name: "r")
        #expect(read.map(\.bitPattern) == [number.bitPattern])
    }

    @Test(arguments: ["", "~", "null", "no", "1", "1e5", "a: b", "# x", "line\nline", "سلام", "日本語", "tab\there", "'", "\"", " x "])
    func textSurvives(text: String) throws {
        let written = try RecipeEncoder().encode(["key": text])
        #expect(try RecipeDecoder().decode([String: String].self, fromText: written, name: "r") == ["key": text])
    }

    @Test func emptyCollectionsAndNothing() throws {
        struct Holder: Codable, Equatable {
            var list: [Int] = []
            var mapping: [String: Int] = [:]
            var nothing: Int?
            var nothings: [Int?] = [nil, 1]
        }
        let text = try RecipeEncoder().encode(Holder())
        #expect(text == "list: []\nmapping: {}\nnothings: [null, 1]\n")
        #expect(try RecipeDecoder().decode(Holder.self, fromText: text, name: "r") == Holder())
    }

    @Test func notANumberIsRefused() {
        #expect(throws: EncodingError.self) { try RecipeEncoder().encode([Double.nan]) }
    }
}

@Suite("Spelling") struct RecipeKeyStyleTests {
    @Test(arguments: [
        ("steps", "steps"), ("learningRate", "learning_rate"), ("maximumURLCount", "maximum_url_count"), ("beta2", "beta2"),
        ("layer2Size", "layer2_size"), ("useURL", "use_url"), ("", ""), ("already_snake", "already_snake"),
    ])
    func recipeKeys(name: String, key: String) {
        #expect(RecipeKeyStyle.recipeKey(name) == key)
    }

    @Test(arguments: [("", "", 0), ("abc", "", 3), ("abc", "abd", 1), ("abc", "acb", 1), ("kitten", "sitting", 3), ("ab", "ba", 1)])
    func editDistances(first: String, second: String, distance: Int) {
        #expect(Spelling.editDistance(first, second) == distance)
        #expect(Spelling.editDistance(second, first) == distance)
    }

    @Test func theNearestWord() {
        #expect(Spelling.nearest(to: "hidden", among: ["steps", "hidden_size"]) == "hidden_size")
        #expect(Spelling.nearest(to: "LSTM", among: ["rnn", "lstm"]) == "lstm")
        #expect(Spelling.nearest(to: "xyz", among: ["steps", "hidden_size"]) == nil)
        #expect(Spelling.nearest(to: "bat", among: ["cat", "rat"]) == "cat")
        #expect(Spelling.nearest(to: "x", among: []) == nil)
    }
}
