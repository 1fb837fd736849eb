import Foundation

/// A regular file opened for reading, until the last reference is gone.
///
/// It is read and not mapped into memory: a mapped file that somebody shortens kills the process, where a read reports it. A file that
/// is replaced by renaming, as this room does, stays readable as it was.
final class OpenFile: Sendable {
    let path: String
    /// Bytes in the file when it was opened.
    let size: Int
    private let descriptor: Int32

    init(_ url: URL) throws {
        path = try url.filePath()
        // Without blocking: opening a pipe would wait for its writer, and a pipe is refused below.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let reason = errno == ENOENT ? "there is no such file; check the path" : "cannot be opened: \(systemError(errno))"
            throw CheckpointError(kind: .unreadable, path: path, message: reason)
        }
        var status = stat()
        let isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        guard isRegular else {
            close(descriptor)
            throw CheckpointError(kind: .unreadable, path: path, message: "is not a regular file; name the file itself")
        }
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Fills a buffer with the bytes from `offset` on.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        var done = 0
        while done < buffer.count {
            let count = pread(descriptor, buffer.baseAddress! + done, min(buffer.count - done, largestTransfer), off_t(offset + done))
            if count > 0 {
                done += count
            } else if count == 0 {
                throw CheckpointError(
                    kind: .cutShort, path: path, message: "became shorter while it was read; wait until it is written, then read it again")
            } else if errno != EINTR {
                throw CheckpointError(kind: .unreadable, path: path, message: "cannot be read: \(systemError(errno))")
            }
        }
    }

    /// The bytes of a range.
    func bytes(_ range: Range<Int>) throws -> [UInt8] {
        var result = [UInt8](repeating: 0, count: range.count)
        try result.withUnsafeMutableBytes { try read(into: $0, at: range.lowerBound) }
        return result
    }
}

extension Collection<UInt8> {
    /// The number that at most 8 bytes make, the lowest first.
    var littleEndian: UInt64 { reversed().reduce(0) { $0 << 8 | UInt64($1) } }
}

/// The most bytes asked of the system in one call: some systems refuse 2 GiB and more.
let largestTransfer = 1 << 26

/// The system's words for an error number.
func systemError(_ number: Int32) -> String { String(cString: strerror(number)) }

extension URL {
    /// The path in the file system.
    func filePath() throws -> String {
        guard isFileURL else {
            throw CheckpointError(kind: .unreadable, path: absoluteString, message: "is not in the file system; download it first")
        }
        return path(percentEncoded: false)
    }
}
