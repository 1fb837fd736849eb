import Foundation

/// An open file without a buffer before it: what was written has arrived, and what could not be written is known.
struct Descriptor {
    static let standardInput = Descriptor(number: STDIN_FILENO)
    static let standardOutput = Descriptor(number: STDOUT_FILENO)
    static let standardError = Descriptor(number: STDERR_FILENO)

    let number: Int32

    /// Whether a person may be watching.
    var isTerminal: Bool { isatty(number) == 1 }

    /// The terminal's columns; nil where there is no terminal or it does not say.
    var columns: Int? {
        var size = winsize()
        guard ioctl(number, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Writes all of the text.
    ///
    /// - Returns: the system's error number; 0 if there was none.
    func write(_ text: String) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Foundation.write(number, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    // Whoever shares the pipe has made it non-blocking.
                    var request = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&request, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
    }

    /// Keeps the numbers 0, 1 and 2 from being given to the next files that are opened, where the process was started without them: a result
    /// would be written into a model file. Using such a stream stays an error.
    static func reserveStandardOnes() {
        for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDWR)] {
            // The system gives the smallest free number, which is this one.
            if fcntl(descriptor, F_GETFD) < 0 { _ = open("/dev/null", mode) }
        }
    }
}
