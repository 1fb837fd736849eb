import ArgumentParser
import Foundation
import Unroll
import UnrollBenchmarks

/// An error with the exit code that scripts can tell it by (sysexits).
struct Failure {
    let code: Int32
    let message: String

    /// nil for an error that is the argument parser's own.
    init?(_ error: any Error) {
        switch error {
        case let error as RecipeError: (code, message) = (error.kind == .unreadable ? EX_NOINPUT : EX_CONFIG, error.description)
        case let error as CorpusError: (code, message) = (Self.code(error.kind), error.description)
        case let error as CheckpointError: (code, message) = (Self.code(error.kind), error.description)
        case let error as TrainingError: (code, message) = (Self.code(error.kind), error.description)
        case let error as TranslationError: (code, message) = (EX_DATAERR, error.description)
        case let error as SearchError: (code, message) = (EX_DATAERR, error.description)
        case let error as LengthError: (code, message) = (EX_DATAERR, error.description)
        case let error as StoryError: (code, message) = (EX_DATAERR, error.description)
        case let error as SoundError: (code, message) = (EX_DATAERR, error.description)
        case let error as InspectionError: (code, message) = (EX_DATAERR, error.description)
        case let error as TextError: (code, message) = (error.kind == .unreadableModel ? EX_NOINPUT : EX_DATAERR, error.description)
        case let error as WorkloadError: (code, message) = (EX_USAGE, error.description)
        case let error as Failure.Thrown: (code, message) = (error.code, error.message)
        case let error as CocoaError: (code, message) = (EX_IOERR, error.localizedDescription)
        case let error as POSIXError: (code, message) = (EX_IOERR, error.localizedDescription)
        default: return nil
        }
    }

    /// An error of a command's own.
    struct Thrown: Error {
        let code: Int32
        let message: String
    }

    private static func code(_ kind: CheckpointError.Kind) -> Int32 {
        switch kind {
        case .unreadable: EX_NOINPUT
        case .unwritable: EX_CANTCREAT
        default: EX_DATAERR
        }
    }

    private static func code(_ kind: CorpusError.Kind) -> Int32 {
        switch kind {
        case .missingFile, .directory, .unreadable: EX_NOINPUT
        case .gzipUnavailable: EX_UNAVAILABLE
        case .invalidOption: EX_USAGE
        default: EX_DATAERR
        }
    }

    private static func code(_ kind: TrainingError.Kind) -> Int32 {
        switch kind {
        case .notFinite: EX_SOFTWARE
        case .directory: EX_CANTCREAT
        case .wrongState, .noData, .malformed: EX_DATAERR
        case .unreadable: EX_NOINPUT
        }
    }

    func exit() -> Never {
        Terminal.note("unroll: \(Self.shortened(message, in: FileManager.default.currentDirectoryPath))")
        Foundation.exit(code)
    }

    /// The message with the paths of what is inside a folder as one writes them there.
    static func shortened(_ message: String, in folder: String) -> String {
        guard folder != "/" else { return message }
        let parts = message.components(separatedBy: folder + "/")
        return parts.dropFirst().reduce(parts[0]) { text, rest in
            // In /var, /old/var/model is another file, and /var/ itself has no shorter name.
            let beginsPath = text.last.map { " '(\n".contains($0) } ?? true
            let isInside = rest.first.map { !" ':,".contains($0) } ?? false
            return text + (beginsPath && isInside ? "" : folder + "/") + rest
        }
    }
}
