import Foundation

/// A folder of a test's own, removed with it.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("unroll-training-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func folder(_ name: String) -> URL { url.appendingPathComponent(name, isDirectory: true) }
}

/// What a training has left in its folder.
struct Output: Equatable {
    let files: [String: Data]
    /// The metrics without the pace, which is the only thing that may differ between two runs.
    let metrics: [String]

    init(_ folder: URL) throws {
        var files: [String: Data] = [:]
        for name in ["best.safetensors", "last.safetensors", "state.safetensors"] {
            files[name] = try? Data(contentsOf: folder.appendingPathComponent(name))
        }
        self.files = files
        let text = try String(contentsOf: folder.appendingPathComponent("metrics.jsonl"), encoding: .utf8)
        metrics = text.split(separator: "\n").map { line in
            String(line).replacing(/,"tokens_per_second":[^,}]*/, with: "")
        }
    }

    /// The step of each line of the metrics.
    var steps: [Int] { metrics.compactMap { $0.firstMatch(of: /"step":(\d+)/).flatMap { Int($0.1) } } }

    /// The names of the files that differ, for a message.
    func differences(from other: Output) -> [String] {
        Set(files.keys).union(other.files.keys).filter { files[$0] != other.files[$0] }.sorted()
            + (metrics == other.metrics ? [] : ["metrics"])
    }
}
