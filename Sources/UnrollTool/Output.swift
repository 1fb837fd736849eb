import Foundation

/// What a command was asked for, line by line; everything else that there is to say goes to `Terminal`.
enum Output {
    /// Writes one or more lines.
    static func line(_ text: String) throws {
        try write(text + "\n")
    }

    /// Writes text as it is.
    static func write(_ text: String) throws {
        Terminal.clear()
        let number = Descriptor.standardOutput.write(text)
        guard number == 0 else {
            throw Failure.Thrown(code: EX_IOERR, message: "standard output: cannot be written: \(String(cString: strerror(number)))")
        }
    }
}
