import Foundation

/// One JSON object a line: what a training measured, for plots and scripts. Lines after the update that a resumed training starts from are dropped.
final class MetricsFile {
    private let url: URL
    private let descriptor: Int32
    private let encoder: JSONEncoder

    /// The numbers of one line by their names.
    struct Line: Encodable {
        private let step: Int
        private var epoch: Int?
        private let values: [(name: String, value: Double)]
        private var gradientNorms: [(name: String, norm: Double)] = []

        /// What an update found.
        init(_ progress: TrainingProgress) {
            step = progress.step
            epoch = progress.epoch
            gradientNorms = progress.gradientNorms
            values =
                [("loss", progress.loss)] + progress.metrics.map { ($0.kind.rawValue, $0.value) } + [
                    ("gradient_norm", progress.gradientNorm), ("learning_rate", progress.learningRate),
                    ("tokens_per_second", progress.tokensPerSecond),
                ]
        }

        /// What a validation found. What training lines have as well is told apart from theirs.
        init(step: Int, _ validation: Validation) {
            self.step = step
            values =
                [("validation_loss", validation.loss)]
                + validation.metrics.map { (($0.kind.followsFromLoss ? "validation_" : "") + $0.kind.rawValue, $0.value) }
        }

        /// The key of an object with a number for each parameter.
        static let gradientNormsKey = "gradient_norms"

        private struct Key: CodingKey {
            let stringValue: String
            let intValue: Int? = nil

            init(stringValue: String) { self.stringValue = stringValue }

            init?(intValue: Int) { nil }
        }

        /// Leaves out infinities, which JSON does not have: the perplexity of a loss above 709 is one.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(step, forKey: Key(stringValue: "step"))
            try container.encodeIfPresent(epoch, forKey: Key(stringValue: "epoch"))
            for (name, value) in values where value.isFinite { try container.encode(value, forKey: Key(stringValue: name)) }
            guard !gradientNorms.isEmpty else { return }
            var norms = container.nestedContainer(keyedBy: Key.self, forKey: Key(stringValue: Self.gradientNormsKey))
            for (name, norm) in gradientNorms { try norms.encode(norm, forKey: Key(stringValue: name)) }
        }
    }

    private struct Step: Decodable {
        let step: Int
    }

    init(_ url: URL, resumingAfter step: Int) throws {
        self.url = url
        encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        var kept = Data()
        if step > 0, let old = try? Data(contentsOf: url) {
            let decoder = JSONDecoder()
            for line in old.split(separator: UInt8(ascii: "\n")) {
                guard let values = try? decoder.decode(Step.self, from: Data(line)), values.step <= step else { continue }
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
        let bytes = try encoder.encode(line) + [UInt8(ascii: "\n")]
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
