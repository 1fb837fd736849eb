import Foundation

/// One JSON object a line: what a training measured, for plots and scripts. Lines after the update that a resumed training starts from are dropped.
final class MetricsFile {
    private let url: URL
    private let descriptor: Int32
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
                \.bleu, \.chrf,
                \.exactMatch,
            ]
            for value in values where line[keyPath: value]?.isFinite == false { line[keyPath: value] = nil }
            return line
        }
    }

    init(_ url: URL, resumingAfter step: Int) throws {
        self.url = url
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
        do {
            try kept.write(to: url, options: .atomic)
        } catch {
            throw Self.failure(url, error.localizedDescription)
        }
        descriptor = open(url.path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(url, String(cString: strerror(errno))) }
    }

    deinit { close(descriptor) }

    func write(_ line: Line) throws {
        let bytes = try encoder.encode(line.finite) + [UInt8(ascii: "\n")]
        try bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = Foundation.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                if count >= 0 {
                    done += count
                } else if errno != EINTR {
                    throw Self.failure(url, String(cString: strerror(errno)))
                }
            }
        }
    }

    private static func failure(_ url: URL, _ reason: String) -> TrainingError {
        TrainingError(.directory, "\(url.path): cannot be written: \(reason); free some space, or choose another directory")
    }
}
