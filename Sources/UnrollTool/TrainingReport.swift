import Foundation
import Unroll

/// Shows a training's events to the person who watches.
enum TrainingReport {
    static func show(_ event: TrainingEvent) {
        switch event {
        case .resumed(let step): Terminal.note("going on after step \(step)")
        case .progress(let progress): Terminal.progress(line(progress))
        case .validated(let step, let validation, let isBest, let seconds):
            Terminal.note(line(step, validation, isBest: isBest, seconds: seconds))
        }
    }

    private static func line(_ progress: TrainingProgress) -> String {
        [
            "step \(progress.step)/\(progress.totalSteps)", "epoch \(progress.epoch)", "loss \(progress.loss.fixed(4))",
            "perplexity \(exp(progress.loss).fixed(2))", "\(Int(progress.tokensPerSecond)) tokens/s",
            "gradient \(progress.gradientNorm.fixed(3))", "rate \(String(format: "%.2g", progress.learningRate))",
            "left \(progress.secondsLeft.asDuration)",
        ].joined(separator: "  ")
    }

    private static func line(_ step: Int, _ validation: Validation, isBest: Bool, seconds: Double) -> String {
        var parts = ["validation at step \(step)", "loss \(validation.loss.fixed(4))", "perplexity \(validation.perplexity.fixed(2))"]
        if let bleu = validation.bleu { parts.append("BLEU \(bleu.fixed(2))") }
        if let chrf = validation.chrf { parts.append("chrF \(chrf.fixed(2))") }
        if let exact = validation.exactMatch { parts.append("exact \((100 * exact).fixed(1))%") }
        return (parts + ["in \(seconds.asDuration)"] + (isBest ? ["best so far"] : [])).joined(separator: "  ")
    }
}
