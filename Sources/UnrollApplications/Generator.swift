import Foundation
import UnrollCheckpoints
import UnrollDecoding

/// Writes text with a language model's file.
///
///     let generator = try Generator(contentsOf: url)
///     for piece in generator.stream("To be, ").prefix(200) { print(piece, terminator: "") }
///
/// A generator never changes: any number of tasks may call it at once. The same prompt, options and seed give the same text, whatever else is drawn.
public struct Generator: Sendable {
    /// The model.
    public let model: TextModel
    /// Temperature, limits and seed.
    public let options: SamplingOptions

    /// Opens a model file.
    ///
    /// - Parameters:
    ///   - url: the file, as `unroll train` writes it.
    ///   - options: how tokens are drawn.
    /// - Throws: `CheckpointError` for a file that cannot be read or is no language model.
    public init(contentsOf url: URL, options: SamplingOptions = .init()) throws {
        self.init(try TextModel(contentsOf: url), options: options)
    }

    /// A generator of an open model.
    public init(_ model: TextModel, options: SamplingOptions = .init()) {
        self.model = model
        self.options = options
    }

    /// Text that goes on after a prompt, piece by piece as it is made; the caller says where it ends.
    public func stream(_ prompt: String = "") -> some Sequence<String> {
        TextGeneration(model, prompt: prompt, options: options).lazy.map { $0[0].text }
    }

    /// Texts that go on after a prompt, without it.
    ///
    /// - Parameters:
    ///   - prompt: what they go on from.
    ///   - tokens: how long they are.
    ///   - samples: how many; the first is what `stream` gives.
    public func texts(_ prompt: String = "", tokens: Int, samples: Int = 1) -> [String] {
        var texts = [String](repeating: "", count: samples)
        for drawn in TextGeneration(model, prompt: prompt, options: options, samples: samples).prefix(tokens) {
            for (sample, token) in drawn.enumerated() { texts[sample] += token.text }
        }
        return texts
    }
}
