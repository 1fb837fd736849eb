import ArgumentParser
import Foundation
import Unroll

/// `unroll solve`
struct Solve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Give examples to a network that has learnt an algorithm, and see what it says.",
        usage: "unroll solve <model> [<options>]",
        discussion: """
            The examples are made as the recipe's are, but are others than the network learnt from or was measured on. Of each are drawn what was \
            shown, what was to be said, and what was said: a column for each step, a row for each number, darker for larger. Where what was said is \
            wrong, a row below marks the step.

              unroll solve runs/copy/best.safetensors --length 40
              unroll solve runs/recall/best.safetensors --items 12 --count 3

            --json writes one object for each example:
              shown       numbers of each step before the answer
              targets     the bits of each step of the answer
              said        the probabilities of a 1 there
              wrong_bits  how many bits come out wrong
              bits        how many there are
            """)

    @Argument(help: "The model file.")
    var model: String

    @OptionGroup var sizes: AlgorithmSizes

    @Option(help: "Examples.")
    var count = 1

    @Option(help: "The same seed gives the same examples.")
    var seed: UInt64 = 1

    @Flag(help: "Write one JSON object for each example.")
    var json = false

    @OptionGroup var threads: ThreadOptions

    func validate() throws { try check("--count", count, in: 1...1_000_000) }

    func run() throws {
        threads.apply()
        let solver = try Solver(contentsOf: URL(fileURLWithPath: model))
        guard let section = try ModelQuality.recipe(of: solver.model, model).asAlgorithm?.data else { throw ModelQuality.noData(model) }
        let algorithm = try sizes.applied(to: section.algorithm)
        let generator = try AlgorithmGenerator(seed: seed, algorithm)
        for place in 0..<count {
            // A stream of its own: what a recipe with the same seed learns from is another.
            let solution = try solver.solve([generator.sequence(place, stream: 4)])[0]
            if json {
                try Output.line(try ResultWriter.json(solution))
            } else {
                try Output.write((place == 0 ? "" : "\n") + Self.text(solution, algorithm))
            }
        }
    }

    private static func text(_ solution: Solution, _ algorithm: Algorithm) -> String {
        let wrong = zip(solution.targets, solution.said).map { zip($0, $1).contains { ($0 > 0.5) != ($1 > 0.5) } }
        var text = drawn("shown", algorithm.inputNames, solution.shown.map { $0.map(Double.init) })
        text += drawn("to be said", algorithm.outputNames, solution.targets.map { $0.map(Double.init) })
        text += drawn("said", algorithm.outputNames, solution.said)
        if wrong.contains(true) { text += row("wrong", wrong.map { $0 ? "^" : " " }.joined()) }
        return text + "wrong bits: \(solution.wrongBits) of \(solution.bits)\n"
    }

    private static func drawn(_ title: String, _ names: [String], _ steps: [[Double]]) -> String {
        let rows = names.enumerated().map { place, name in
            let values = steps.map { $0[place] }
            let isNumber = values.contains { $0 < 0 || $0 > 1 } && values.count { $0 != 0 } == 1
            let blocks =
                isNumber ? values.filter { $0 != 0 }[0].fixed(3) : values.map { block($0, isSigned: values.contains { $0 < 0 }) }.joined()
            return row(name, blocks)
        }
        return title + "\n" + rows.joined()
    }

    private static func row(_ name: String, _ text: String) -> String {
        "  " + name.padding(toLength: 9, withPad: " ", startingAt: 0) + text + "\n"
    }

    /// From 0 to 1, or from −1 to 1, darker and darker.
    private static func block(_ value: Double, isSigned: Bool) -> String {
        let blocks = ["·", "░", "▒", "▓", "█"]
        let share = isSigned ? (value + 1) / 2 : value
        return blocks[min(blocks.count - 1, max(0, Int((share * Double(blocks.count)).rounded(.down))))]
    }
}
