import Foundation
import UnrollCheckpoints
import UnrollData
import UnrollDecoding

/// Says which class sounds belong to, with an audio classifier's file.
///
///     let listener = try Listener(contentsOf: url)
///     let result = try listener.classify(Sound(contentsOf: "seven.wav"))
///     print(result.label, result.probability)
///
/// A listener never changes: any number of tasks may call it at once. A sound comes out the same alone and among others.
public struct Listener: Sendable {
    /// The model.
    public let model: AudioModel

    /// Opens a model file.
    ///
    /// - Parameter url: the file, as `unroll train` writes it.
    /// - Throws: `CheckpointError` for a file that cannot be read or is no audio classifier.
    public init(contentsOf url: URL) throws { self.init(try AudioModel(contentsOf: url)) }

    /// A listener with an open model.
    public init(_ model: AudioModel) { self.model = model }

    /// The class of one sound.
    ///
    /// - Throws: `SoundError` if its rate is not the model's.
    public func classify(_ sound: Sound) throws -> SoundClassification { try classify([sound])[0] }

    /// The classes of several sounds, in their order, computed together.
    ///
    /// - Throws: `SoundError`, with the place, if the rate of one is not the model's, or it is empty. Nothing is classified then.
    public func classify(_ sounds: [Sound]) throws -> [SoundClassification] {
        for (place, sound) in sounds.enumerated() {
            let rate = sound.rate ?? model.sampleRate
            guard rate == model.sampleRate, !sound.samples.isEmpty else {
                throw SoundError(place: place, sampleCount: sound.samples.count, rate: rate, expected: model.sampleRate)
            }
        }
        return zip(sounds, model.logProbabilities(of: sounds.map(\.samples))).map { sound, logProbabilities in
            SoundClassification(
                seconds: Double(sound.samples.count) / Double(model.sampleRate),
                candidates: Classification.Candidate.all(model.labels, logProbabilities))
        }
    }
}

/// What a listener says of a sound.
public struct SoundClassification: Sendable, Codable, Equatable {
    /// How long it is.
    public let seconds: Double
    /// All classes, likeliest first; of equals in the order of their bytes.
    public let candidates: [Classification.Candidate]

    /// The likeliest class.
    public var label: String { candidates[0].label }

    /// Its probability.
    public var probability: Double { candidates[0].probability }
}

/// A sound cannot be taken: it has no samples, or another number of them in a second than the model was trained on.
public struct SoundError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The sound's place among those given, counted from 0.
    public let place: Int
    /// How many samples it has.
    public let sampleCount: Int
    /// Samples a second of the sound.
    public let rate: Int
    /// Samples a second that the model takes.
    public let expected: Int

    /// What is wrong and what to do.
    public var description: String {
        guard sampleCount > 0 else { return "there is no sound, not one sample; give another file" }
        return "the sound has \(rate) samples a second, and the model takes \(expected); convert it, for example: "
            + "ffmpeg -i in.wav -ar \(expected) -ac 1 -c:a pcm_s16le out.wav"
    }
}
