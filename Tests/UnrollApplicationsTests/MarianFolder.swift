import Foundation
import Testing
import UnrollCheckpoints
import UnrollTensors

/// A copy of the golden Marian directory, to be changed.
final class MarianFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("unroll-marian-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: MarianTests.golden, to: url)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    /// Changes the tensors of `model.safetensors`.
    func changeWeights(_ change: (inout [String: Tensor]) -> Void) throws {
        let file = try TensorFile(contentsOf: file("model.safetensors"))
        var tensors = Dictionary(uniqueKeysWithValues: try file.entries.map { ($0.name, try file.tensor($0.name)) })
        change(&tensors)
        try TensorFile.write(tensors.map { ($0.key, $0.value) }, metadata: ["format": "pt"], to: self.file("model.safetensors"))
    }

    /// Changes the keys of a JSON object.
    func changeConfiguration(_ name: String = "config.json", _ change: (inout [String: Any]) -> Void) throws {
        var object = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file(name))) as? [String: Any])
        change(&object)
        try JSONSerialization.data(withJSONObject: object).write(to: file(name))
    }

    /// What is said when the directory is opened; nothing where it can be.
    var refusal: String {
        do {
            _ = try TranslationModel(marian: url)
            return ""
        } catch {
            return "\(error)".replacingOccurrences(of: url.path + "/", with: "").replacingOccurrences(of: url.path, with: "directory")
        }
    }
}
