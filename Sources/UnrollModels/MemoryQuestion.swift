import UnrollModules
import UnrollTensors

/// A question about a story, as tokens.
public struct MemoryQuestion: Sendable, Equatable {
    /// The words of the story's sentences, oldest first.
    public var sentences: [[Int32]]
    /// The words of the question.
    public var question: [Int32]
    /// For each sentence how old it counts; where nil, how many came after it.
    public var ages: [Int32]?

    /// A question about a story.
    public init(sentences: [[Int32]], question: [Int32], ages: [Int32]? = nil) {
        precondition(ages.map { $0.count == sentences.count } ?? true, "as many ages as sentences")
        self.sentences = sentences
        self.question = question
        self.ages = ages
    }
}

/// Questions side by side, each with its memory filled, in the form that a memory network reads.
public struct MemoryBatch: Sendable {
    /// The slots of all memories as keys: slot i of question b is sentence i · count + b.
    let keys: EncodedSentences
    /// The same as values, where these are others.
    let values: EncodedSentences?
    /// The questions.
    let questions: EncodedSentences
    /// For each question how many of its slots are filled.
    public let lengths: [Int32]
    /// Slots of the fullest memory, at least 1.
    public let slots: Int
    /// Of each question the places of the sentences that its slots are from.
    public let sources: [[Int]]
    /// Questions.
    public var count: Int { lengths.count }
}

extension MemoryNetwork {
    /// What stands in one slot.
    private struct Slot {
        let key: [Int32]
        let value: Int32
        let source: Int
    }

    /// Fills the memories of questions. Of more slots than the memory has, the oldest are left out.
    public func batch(_ questions: [MemoryQuestion]) -> MemoryBatch {
        let memories = questions.map(slots)
        let slots = max(1, memories.map(\.count).max() ?? 1)
        let places = slots * questions.count
        var (keys, values, ages) = ([[Int32]](), [[Int32]](), [Int32]())
        keys.reserveCapacity(places)
        ages.reserveCapacity(places)
        let isPaired = configuration.content == .windows
        for slot in 0..<slots {
            for (memory, question) in zip(memories, questions) {
                guard slot < memory.count else {
                    keys.append([])
                    ages.append(-1)
                    if isPaired { values.append([]) }
                    continue
                }
                let source = memory[slot].source
                keys.append(memory[slot].key)
                let age = question.ages?[source] ?? Int32(question.sentences.count - 1 - source)
                ages.append(min(age, Int32(configuration.memorySize - 1)))
                if isPaired { values.append([memory[slot].value]) }
            }
        }
        return MemoryBatch(
            keys: encoder.prepared(keys, ages: ages), values: isPaired ? encoder.prepared(values, ages: ages) : nil,
            questions: encoder.prepared(questions.map(\.question), ages: questions.map { _ in -1 }),
            lengths: memories.map { Int32($0.count) }, slots: slots, sources: memories.map { $0.map(\.source) })
    }

    private func slots(_ question: MemoryQuestion) -> [Slot] {
        let sentences = question.sentences
        switch configuration.content {
        case .sentences:
            let first = max(0, sentences.count - configuration.memorySize)
            return (first..<sentences.count).map { Slot(key: sentences[$0], value: 0, source: $0) }
        case .windows:
            let reach = configuration.window / 2
            let all = sentences.enumerated().flatMap { place, words in
                words.indices.filter { isCentre[Int(words[$0])] }.map { middle in
                    let around = max(0, middle - reach)..<min(words.count, middle - reach + configuration.window)
                    return Slot(key: Array(words[around]), value: words[middle], source: place)
                }
            }
            return Array(all.suffix(configuration.memorySize))
        }
    }
}
