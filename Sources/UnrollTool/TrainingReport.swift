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
            "perplexity \(number(exp(progress.loss), decimals: 2))", "left \(progress.secondsLeft.asDuration)", "epoch \(progress.epoch)",
            "\(Int(progress.tokensPerSecond)) tokens/s", "gradient \(number(progress.gradientNorm, decimals: 3))",
            "rate \(String(format: "%.2g", progress.learningRate))",
        ]
    }

    private static func line(_ step: Int, _ validation: Validation, isBest: Bool, seconds: Double) -> String {
        var parts = [
            "validation at step \(step)", "loss \(number(validation.loss, decimals: 4))",
            "perplexity \(number(validation.perplexity, decimals: 2))",
        ]
        if let bleu = validation.bleu { parts.append("BLEU \(bleu.fixed(2))") }
        if let chrf = validation.chrf { parts.append("chrF \(chrf.fixed(2))") }
        if let exact = validation.exactMatch { parts.append("exact \(exact.asPercentage)") }
        return (parts + ["in \(seconds.asDuration)"] + (isBest ? ["best"] : [])).joined(separator: "  ")
    }

    /// With decimals as long as that is readable.
    private static func number(_ value: Double, decimals: Int) -> String {
        value.magnitude < 1e5 ? value.fixed(decimals) : String(format: "%.3g", value)
    }
}
