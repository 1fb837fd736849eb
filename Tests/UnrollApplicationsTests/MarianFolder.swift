import Foundation
import Testing
import UnrollTensors

@testable import UnrollCheckpoints

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

    /// Stores the weights in 16 bits, and returns them as these are in 32.
    func halveWeights(_ type: ElementType) throws -> [String: Tensor] {
        let file = try TensorFile(contentsOf: file("model.safetensors"))
        var rounded: [String: Tensor] = [:]
        let stored = try file.entries.map { entry in
            let tensor = try file.tensor(entry.name)
            let halves = tensor.floats.map { type == .float16 ? Self.half($0) : UInt16($0.bitPattern >> 16) }
            rounded[entry.name] = Tensor(halves.map { type == .float16 ? float(half: $0) : float(bfloat: $0) }, shape: tensor.shape)
            return StoredTensor(entry.name, type, tensor.shape, halves.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
        }
        try TensorFile.write(stored: stored, metadata: ["format": "pt"], to: self.file("model.safetensors"))
        return rounded
    }

    /// The bits of a number in half precision, rounded towards zero; zero for one that is too small.
    private static func half(_ x: Float) -> UInt16 {
        guard x.magnitude >= 0x1p-14 else { return 0 }
        return UInt16((x.bitPattern >> 31) << 15) | UInt16(Int(x.exponent) + 15) << 10 | UInt16(x.bitPattern >> 13 & 0x3ff)
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
