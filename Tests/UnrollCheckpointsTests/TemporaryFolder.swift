import Foundation

@testable import UnrollCheckpoints

/// A folder of a test's own, gone after it.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "unroll-checkpoints-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func file(_ name: String) -> URL { url.appending(path: name, directoryHint: .notDirectory) }

    /// The names in the folder, hidden ones too.
    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() } }

    /// A file of the given bytes.
    func file(_ name: String, _ bytes: [UInt8]) throws -> URL {
        try Data(bytes).write(to: file(name))
        return file(name)
    }
}

/// A safetensors file from the text of its header, which is not padded, and its data.
func safetensors(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init) + Array(header.utf8) + data
}

/// The error that the body throws, if it is a checkpoint's.
func checkpointError(_ body: () throws -> Void) -> CheckpointError? {
    do {
        try body()
        return nil
    } catch { return error as? CheckpointError }
}
