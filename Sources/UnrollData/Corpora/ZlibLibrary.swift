import Foundation

/// The four functions of zlib that read a gzip file, found at run time (Documentation/Decisions/0002-gzip.md says why).
struct ZlibLibrary: Sendable {
    typealias Open = @convention(c) @Sendable (UnsafePointer<CChar>, UnsafePointer<CChar>) -> OpaquePointer?
    typealias Read = @convention(c) @Sendable (OpaquePointer, UnsafeMutableRawPointer, UInt32) -> Int32
    typealias LastError = @convention(c) @Sendable (OpaquePointer, UnsafeMutablePointer<Int32>) -> UnsafePointer<CChar>?
    typealias Close = @convention(c) @Sendable (OpaquePointer) -> Int32

    let open: Open
    let read: Read
    let lastError: LastError
    let close: Close

    /// zlib's `Z_OK` and `Z_BUF_ERROR`; the latter is how `gzread` says that the file ended inside a stream.
    static let success: Int32 = 0
    static let endedInsideStream: Int32 = -5

    /// The names under which the systems that Swift runs on keep zlib.
    static let names = ["libz.so.1", "libz.so", "libz.dylib", "libz.1.dylib", "/usr/lib/libz.dylib"]

    /// This machine's zlib, looked for once; nil where there is none.
    static let shared = ZlibLibrary(names: names)

    init?(names: [String]) {
        for name in names {
            guard let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) else { continue }
            if let open = dlsym(handle, "gzopen"), let read = dlsym(handle, "gzread"), let lastError = dlsym(handle, "gzerror"),
                let close = dlsym(handle, "gzclose")
            {
                self.open = unsafeBitCast(open, to: Open.self)
                self.read = unsafeBitCast(read, to: Read.self)
                self.lastError = unsafeBitCast(lastError, to: LastError.self)
                self.close = unsafeBitCast(close, to: Close.self)
                return
            }
            dlclose(handle)
        }
        return nil
    }
}
