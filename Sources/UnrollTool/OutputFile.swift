import Foundation

/// A text file that a command writes beside its result, whole or not at all.
struct OutputFile {
    private let path: String

    /// - Throws: `Failure.Thrown` where the file could not be written as things are, so that no work is done in vain.
    init(_ path: String) throws {
        self.path = path
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        var status = stat()
        if stat(folder, &status) != 0 { throw failure(errno, "make its folder first, or name another one") }
        if access(folder, W_OK) != 0 { throw failure(errno, "name another folder") }
        if path.isEmpty || path.hasSuffix("/") || stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR {
            throw failure(EISDIR, "name a file inside it")
        }
    }

    /// Writes the text, beside the file first and then in its place.
    func write(_ text: String) throws {
        var status = stat()
        // A pipe or a device is written into, never replaced.
        let isReplaced = stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
        let target = isReplaced ? "\(path).partial-\(getpid())" : path
        let descriptor = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure(errno, "name another file") }
        var number = Descriptor(number: descriptor).write(text)
        if close(descriptor) != 0, number == 0 { number = errno }
        if isReplaced, number == 0, rename(target, path) != 0 { number = errno }
        guard number != 0 else { return }
        if isReplaced { unlink(target) }
        throw failure(number, "free some space, or name another folder")
    }

    private func failure(_ number: Int32, _ advice: String) -> Failure.Thrown {
        Failure.Thrown(code: EX_CANTCREAT, message: "\(path): cannot be written: \(String(cString: strerror(number))); \(advice)")
    }
}
