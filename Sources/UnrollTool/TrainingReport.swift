import Foundation
import Unroll

/// Shows a training's events to the person who watches.
enum TrainingReport {
    static func show(_ event: TrainingEvent) {
        switch event {
        case .resumed(let step): Terminal.note("going on after step \(step)")
        case .progress(let progress): Terminal.progress(parts(progress))
        case .validated(let step, let validation, let isBest, let seconds):
            Terminal.note(line(step, validation, isBest: isBest, seconds: seconds))
        }
    }

    /// In the order of their worth.
    private static func parts(_ progress: TrainingProgress) -> [String] {
        [
            "step \(progress.step)/\(progress.totalSteps)", "loss \(number(progress.loss, decimals: 4))",
        ] + progress.metrics.map(\.text) + [
            "left \(progress.secondsLeft.asDuration)", "epoch \(progress.epoch)",
            "\(Int(progress.tokensPerSecond)) tokens/s", "gradient \(number(progress.gradientNorm, decimals: 3))",
            "rate \(String(format: "%.2g", progress.learningRate))",
        ]
    }

    private static func line(_ step: Int, _ validation: Validation, isBest: Bool, seconds: Double) -> String {
        let parts = ["validation at step \(step)", "loss \(number(validation.loss, decimals: 4))"] + validation.metrics.map(\.text)
        return (parts + ["in \(seconds.asDuration)"] + (isBest ? ["best"] : [])).joined(separator: "  ")
    }

    /// With decimals as long as that is readable.
    fileprivate static func number(_ value: Double, decimals: Int) -> String {
        value.magnitude < 1e5 ? value.fixed(decimals) : String(format: "%.3g", value)
    }
}

extension Metric {
    /// The name and the number, shares as percentages.
    var text: String {
        "\(kind.title) " + (kind.isShare ? value.asPercentage : TrainingReport.number(value, decimals: kind.decimals))
    }
}

extension Metric.Kind {
    /// How many decimals are worth reading.
    var decimals: Int {
        switch self {
        case .loss, .bitsPerCharacter, .wrongBits: 4
        case .meanSquaredError, .meanAbsoluteError: 6
        case .failedTasks: 0
        default: 2
        }
    }
}
