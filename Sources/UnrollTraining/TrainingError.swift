/// Why a training cannot go on.
public struct TrainingError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The reasons.
    public enum Kind: Sendable, Equatable {
        /// A loss, gradient or value became infinite or not a number.
        case notFinite
        /// A state file does not belong to this training.
        case wrongState
        /// The output directory cannot be used as asked, or not be written into.
        case directory
        /// The data gives no batch.
        case noData
        /// A metrics file cannot be read.
        case unreadable
        /// A metrics file is none.
        case malformed
    }

    /// The reason.
    public let kind: Kind
    /// What happened and what to do.
    public let description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
