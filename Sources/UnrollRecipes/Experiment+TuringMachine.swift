import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollTraining

extension Experiment {
    /// The five tasks of Graves 2014. The paper has curves and no table: where one of them ends at no wrong bit, that is the published number.
    public static let turingMachines = Experiment(
        name: "ntm", title: "five tasks of neural Turing machines (Graves 2014)", parts: [copy, recall, ngrams, repeatCopy, prioritySort],
        quickParts: [shortCopy])

    private static let copy = part(
        "copy", "copying 1 to 20 vectors of 8 bits", seeds: Array(1...5), sizes: [.learnt, .length(40), .length(120)],
        rows: [
            row("wrong bits of a sequence", .wrongBits, .learnt, published: 0, expected: 0),
            row("the same of 40 vectors", .wrongBits, .length(40), expected: 0.008),
            row("share of wrong bits of 120 vectors", .wrongShare, .length(120), expected: 0.0191),
        ])

    private static let shortCopy = part(
        "copy", "copying 1 to 20 vectors of 8 bits, from one seed", seeds: [1], sizes: [.learnt, .length(40), .length(120)],
        rows: [
            row("wrong bits of a sequence", .wrongBits, .learnt, published: 0, expected: 0),
            row("the same of 40 vectors", .wrongBits, .length(40), expected: 0.014),
            row("share of wrong bits of 120 vectors", .wrongShare, .length(120), expected: 0.0036),
        ])

    private static let recall = part(
        "associative-recall", "saying the item after one of 2 to 6", sizes: [.learnt, .items(12)],
        rows: [
            row("wrong bits of an answer's 18", .wrongBits, .learnt, published: 0, expected: 0.022),
            row("the same with 12 items", .wrongBits, .items(12), expected: 0.044),
        ])

    private static let ngrams = part(
        "ngrams", "predicting the next of 200 bits", sizes: [.learnt],
        rows: [
            row("cost of a sequence, bits", .cost, .learnt, expected: 136.42),
            row("what that is above the optimum", .excess, .learnt, expected: 0.028),
        ])

    private static let repeatCopy = part(
        "repeat-copy", "saying 1 to 10 vectors 1 to 10 times", sizes: [.learnt, .length(20), .repeats(20)],
        rows: [
            row("wrong bits of a sequence", .wrongBits, .learnt, published: 0, expected: 0.415),
            row("share of wrong bits, 20 vectors", .wrongShare, .length(20), expected: 0.00044),
            row("share of wrong bits, 20 times", .wrongShare, .repeats(20), expected: 0.3243),
        ])

    private static let prioritySort = part(
        "priority-sort", "sorting out 16 of 20 vectors", sizes: [.learnt],
        rows: [row("wrong bits of an answer's 128", .wrongBits, .learnt, expected: 20.055)])

    // MARK: - Parts and rows

    /// The size of the examples that a model is measured on.
    private enum Size {
        /// That of those that it learnt from.
        case learnt
        case length(Int)
        case repeats(Int)
        case items(Int)

        var name: String {
            switch self {
            case .learnt: ""
            case .length(let count): "_length_\(count)"
            case .repeats(let count): "_repeats_\(count)"
            case .items(let count): "_items_\(count)"
            }
        }

        func applied(to algorithm: Algorithm) throws -> Algorithm {
            switch self {
            case .learnt: algorithm
            case .length(let count): try algorithm.resized(length: count)
            case .repeats(let count): try algorithm.resized(repeats: count)
            case .items(let count): try algorithm.resized(items: count)
            }
        }
    }

    /// What is told of a size.
    private enum Measure: String {
        case wrongBits = "wrong_bits"
        case wrongShare = "wrong_share"
        case cost = "bits_per_sequence"
        /// How far the cost lies above the optimum, as a share of it.
        case excess

        var unit: Unit {
            switch self {
            case .wrongBits: .number(decimals: 3)
            case .wrongShare, .excess: .share
            case .cost: .number(decimals: 2)
            }
        }
    }

    private static func row(_ title: String, _ measure: Measure, _ size: Size, published: Double? = nil, expected: Double?) -> Row {
        Row(
            title: title, measure: measure.rawValue + size.name, summary: .median, unit: measure.unit, published: published,
            expected: expected)
    }

    private static func part(_ name: String, _ title: String, seeds: [UInt64] = [1], sizes: [Size], rows: [Row]) -> Part {
        Part(name: name, title: title, recipe: "ntm-\(name).yaml", overrides: [], seeds: seeds, rows: rows) { folder, recipe in
            guard case .algorithm(let sections) = recipe else { return [:] }
            let model = try AlgorithmModel(contentsOf: folder.appendingPathComponent("best.safetensors"))
            var measures: [String: Double] = [:]
            for size in sizes {
                let examples = try sections.data.examples(stream: 3, of: size.applied(to: sections.data.algorithm))
                let found = try model.validation(on: examples)
                measures[Measure.wrongBits.rawValue + size.name] = found[.wrongBits]
                measures[Measure.cost.rawValue + size.name] = found[.bitsPerSequence]
                measures[Measure.wrongShare.rawValue + size.name] = found[.accuracy].map { 1 - $0 }
                if let cost = found[.bitsPerSequence], let optimum = found[.optimalBits] {
                    measures[Measure.excess.rawValue + size.name] = cost / optimum - 1
                }
            }
            return measures
        }
    }
}
