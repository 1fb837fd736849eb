import Foundation

/// A text file that a command writes beside its result, whole or not at all.
struct OutputFile {
    private enum Place {
        /// A new file takes the place of this one, which is behind symbolic links: a link stays one.
        case file(String)
        /// A pipe or a device, written into.
        case stream
        /// What standard output already writes to: opened anew, the two would write over each other.
        case standardOutput
    }

    private let path: String
    private let place: Place

    /// - Throws: `Failure.Thrown` where the file could not be written as things are, so that no work is done in vain.
    init(_ path: String) throws {
        self.path = path
        var (status, output) = (stat(), stat())
        let exists = stat(path, &status) == 0
        if exists, fstat(STDOUT_FILENO, &output) == 0, (status.st_dev, status.st_ino) == (output.st_dev, output.st_ino) {
            place = .standardOutput
            return
        }
        if exists, status.st_mode & S_IFMT == S_IFDIR { throw Self.failure(path, EISDIR, "name a file inside it") }
        if exists, status.st_mode & S_IFMT != S_IFREG {
            if access(path, W_OK) != 0 { throw Self.failure(path, errno, "name another file") }
            place = .stream
            return
        }
        let resolved = realpath(path, nil)
        defer { free(resolved) }
        let target = resolved.map { String(cString: $0) } ?? path
        let folder = URL(fileURLWithPath: target).deletingLastPathComponent().path
        if stat(folder, &status) != 0 { throw Self.failure(path, errno, "make its folder first, or name another one") }
        if access(folder, W_OK) != 0 { throw Self.failure(path, errno, "name another folder") }
        if path.isEmpty || path.hasSuffix("/") { throw Self.failure(path, EISDIR, "name a file inside it") }
        place = .file(target)
    }

    /// Writes the text.
    func write(_ text: String) throws {
        try write(CollectionOfOne(text))
    }

    /// Writes a text that comes in portions.
    func write(_ portions: some Sequence<String>) throws {
        var number: Int32
        switch place {
        case .standardOutput: number = Self.write(portions, to: .standardOutput)
        case .stream: number = Self.write(portions, toFile: path)
        case .file(let target):
            let partial = "\(target).partial-\(getpid())"
            number = Self.write(portions, toFile: partial)
            if number == 0, rename(partial, target) != 0 { number = errno }
            if number != 0 { unlink(partial) }
        }
        if number != 0 { throw Self.failure(path, number, "free some space, or name another folder") }
    }

    /// Returns the system's error number; 0 if there was none.
    private static func write(_ portions: some Sequence<String>, toFile path: String) -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { return errno }
        let number = write(portions, to: Descriptor(number: descriptor))
        return close(descriptor) != 0 && number == 0 ? errno : number
    }

    private static func write(_ portions: some Sequence<String>, to descriptor: Descriptor) -> Int32 {
        for portion in portions {
            let number = descriptor.write(portion)
            if number != 0 { return number }
        }
        return 0
    }

    private static func failure(_ path: String, _ number: Int32, _ advice: String) -> Failure.Thrown {
        Failure.Thrown(code: EX_CANTCREAT, message: "\(path): cannot be written: \(String(cString: strerror(number))); \(advice)")
    }
}
