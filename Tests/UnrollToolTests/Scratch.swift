import Foundation

/// A folder that is gone when nobody needs it any more.
final class Scratch: Sendable {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("unroll-tool-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // Without symbolic links, as the tool sees its own working directory.
        path = folder.resolvingSymlinksInPath().path
    }

    /// A folder with `recipe.yaml` and what training by it left in `run`.
    static func trained(by recipe: String) -> Scratch {
        do {
            let folder = try Scratch()
            try folder.write(recipe, to: "recipe.yaml")
            let run = try Tool.run(["train", "recipe.yaml", "--out", "run"], in: folder)
            precondition(run.code == 0, run.error)
            return folder
        } catch {
            preconditionFailure("the tests' model cannot be trained: \(error)")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func url(_ name: String) -> URL { URL(fileURLWithPath: path).appendingPathComponent(name) }

    func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }

    func write(_ bytes: Data, to name: String) throws { try bytes.write(to: url(name)) }

    func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: url(name)) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: url(name).path) }

    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
}
