import UnrollModules
import UnrollTensors
import UnrollText

@testable import UnrollDecoding

/// What the searches of whole networks are tried with: source vocabularies of 15 tokens, target ones of 13.
enum SearchExample {
    static let sources: [[Int32]] = [
        [4, 5, 6, 7, 8, 9, 10], [], [11], [12, 4], [4, 5, 6, 7, 8, 9, 14], [13, 13, 13, 13], [4, 5], [11],
        [9, 8, 7, 6, 5, 4, 4, 4, 12, 6, 10],
    ]

    static func search(beam: Int, best: Int = 1) -> BeamSearch {
        var options = SearchOptions()
        options.beam = beam
        options.best = best
        options.maximumExtra = 3
        options.wantsAlignments = true
        return BeamSearch(options, start: Vocabulary.start, end: Vocabulary.end, forbidden: [0, 1, 2])
    }
}

extension Module {
    /// Makes a network sure of itself, and unlikely to end at once.
    func makeSure(bias: Parameter, deviation: Double) {
        for (place, named) in parameters.enumerated() {
            named.parameter.set(
                named.parameter.value + .normal(named.parameter.shape, deviation: deviation, key: RandomKey(seed: 22).split(place)))
        }
        bias.set(bias.value - Tensor((0..<13).map { $0 == Int(Vocabulary.end) ? 3 : 0 }, shape: [13], scalarType: .float32))
    }
}
