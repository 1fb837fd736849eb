import Foundation
import Testing
import UnrollCheckpoints
import UnrollData
import UnrollKernels
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

@testable import UnrollApplications

@Suite("Listener", .serialized) struct ListenerTests {
    private static func model() -> AudioModel {
        var configuration = AudioClassifierConfiguration()
        configuration.convolution.strides = [4, 2]
        (configuration.convolution.channels, configuration.convolution.blocks, configuration.pooling) = (6, 2, .max)
        let network = AudioClassifier(configuration, classes: 3, key: RandomKey(seed: 1))
        return AudioModel(network: network, sampleRate: 8000, labels: LabelSet(["yes", "no", "perhaps"]), recipe: "drawn at random")
    }

    private static let sounds = [900, 1, 17, 400, 401, 3].map { count in
        Sound(samples: (0..<count).map { Float(RandomKey(seed: 3).uniform($0 + count)) - 0.5 }, rate: count == 17 ? nil : 8000)
    }

    @Test func aSoundIsTheSameAloneAndAmongOthers() throws {
        let listener = Listener(Self.model())
        let together = try listener.classify(Self.sounds)
        #expect(Set(together.map(\.probability)).count == 6)
        for (sound, found) in zip(Self.sounds, together) {
            #expect(try listener.classify(sound) == found)
            #expect(found.seconds == Double(sound.samples.count) / 8000)
            #expect(abs(found.candidates.reduce(0) { $0 + $1.probability } - 1) < 1e-6)
            #expect(found.candidates.map(\.probability) == found.candidates.map(\.probability).sorted(by: >))
            let loud = Sound(samples: sound.samples.map { $0 * 0.5 }, rate: nil)
            #expect(try abs(listener.classify(loud).probability - found.probability) < 1e-5, "loudness says nothing")
        }
        #expect(Set(together.map(\.label)).isSubset(of: ["yes", "no", "perhaps"]))
    }

    @Test func theNumberOfThreadsChangesNothing() throws {
        let before = Processor.threads
        defer { Processor.threads = before }
        let found = try [1, 2, 5].map { threads in
            Processor.threads = threads
            return try Listener(Self.model()).classify(Self.sounds)
        }
        #expect(found[1] == found[0] && found[2] == found[0])
    }

    @Test func anotherRateAndSilenceWithoutASampleAreRefused() throws {
        let listener = Listener(Self.model())
        let error = #expect(throws: SoundError.self) {
            try listener.classify([Self.sounds[0], Sound(samples: [0.1], rate: 16000)])
        }
        #expect(error == SoundError(place: 1, sampleCount: 1, rate: 16000, expected: 8000))
        #expect(error?.description.hasPrefix("the sound has 16000 samples a second, and the model takes 8000; convert it") == true)
        let empty = #expect(throws: SoundError.self) { try listener.classify(Sound(samples: [], rate: 8000)) }
        #expect(empty?.description == "there is no sound, not one sample; give another file")
        #expect(try listener.classify(Sound(samples: [0, 0, 0], rate: nil)).candidates.count == 3)
    }

    @Test func theFileGivesTheSameModel() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("unroll-listener-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        try Self.model().write(to: url)
        #expect(try Listener(contentsOf: url).classify(Self.sounds) == Listener(Self.model()).classify(Self.sounds))
        let model = try ModelKind.model(contentsOf: url)
        #expect(type(of: model).kind == .audio && model.recipe == "drawn at random")
        #expect(try ModelKind(ofFile: url) == .audio)
        #expect(model.summary[0].hasPrefix("sound: 8000 samples a second; "))
        let error = #expect(throws: CheckpointError.self) { try Classifier(contentsOf: url) }
        #expect(error?.message == "holds a classifier of sounds, which 'unroll classify' uses; a classifier is wanted here")
    }
}
