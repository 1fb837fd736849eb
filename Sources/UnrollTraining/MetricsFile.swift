import Foundation

/// One JSON object a line: what a training measured, for plots and scripts. Lines after the update that a resumed training starts from are dropped.
final class MetricsFile {
    private let handle: FileHandle
    private let encoder: JSONEncoder

    struct Line: Codable {
        var step: Int
        var epoch: Int?
        var loss: Double?
        var perplexity: Double?
        var gradientNorm: Double?
        var learningRate: Double?
        var tokensPerSecond: Double?
        var validationLoss: Double?
        var validationPerplexity: Double?
        var bleu: Double?
        var chrf: Double?
        var exactMatch: Double?

        /// Without infinities, which JSON does not have: the perplexity of a loss above 709 is one.
        var finite: Line {
            var line = self
            let values = [
                \Line.loss, \.perplexity, \.gradientNorm, \.learningRate, \.tokensPerSecond, \.validationLoss, \.validationPerplexity,
                \.bleu,
                \.chrf, \.exactMatch,
            ]
            for value in values where line[keyPath: value]?.isFinite == false { line[keyPath: value] = nil }
            return line
        }
    }

    init(_ url: URL, resumingAfter step: Int) throws {
        encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        var kept = Data()
        if step > 0, let old = try? Data(contentsOf: url) {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            for line in old.split(separator: UInt8(ascii: "\n")) {
                guard let values = try? decoder.decode(Line.self, from: Data(line)), values.step <= step else { continue }
                kept += line + [UInt8(ascii: "\n")]
            }
        }
        try kept.write(to: url, options: .atomic)
        handle = try FileHandle(forWritingTo: url)
        try handle.seekToEnd()
    }

    deinit { try? handle.close() }

    func write(_ line: Line) throws {
        try handle.write(contentsOf: try encoder.encode(line.finite) + [UInt8(ascii: "\n")])
    }
}
