import Foundation
import UnrollInsight

extension GradientHistory {
    /// Reads the norms of the parameters' gradients from a training's `metrics.jsonl`; nil where they were not recorded.
    ///
    /// - Throws: `TrainingError` for a file that cannot be read or has a line that is no JSON object.
    public init?(metricsFile url: URL) throws {
        let bytes: Data
        do { bytes = try Data(contentsOf: url) } catch {
            throw TrainingError(
                .unreadable, "\(url.path): cannot be read: \(error.localizedDescription); name the metrics.jsonl of a training")
        }
        var lines: [(step: Int, norms: [String: Double])] = []
        for (place, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
            guard let values = try? JSONDecoder().decode(Line.self, from: Data(line)) else {
                throw TrainingError(.malformed, "\(url.path):\(place + 1): is no line of metrics; name the metrics.jsonl of a training")
            }
            if let norms = values.gradientNorms { lines.append((values.step, norms)) }
        }
        guard !lines.isEmpty else { return nil }
        let names = Set(lines.flatMap(\.norms.keys)).sorted()
        self.init(steps: lines.map(\.step), names: names, norms: names.map { name in lines.map { $0.norms[name] } })
    }

    private struct Line: Decodable {
        let step: Int
        let gradientNorms: [String: Double]?

        enum CodingKeys: String, CodingKey {
            case step
            case gradientNorms = "gradient_norms"
        }
    }
}
