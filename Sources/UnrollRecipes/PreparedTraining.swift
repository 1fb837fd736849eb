import Foundation
import UnrollTraining

/// A recipe made ready: data read, vocabularies learnt, network drawn.
public protocol PreparedTraining: Sendable {
    /// What is learnt.
    associatedtype Task: TrainingTask

    /// The recipe with every key written out, as the model file holds it.
    var recipe: String { get }

    /// What was read and drawn, in a few lines.
    var summary: [String] { get }

    /// A trainer that writes into a directory.
    ///
    /// - Throws: what the task throws for data that gives no batch.
    func trainer(directory: URL, report: @escaping (TrainingEvent) -> Void) throws -> Trainer<Task>
}

extension PreparedTraining {
    /// Trains; see `Trainer.run`.
    public func train(
        in directory: URL, resuming: Bool = false, report: @escaping (TrainingEvent) -> Void, isInterrupted: () -> Bool = { false }
    ) throws -> TrainingOutcome {
        try trainer(directory: directory, report: report).run(resuming: resuming, isInterrupted: isInterrupted)
    }
}

/// Throws if a network's weights, their gradients and the optimiser's memory would not fit into the machine.
func checkMemory(_ leastParameterCount: Double) throws {
    let bytes = 16 * leastParameterCount
    let machine = Double(ProcessInfo.processInfo.physicalMemory)
    guard bytes > machine else { return }
    let message =
        "to train it takes more than \(String(format: "%.3g", bytes / 0x1p30)) GiB, and this machine has "
        + "\(String(format: "%.3g", machine / 0x1p30)) GiB; choose narrower layers or embeddings, or fewer layers"
    throw RecipeError(RecipeError.Problem(kind: .invalidValue, place: "the recipe's model", line: nil, message: message))
}

extension Int {
    /// `1 example`, `2 examples`.
    func counted(_ noun: String) -> String { self == 1 ? "1 \(noun)" : "\(self) \(noun)s" }
}
