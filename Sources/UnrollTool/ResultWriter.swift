import Foundation
import Unroll

/// Writes translations to standard output, as lines or as JSON.
struct ResultWriter {
    private let json: Bool
    private let best: Int

    init(json: Bool, best: Int) {
        self.json = json
        self.best = best
    }

    /// Writes what one line of the input gave.
    func write(_ translation: Translation, line: Int) throws {
        if json {
            try Output.line(try Self.json(translation))
        } else if best == 1 {
            try Output.line(translation.text)
        } else {
            try Output.write(translation.hypotheses.map { "\(line)\t\($0.score.fixed(4))\t\($0.text)\n" }.joined())
        }
    }

    /// One line of JSON with sorted keys in snake_case.
    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
