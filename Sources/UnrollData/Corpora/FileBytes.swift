import Foundation

/// The bytes of a plain or gzip file, from the first to the last, decompressed. What the file is shows in its first two bytes, not in its name.
final class FileBytes {
    private enum Source {
        case plain(descriptor: Int32)
        case gzip(library: ZlibLibrary, file: OpaquePointer)
    }

    let path: String
    private var source: Source
    /// What was read while looking for gzip's magic bytes and is still to be handed out: a pipe cannot be rewound.
    private var pending: [UInt8]

    /// - Throws: `CorpusError`: missing file, directory, unreadable, gzip without zlib, gzip in a pipe.
    convenience init(path: String, zlib: ZlibLibrary? = ZlibLibrary.shared) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.openError(path: path, code: errno) }
        try self.init(descriptor, path: path, openedAs: path, zlib: zlib)
    }

    /// The process's standard input. A descriptor of its own, since the path `/dev/stdin` cannot be opened where the input is a socket.
    ///
    /// - Throws: `CorpusError`: closed, a directory, gzip without zlib, gzip in a pipe.
    static func standardInput() throws -> FileBytes {
        let descriptor = dup(STDIN_FILENO)
        guard descriptor >= 0, fcntl(descriptor, F_GETFL) & O_ACCMODE != O_WRONLY else {
            if descriptor >= 0 { Foundation.close(descriptor) }
            throw CorpusError(.unreadable, path: "standard input", "is closed; name a file, or send text to it.")
        }
        return try FileBytes(descriptor, path: "standard input", openedAs: "/dev/stdin", zlib: ZlibLibrary.shared)
    }

    private init(_ descriptor: Int32, path: String, openedAs name: String, zlib: ZlibLibrary?) throws {
        self.path = path
        do {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw Self.openError(path: path, code: errno) }
            guard status.st_mode & S_IFMT != S_IFDIR else {
                throw CorpusError(.directory, path: path, "this is a directory; name a file inside it.")
            }
            let head = try Self.head(of: descriptor, path: path)
            guard head == [0x1f, 0x8b] else {
                source = .plain(descriptor: descriptor)
                pending = head
                return
            }
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw CorpusError(
                    .unreadable, path: path, "this is gzip data in a pipe, which cannot be rewound; decompress it first: gzip -dc | …")
            }
            guard let zlib else {
                throw CorpusError(
                    .gzipUnavailable, path: path,
                    "this file is gzip and no zlib (libz) was found; install it (Debian: zlib1g) or decompress the file: gzip -dk \(path)")
            }
            guard let file = zlib.open(name, "rb") else { throw Self.openError(path: path, code: errno) }
            source = .gzip(library: zlib, file: file)
            pending = []
        } catch {
            close(descriptor)
            throw error
        }
        close(descriptor)
    }

    deinit {
        switch source {
        case .plain(let descriptor): close(descriptor)
        case .gzip(let library, let file): _ = library.close(file)
        }
    }

    /// Fills the buffer from its start and returns how many bytes it wrote: 0 at the end of the file only.
    ///
    /// - Parameter line: the line reached so far, for the error.
    func fill(_ buffer: UnsafeMutableRawBufferPointer, line: Int) throws -> Int {
        if !pending.isEmpty {
            buffer.copyBytes(from: pending)
            defer { pending = [] }
            return pending.count
        }
        switch source {
        case .plain(let descriptor):
            return try Self.fill(buffer, from: descriptor, path: path, line: line)
        case .gzip(let library, let file):
            let limit = UInt32(clamping: min(buffer.count, Int(Int32.max)))
            let count = library.read(file, buffer.baseAddress!, limit)
            if count > 0 { return Int(count) }
            var code: Int32 = 0
            let text = library.lastError(file, &code).map { String(cString: $0) } ?? ""
            if count == 0, code == ZlibLibrary.success { return 0 }
            let what = code == ZlibLibrary.endedInsideStream ? "the gzip data ends early" : "the gzip data is corrupt (\(text))"
            throw CorpusError(.corruptGzip, path: path, line: line, "\(what); copy or download the file again (check: gzip -t).")
        }
    }

    /// Whether `fill` would return at once: there are bytes, or it is the end.
    var isReady: Bool {
        guard case .plain(let descriptor) = source, pending.isEmpty else { return true }
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, 0) != 0
    }

    private static func fill(_ buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32, path: String, line: Int?) throws -> Int {
        while true {
            let count = read(descriptor, buffer.baseAddress!, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else {
                throw CorpusError(.unreadable, path: path, line: line, "cannot be read: \(String(cString: strerror(errno))).")
            }
        }
    }

    /// The first two bytes, or fewer where the file is shorter or the first one cannot be gzip's; a pipe may hand them out one at a time.
    private static func head(of descriptor: Int32, path: String) throws -> [UInt8] {
        var head: [UInt8] = []
        var byte: [UInt8] = [0]
        while head.isEmpty || head == [0x1f] {
            let count = try byte.withUnsafeMutableBytes { try fill($0, from: descriptor, path: path, line: nil) }
            guard count == 1 else { break }
            head.append(byte[0])
        }
        return head
    }

    private static func openError(path: String, code: Int32) -> CorpusError {
        if code == ENOENT || code == ENOTDIR {
            return CorpusError(.missingFile, path: path, "there is no such file; check the path (it is relative to the working directory).")
        }
        return CorpusError(.unreadable, path: path, "cannot be opened: \(String(cString: strerror(code))).")
    }
}
