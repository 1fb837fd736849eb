import Foundation
import Testing

/// A classifier, a tagger and a regression model, trained once for all tests.
enum TinyLabellers {
    private static let training = """
        training:
          steps: 60
          optimizer: {kind: adam, learning_rate: 0.03}
          validate_every: 30
          save_every: 20
          log_every: 10

        """

    static let classification = """
        task: classification
        data: {train: texts.tsv, validation: texts.tsv}
        text: {tokenizer: word}
        model: {embedding: 8, hidden: 8, pooling: attention}

        """ + training

    static let tagging = """
        task: tagging
        data: {train: sentences.tsv, validation: sentences.tsv}
        text: {minimum_frequency: 1}
        model: {embedding: 8, hidden: 8, character_embedding: 4, character_hidden: 4}

        """ + training

    static let regression = """
        task: regression
        data: {adding: {train: 200, validation: 20, length: 5}}
        model: {hidden: 8}

        """ + training

    static func scratch() throws -> Scratch {
        let folder = try Scratch()
        try folder.write(classification, to: "classification.yaml")
        try folder.write(tagging, to: "tagging.yaml")
        try folder.write(regression, to: "regression.yaml")
        let drinks = ["a cup of tea", "some cold milk", "hot tea please", "milk and tea"].map { "\($0)\tdrink\n" }
        let food = ["fresh bread", "bread and cheese please", "some old cheese", "a loaf of bread"].map { "\($0)\tfood\n" }
        try folder.write((drinks + food).joined(), to: "texts.tsv")
        let sentences = [
            ("a flight from New York to Paris", "O O O B-city I-city O B-city"), ("from Paris", "O B-city"),
            ("to New York", "O B-city I-city"),
            ("a flight", "O O"),
        ]
        try folder.write(sentences.map { "\($0.0)\t\($0.1)\n" }.joined(), to: "sentences.tsv")
        return folder
    }

    static let folder: Scratch = {
        do {
            let folder = try scratch()
            for name in ["classification", "tagging", "regression"] {
                let run = try Tool.run(["train", "\(name).yaml", "--out", name], in: folder)
                precondition(run.code == 0, run.error)
            }
            return folder
        } catch {
            preconditionFailure("the tests' models cannot be trained: \(error)")
        }
    }()

    static func model(_ name: String) -> String { folder.url("\(name)/best.safetensors").path }
}

@Suite("Classifiers, taggers and regression from the command line")
struct LabelTests {
    private let folder = TinyLabellers.folder

    private func run(_ command: String, _ model: String, _ arguments: String..., input: String? = nil) throws -> Tool.Run {
        try Tool.run([command, TinyLabellers.model(model)] + arguments, in: folder, input: input)
    }

    private func object(_ line: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    // MARK: - classify

    @Test func classifiesEachLine() throws {
        let result = try run("classify", "classification", input: "hot tea\n\nold bread\n")
        #expect((result.code, result.told) == (0, ""))
        #expect(result.lines.count == 3)
        #expect(result.lines[0].wholeMatch(of: /drink\t[01]\.[0-9]{4}/) != nil)
        #expect(result.lines[2].wholeMatch(of: /food\t[01]\.[0-9]{4}/) != nil)
        let both = try run("classify", "classification", "--top", "2", input: "hot tea\n").lines[0].split(separator: "\t")
        #expect(both.count == 4 && both[0] == "drink" && both[2] == "food")
        #expect(abs(try #require(Double(both[1])) + #require(Double(both[3])) - 1) < 2e-4)
        #expect(try run("classify", "classification", input: "").output == "")
    }

    @Test func aLineIsTheSameAloneAndAmongOthers() throws {
        let texts = ["a cup of milk", "bread", "some old cheese and some hot tea please", "", "unheard of"]
        for arguments in [["--batch", "1"], ["--batch", "3"], ["--threads", "2"]] {
            let many = try Tool.run(
                ["classify", TinyLabellers.model("classification"), "--json"] + arguments, in: folder,
                input: texts.joined(separator: "\n") + "\n")
            for (text, line) in zip(texts, many.lines) {
                #expect(try run("classify", "classification", "--json", input: text + "\n").lines == [line])
            }
        }
    }

    @Test func jsonOfAClassificationHasExactlyTheDocumentedKeys() throws {
        let object = try object(run("classify", "classification", "--json", input: "hot tea\n").lines[0])
        #expect(object.keys.sorted() == ["attention", "candidates", "text", "tokens"])
        #expect(object["text"] as? String == "hot tea" && object["tokens"] as? [String] == ["hot", "tea"])
        let candidates = try #require(object["candidates"] as? [[String: Any]])
        #expect(candidates.map { $0.keys.sorted() } == [["label", "probability"], ["label", "probability"]])
        let attention = try #require(object["attention"] as? [Double])
        #expect(attention.count == 2 && abs(attention.reduce(0, +) - 1) < 1e-5)
    }

    // MARK: - tag

    @Test func tagsEachWord() throws {
        let result = try run("tag", "tagging", input: "to New York\n\nfrom  Paris\n")
        #expect((result.code, result.told) == (0, ""))
        #expect(result.output == "O B-city I-city\n\nO B-city\n")
        let aligned = try run("tag", "tagging", "--aligned", input: "to New York\n")
        #expect(aligned.output == "to  New     York\nO   B-city  I-city\n\n")
    }

    @Test func jsonOfTagsHasExactlyTheDocumentedKeys() throws {
        let object = try object(run("tag", "tagging", "--json", input: "to New York\n").lines[0])
        #expect(object.keys.sorted() == ["spans", "words"])
        let words = try #require(object["words"] as? [[String: Any]])
        #expect(words.map { $0["text"] as? String } == ["to", "New", "York"])
        #expect(words.allSatisfy { $0.keys.sorted() == ["probability", "tag", "text"] })
        let spans = try #require(object["spans"] as? [[String: Any]])
        #expect(spans.count == 1 && spans[0].keys.sorted() == ["end", "kind", "start", "text"])
        #expect(spans[0]["text"] as? String == "New York" && spans[0]["start"] as? Int == 1 && spans[0]["end"] as? Int == 3)
    }

    @Test func longLinesAreLeftEmptyAndSaid() throws {
        let result = try run("tag", "tagging", "--maximum-words", "2", input: "to Paris\nto New York\nfrom Paris\n")
        #expect(result.code == 65)
        #expect(result.output == "O B-city\n\nO B-city\n")
        #expect(
            result.told == """
                unroll: standard input:2: 3 words, at most 2 are taken; split the line, or raise --maximum-words
                unroll: 1 line too long to be tagged; left empty

                """)
        let classified = try run("classify", "classification", "--maximum-tokens", "2", input: "hot tea\na b c\n")
        #expect(classified.code == 65 && classified.lines.count == 2 && classified.lines[1] == "")
        #expect(classified.told.hasPrefix("unroll: standard input:2: 3 tokens, at most 2 are taken; shorten the line"))
    }

    // MARK: - evaluate, info, data

    @Test func evaluates() throws {
        let classes = try run("evaluate", "classification", "--data", "texts.tsv")
        #expect(classes.output.wholeMatch(of: /loss = [0-9.]+\naccuracy = 100.0%\ntexts = 8\n/) != nil, "\(classes.output)")
        #expect(try run("evaluate", "classification").output == classes.output)
        let tags = try run("evaluate", "tagging", "--data", "sentences.tsv")
        let lines = /loss = [0-9.]+\naccuracy = 100.0%\nprecision = 100.0%\nrecall = 100.0%\nF1 = 100.0%\nwords = 14\n/
        #expect(tags.output.wholeMatch(of: lines) != nil, "\(tags.output)")
        let json = try object(run("evaluate", "tagging", "--json").output)
        #expect(json.keys.sorted() == ["accuracy", "f1", "loss", "precision", "recall", "words"])
        let numbers = try run("evaluate", "regression")
        #expect(numbers.output.wholeMatch(of: /loss = [0-9.]+\nMSE = [0-9.]+\nMAE = [0-9.]+\nsequences = 20\n/) != nil, "\(numbers.output)")
    }

    @Test func madeNumbersAreMeasured() throws {
        let folder = try Scratch()
        #expect(try Tool.run(["data", "adding", "--count", "7", "--length", "5", "--out", "numbers"], in: folder).code == 0)
        #expect(try folder.text("numbers").split(separator: "\n").count == 7)
        let result = try Tool.run(["evaluate", TinyLabellers.model("regression"), "--data", "numbers"], in: folder)
        #expect(result.code == 0 && result.output.hasSuffix("sequences = 7\n"))
        try folder.write("1\t0.5,1,0\n", to: "wrong")
        let wrong = try Tool.run(["evaluate", TinyLabellers.model("regression"), "--data", "wrong"], in: folder)
        #expect((wrong.code, wrong.output) == (65, ""))
        #expect(wrong.told == "unroll: the sequences have 3 numbers a step and 1 targets, the model 2 and 1.\n")
    }

    @Test func infoNamesTheKind() throws {
        for (name, kind) in [
            ("classification", "sequence_classifier"), ("tagging", "sequence_tagger"), ("regression", "sequence_regressor"),
        ] {
            let lines = try run("info", name).lines
            #expect(lines[1] == "kind: \(kind)")
            #expect(lines.contains("  task: \(name)"))
        }
        #expect(try run("info", "classification").lines[3] == "classes: 2: drink, food")
    }

    @Test func aModelOfAnotherKindIsSaidWithItsCommand() throws {
        let wrong = try run("tag", "classification", input: "a\n")
        #expect((wrong.code, wrong.output) == (65, ""))
        #expect(wrong.told.hasSuffix(": holds a classifier, which 'unroll classify' uses; a tagger is wanted here\n"))
        #expect(try run("classify", "tagging").told.hasSuffix(": holds a tagger, which 'unroll tag' uses; a classifier is wanted here\n"))
        #expect(
            try run("generate", "regression").told.hasSuffix(
                ": holds a regression model, which 'unroll evaluate' uses; a language model is wanted here\n"))
    }

    // MARK: - Bad data

    @Test func malformedLinesAreSaidWithTheirPlace() throws {
        func said(_ recipe: String, _ file: String, _ text: String) throws -> String {
            let folder = try TinyLabellers.scratch()
            try folder.write(text, to: file)
            let run = try Tool.run(["train", "\(recipe).yaml", "--out", "run"], in: folder)
            #expect((run.code, run.output) == (65, ""))
            return run.told
        }
        #expect(try said("classification", "texts.tsv", "a\tb\nc\n").hasPrefix("unroll: texts.tsv:2: the line has 1 tab-separated columns"))
        #expect(
            try said("tagging", "sentences.tsv", "a b\tO O\nc d\tO\n")
                == "unroll: sentences.tsv:2: there are 2 words and 1 tags; each word needs one.\n")
        #expect(try said("tagging", "sentences.tsv", "").hasPrefix("unroll: sentences.tsv: the file has no lines with text"))
    }

    @Test func f1NeedsSpans() throws {
        let folder = try TinyLabellers.scratch()
        try folder.write("a b\tNOUN VERB\n", to: "sentences.tsv")
        let run = try Tool.run(["train", "tagging.yaml", "--out", "run", "--set", "training.best=f1"], in: folder)
        #expect(run.code == 78)
        #expect(run.told.contains("'training.best' cannot be 'f1': the tags, such as 'NOUN', are not all 'O', 'B-…' and 'I-…'"))
    }
}
