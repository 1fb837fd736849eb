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
    /// No so many tokens stand twice in prompt and text in the same order; any may where nil.
    public let noRepeat: Int?

    /// Opens a model file.
    ///
    /// - Parameters:
    ///   - url: the file, as `unroll train` writes it.
    ///   - options: how tokens are drawn.
    ///   - noRepeat: no so many tokens stand twice in prompt and text in the same order; any may where nil.
    /// - Throws: `CheckpointError` for a file that cannot be read or is no language model.
    public init(contentsOf url: URL, options: SamplingOptions = .init(), noRepeat: Int? = nil) throws {
        self.init(try TextModel(contentsOf: url), options: options, noRepeat: noRepeat)
    }

    /// A generator of an open model.
    public init(_ model: TextModel, options: SamplingOptions = .init(), noRepeat: Int? = nil) {
        self.model = model
        self.options = options
        self.noRepeat = noRepeat
    }

    /// Text that goes on after a prompt, piece by piece as it is made; the caller says where it ends.
    public func stream(_ prompt: String = "") -> some Sequence<String> {
        TextGeneration(model, prompt: prompt, options: options, noRepeat: noRepeat).lazy.map { $0[0].text }
    }

    /// Texts that go on after a prompt, without it.
    ///
    /// - Parameters:
    ///   - prompt: what they go on from.
    ///   - tokens: how long they are.
    ///   - samples: how many; the first is what `stream` gives.
    public func texts(_ prompt: String = "", tokens: Int, samples: Int = 1) -> [String] {
        var texts = [String](repeating: "", count: samples)
        for drawn in TextGeneration(model, prompt: prompt, options: options, samples: samples, noRepeat: noRepeat).prefix(tokens) {
            for (sample, token) in drawn.enumerated() { texts[sample] += token.text }
        }
        return texts
    }
}
