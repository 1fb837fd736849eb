import Foundation
import Testing
import UnrollCheckpoints
import UnrollData
import UnrollDecoding
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

@testable import UnrollTraining

@Suite("Question answering as a task") struct QuestionAnsweringTaskTests {
    private static let stories = StoryGenerator(seed: 1)

    private func task(
        _ kind: StoryGenerator.Kind = .places, questions: Int = 200, hops: Int = 1,
        _ configure: (inout QuestionAnsweringOptions) -> Void = { _ in }
    ) throws -> QuestionAnsweringTask {
        let training = Self.stories.task(kind, questions: questions, stream: 1)
        var configuration = MemoryNetworkConfiguration()
        (configuration.hops, configuration.memorySize) = (hops, 12)
        var counter = TokenCounter()
        var answers: [String] = []
        for story in training.stories {
            for sentence in story.sentences { counter.add(SentenceWords.words(in: sentence)) }
            for question in story.questions {
                counter.add(SentenceWords.words(in: question.text))
                answers.append(question.answer)
            }
        }
        counter.add(answers)
        let model = QuestionAnsweringModel(
            configuration, words: Vocabulary(counter), answers: LabelSet(answers), recipe: "", key: RandomKey(seed: 1))
        var options = QuestionAnsweringOptions()
        configure(&options)
        return try QuestionAnsweringTask(
            model, training: [training], validation: [Self.stories.task(kind, questions: 40, stream: 2)], options: options, seed: 1)
    }

    private func run(steps: Int) -> TrainingConfiguration {
        var run = TrainingConfiguration()
        (run.steps, run.validateEvery, run.logEvery, run.saveEvery) = (steps, 4, 2, 3)
        (run.optimizer.kind, run.optimizer.learningRate, run.clipNorm) = (.sgd, 0.01, 40)
        return run
    }

    @Test func interruptedAnywhereAndResumed() throws {
        let folder = try TemporaryFolder()
        func train(_ name: String, resuming: Bool = false, until step: Int = .max) throws -> Output {
            var made = 0
            let task = try task { ($0.batchQuestions, $0.linearEpochs, $0.timeNoise, $0.supervision) = (64, 1, 0.1, 0.5) }
            _ = try Trainer(task, run(steps: 9), directory: folder.folder(name)) { _ in }.run(resuming: resuming) {
                made += 1
                return made >= step
            }
            return try Output(folder.folder(name))
        }
        let whole = try train("whole")
        #expect(whole.files.count == 3)
        for step in 1..<9 {
            _ = try train("\(step)", until: step)
            #expect(try whole.differences(from: train("\(step)", resuming: true)) == [], "interrupted at \(step)")
        }
    }

    @Test func learnsWhereSomeoneIs() throws {
        let task = try task(questions: 600) { $0.linearEpochs = 5 }
        let before = try task.validate()
        let folder = try TemporaryFolder()
        var run = run(steps: 1140)
        (run.validateEvery, run.logEvery, run.saveEvery) = (1140, 380, 1140)
        _ = try Trainer(task, run, directory: folder.url) { _ in }.run()
        let after = try task.validate()
        #expect(after.metrics.map(\.kind) == [.accuracy, .meanError, .failedTasks])
        #expect(after.loss < before.loss / 3)
        #expect(try #require(after[.accuracy]) > 0.85)
    }

    /// The first epochs read without the softmax, and what is learnt in them is another loss.
    @Test func aLinearStartLastsSoManyEpochs() throws {
        let task = try task { $0.linearEpochs = 2 }
        func first(_ epoch: Int) throws -> QuestionAnsweringTask.Item {
            try #require(try task.items(from: BatchPosition(epoch: epoch))())
        }
        #expect(try [0, 1, 2, 3].map { try first($0).isLinear } == [true, true, false, false])
        let (linear, softmax) = (try first(1), try first(2))
        let model = try self.task()
        for item in [linear, softmax] {
            let state = model.network(item.batch, isLinear: item.isLinear, .inference()).state
            let expected = model.network.loss(state, answers: item.answers, .inference())
            #expect(task.loss(item, carried: [], .inference()).loss.scalar == expected.scalar)
            let other = model.network(item.batch, isLinear: !item.isLinear, .inference()).state
            #expect(state.floats != other.floats)
        }
    }

    @Test func aSumIsTheMeanTimesTheQuestions() throws {
        let (sum, mean) = (try task(), try task { $0.lossSum = false })
        let item = try #require(try sum.items(from: BatchPosition())())
        let (whole, part) = (sum.loss(item, carried: [], .inference()), mean.loss(item, carried: [], .inference()))
        #expect((whole.factor, part.factor, whole.tokens) == (32, 1, 32))
        #expect(abs(whole.loss.scalar / part.loss.scalar - 32) < 1e-4)
    }

    @Test func timeNoiseIsThatOfTheBatchsPlace() throws {
        let task = try task { $0.timeNoise = 0.5 }
        let next = task.items(from: BatchPosition(epoch: 1, batch: 1))
        let other = task.items(from: BatchPosition(epoch: 1, batch: 0))
        _ = try other()
        let (one, same) = (try #require(try next()), try #require(try other()))
        let loss = { (item: QuestionAnsweringTask.Item) in task.loss(item, carried: [], .inference()).loss.scalar }
        #expect(loss(one) == loss(same))
        let plain = try self.task().items(from: BatchPosition(epoch: 1, batch: 1))
        #expect(loss(try #require(try plain())) != loss(one))
    }

    /// Counted by hand.
    @Test func errorsAreCountedByKind() {
        let quality = AnswerQuality(
            tasks: [
                .init(name: "a", questions: 20, wrong: 1), .init(name: "b", questions: 40, wrong: 3),
                .init(name: "c", questions: 5, wrong: 5),
            ],
            loss: 0.25)
        #expect(quality.tasks.map(\.isFailed) == [false, true, true])
        #expect(abs(quality.meanError - (0.05 + 0.075 + 1) / 3) < 1e-12)
        let validation = quality.validation
        #expect(validation[.failedTasks] == 2 && validation.loss == 0.25)
        #expect(abs((validation[.accuracy] ?? 0) - 56.0 / 65) < 1e-12)
    }

    @Test func halvingEverySoManyEpochs() throws {
        var schedule = Schedule()
        (schedule.kind, schedule.hold, schedule.holdFactor, schedule.every) = (.epochStep, 2, 0.5, 3)
        let factors = (1...9).map { schedule.factor(step: 10 * $0, totalSteps: 90, epoch: $0, reductions: 0) }
        #expect(factors == [0.5, 0.5, 1, 1, 1, 0.5, 0.5, 0.5, 0.25])
    }
}
