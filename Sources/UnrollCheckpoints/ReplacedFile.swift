import Foundation

/// A file that is written beside the one it will replace, and takes its place when it is complete.
struct ReplacedFile: ~Copyable {
    /// What the system refused, and its reason.
    struct Failure: Error {
        let number: Int32
        let action: String

        init(_ action: String) { (number, self.action) = (errno, action) }
    }

    private let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Appends bytes.
    borrowing func write(_ bytes: [UInt8]) throws(Failure) {
        try bytes.withUnsafeBytes { bytes in Result { () throws(Failure) in try write(bytes) } }.get()
    }

    /// Appends bytes.
    borrowing func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        var done = 0
        while done < bytes.count {
            let count = systemWrite(descriptor, bytes.baseAddress! + done, min(bytes.count - done, largestTransfer))
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                throw Failure("written")
            }
        }
    }

    /// Writes a file in full, then puts it in the place of the old one; on any failure the old one stays as it was.
    static func write(to path: String, _ body: (borrowing ReplacedFile) throws(Failure) -> Void) throws {
        let target = try destination(path)
        do {
            try replace(target, body)
        } catch {
            let advice =
                switch error.number {
                case ENOSPC, EDQUOT: "free some space, or name another folder"
                case EFBIG: "raise the limit on the size of files (ulimit -f), or name another folder"
                case ENOENT, ENOTDIR: "make its folder first, or name another one"
                case EACCES, EPERM, EROFS: "change the permissions of its folder, or name another one"
                default: "try again, or name another folder"
                }
            let message = "cannot be \(error.action): \(systemError(error.number)). What was there before is unchanged; \(advice)"
            throw CheckpointError(kind: .unwritable, path: path, message: message)
        }
    }

    /// The path behind symbolic links; only a regular file may be replaced, never a device or a folder.
    private static func destination(_ path: String) throws -> String {
        var status = stat()
        guard lstat(path, &status) == 0 else { return path }
        guard let resolved = realpath(path, nil) else {
            throw CheckpointError(
                kind: .unwritable, path: path, message: "is a symbolic link to nothing: \(systemError(errno)); remove the link")
        }
        defer { free(resolved) }
        guard stat(resolved, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw CheckpointError(kind: .unwritable, path: path, message: "is not a regular file; name a file")
        }
        return String(cString: resolved)
    }

    private static func replace(_ target: String, _ body: (borrowing ReplacedFile) throws(Failure) -> Void) throws(Failure) {
        let folder = target.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(target[...$0]) } ?? "./"
        // Not derived from the target's name, which may be as long as a name can be.
        var (temporary, descriptor, attempt) = ("", Int32(-1), 0)
        repeat {
            temporary = "\(folder).unroll-\(getpid())-\(attempt).partial"
            descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            attempt += 1
        } while descriptor < 0 && (errno == EEXIST || errno == EINTR)
        guard descriptor >= 0 else { throw Failure("written") }

        var isOpen = true
        do throws(Failure) {
            var old = stat()
            if stat(target, &old) == 0 { fchmod(descriptor, old.st_mode & 0o777) }
            try body(ReplacedFile(descriptor: descriptor))
            guard fsync(descriptor) == 0 else { throw Failure("brought to the disk") }
            isOpen = false
            guard close(descriptor) == 0 else { throw Failure("brought to the disk") }
            guard rename(temporary, target) == 0 else { throw Failure("put in its place") }
        } catch {
            if isOpen { close(descriptor) }
            unlink(temporary)
            throw error
        }
        // The new name is on the disk once its folder is. Some file systems cannot do this; the file itself is whole either way.
        let folderDescriptor = open(folder, O_RDONLY | O_CLOEXEC)
        if folderDescriptor >= 0 {
            fsync(folderDescriptor)
            close(folderDescriptor)
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int { write(descriptor, bytes, count) }
