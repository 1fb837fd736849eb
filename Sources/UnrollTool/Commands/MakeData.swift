import ArgumentParser
import Unroll

/// `unroll data`
struct MakeData: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Make data to learn from, without a download.",
        subcommands: [Dates.self, Copying.self, Adding.self, Brackets.self, Stories.self])

    struct Dates: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Dates as people write them in 56 locales, paired with ISO 8601.",
            usage: "unroll data dates [<options>]",
            discussion: """
                Writes lines of source, tab, target, tab, locale. A held-out day occurs among the training examples in no locale.

                  unroll data dates --count 5 --split held-out
                """)

        @Option(help: "Examples to make.")
        var count = 1_000

        @Option(help: "Which days the dates are of.")
        var split = Split.training

        @Option(help: "The same seed gives the same bytes.")
        var seed: UInt64 = 1

        @Option(help: ArgumentHelp("The file to write; standard output if left out.", valueName: "file"))
        var out: String?

        enum Split: String, ExpressibleByArgument, CaseIterable {
            case training
            case heldOut = "held-out"
        }

        func run() throws {
            let dates = try DateGenerator(seed: seed).examples(count: count, split: split == .training ? .training : .heldOut)
            try MakeData.write(dates.lazy.map(\.row), to: out)
        }
    }

    struct Copying: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Random sequences of symbols, to be copied.",
            usage: "unroll data copying [<options>]",
            discussion: "  unroll data copying --shortest 40 --longest 40 --count 200")

        @Option(help: "Sequences to make.")
        var count = 1_000

        @Option(help: "Different symbols.")
        var symbols = 20

        @Option(help: "The shortest sequence.")
        var shortest = 1

        @Option(help: "The longest sequence.")
        var longest = 20

        @Option(help: "The same seed gives the same bytes.")
        var seed: UInt64 = 1

        @Option(help: ArgumentHelp("The file to write; standard output if left out.", valueName: "file"))
        var out: String?

        func validate() throws {
            try check("--count", count, in: 0...100_000_000)
            try check("--longest", longest, in: 1...1_000_000)
            try check("--shortest", shortest, in: 1...longest)
        }

        func run() throws {
            let generator = try SequenceGenerator(seed: seed, symbolCount: symbols, firstToken: 0)
            let rows = try generator.drawn(count: count, lengths: shortest...longest, stream: 0).lazy.map {
                "\(generator.text(of: $0.source))\t\(generator.text(of: $0.target))\n"
            }
            try MakeData.write(rows, to: out)
        }
    }

    struct Adding: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The adding problem: many numbers, of which two are marked; their sum is wanted.",
            usage: "unroll data adding [<options>]",
            discussion: """
                Writes lines of the sum, a tab, and the steps with blanks between them; a step is a number, a comma, and its mark.

                  unroll data adding --length 400 --count 1000 --out test.tsv
                  unroll evaluate runs/adding/best.safetensors --data test.tsv
                """)

        @Option(help: "Sequences to make.")
        var count = 1_000

        @Option(help: "Steps of a sequence.")
        var length = 400

        @Option(help: "The same seed gives the same bytes.")
        var seed: UInt64 = 1

        @Option(help: ArgumentHelp("The file to write; standard output if left out.", valueName: "file"))
        var out: String?

        func validate() throws {
            try check("--count", count, in: 0...100_000_000)
            try check("--length", length, in: 2...1_000_000)
        }

        func run() throws {
            let generator = try AddingGenerator(seed: seed, length: length)
            try MakeData.write((0..<count).lazy.map { generator.sequence($0, stream: 0).line + "\n" }, to: out)
        }
    }

    struct Brackets: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Programs of brackets, correct and wrong, that no counting tells apart.",
            usage: "unroll data brackets [<options>]",
            discussion: """
                Writes lines of program, tab, and correct or wrong, by turns. A wrong program is a correct one in which two brackets have \
                changed places: length, the number of each bracket, the depth, first and last are the same, from the left no kind is closed \
                before it was opened, and neighbours look right.

                  unroll data brackets --shortest 400 --longest 400 --count 2000 --out test.tsv
                  unroll evaluate runs/brackets/best.safetensors --data test.tsv
                """)

        @Option(help: "Programs to make.")
        var count = 1_000

        @Option(help: "The shortest program, in brackets.")
        var shortest = 200

        @Option(help: "The longest program; from each doubling of the shortest to the next, half as many.")
        var longest = 200

        @Option(help: "The most brackets open at once.")
        var depth = BracketSection().depth

        @Option(help: "Kinds of brackets: (), [], {}, <>.")
        var kinds = BracketSection().kinds

        @Option(help: "The same seed gives the same bytes.")
        var seed: UInt64 = 1

        @Option(help: ArgumentHelp("The file to write; standard output if left out.", valueName: "file"))
        var out: String?

        func validate() throws {
            try check("--count", count, in: 0...100_000_000)
            try check("--longest", longest, in: BracketGenerator.leastLength...1_000_000)
            try check("--shortest", shortest, in: BracketGenerator.leastLength...longest)
            try check("--depth", depth, in: BracketGenerator.leastDepth...1_000_000)
            try check("--kinds", kinds, in: BracketGenerator.kindLimits)
            if longest % 2 == 1 {
                throw ValidationError("--longest must be even, since each bracket that opens closes, not \(longest)")
            }
        }

        func run() throws {
            let generator = try BracketGenerator(seed: seed, lengths: shortest...longest, depth: depth, kinds: kinds)
            let rows = (0..<count).lazy.map { place in
                let example = generator.example(place, stream: 0)
                return "\(example.text)\t\(example.label)\n"
            }
            try MakeData.write(rows, to: out)
        }
    }

    struct Stories: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stories of people, places and objects, with questions, their answers, and the sentences that tell.",
            usage: "unroll data stories [<options>]",
            discussion: """
                Writes the format of the bAbI tasks: each line has its number in the story; a question, a tab, its answer, a tab, and the numbers \
                of the lines that it follows from. Kinds:
                  places    where someone is
                  objects   where something is, which someone may be carrying
                  counting  how many things someone is carrying
                  yes_no    whether someone is at a place
                  paths     which two steps lead from a place to another

                  unroll data stories --kind objects --count 200 --out test.txt
                  unroll evaluate runs/stories/best.safetensors --data test.txt
                """)

        @Option(help: ArgumentHelp("What is asked.", valueName: "kind"))
        var kind = StoryGenerator.Kind.places

        @Option(help: "Questions to make.")
        var count = 1_000

        @Option(help: "The same seed gives the same bytes.")
        var seed: UInt64 = 1

        @Option(help: ArgumentHelp("The file to write; standard output if left out.", valueName: "file"))
        var out: String?

        func validate() throws { try check("--count", count, in: 0...10_000_000) }

        func run() throws {
            // A stream of its own: what a recipe with the same seed learns from is another.
            let task = StoryGenerator(seed: seed).task(kind, questions: count, stream: 4)
            try MakeData.write(task.stories.lazy.map(\.lines), to: out)
        }
    }

    /// Writes rows to a file or to standard output, some at a time: there may be more than memory holds.
    private static func write(_ rows: some Sequence<String>, to path: String?) throws {
        let file = try path.map(OutputFile.init)
        let portions = sequence(state: rows.makeIterator()) { rows -> String? in
            var portion = ""
            while portion.utf8.count < 1 << 16, let row = rows.next() { portion += row }
            return portion.isEmpty ? nil : portion
        }
        if let file {
            try file.write(portions)
        } else {
            for portion in portions { try Output.write(portion) }
        }
    }
}

extension StoryGenerator.Kind: ExpressibleByArgument {}

extension DateExample {
    /// A line: source, target and locale, with tabs between.
    var row: String { "\(source)\t\(target)\t\(locale)\n" }
}
