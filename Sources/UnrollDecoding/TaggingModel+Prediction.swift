import UnrollCheckpoints
import UnrollModels
import UnrollModules
import UnrollTensors
import UnrollText

extension TaggingModel {
    /// Sentences side by side, as the network reads them: each different word's characters stand there once.
    public func input(_ sentences: [[String]]) -> SequenceTagger.Input {
        let (time, count) = (max(1, sentences.map(\.count).max() ?? 1), sentences.count)
        var wordIDs = [Int32](repeating: Vocabulary.padding, count: time * count)
        var spellings = [Int32](repeating: 0, count: time * count)
        var known: [[Int32]: Int32] = [:]
        var distinct: [[Int32]] = []
        for (row, sentence) in sentences.enumerated() {
            for (step, word) in sentence.enumerated() {
                let place = step * count + row
                wordIDs[place] = words.id(of: word)
                let letters = word.unicodeScalars.prefix(Self.longestSpelling).map { characters.id(of: String($0)) }
                if let spelling = known[letters] {
                    spellings[place] = spelling
                } else {
                    spellings[place] = Int32(distinct.count)
                    known[letters] = Int32(distinct.count)
                    distinct.append(letters)
                }
            }
        }
        if distinct.isEmpty { distinct = [[]] }
        let longest = max(1, distinct.map(\.count).max() ?? 1)
        var letters = [Int32](repeating: Vocabulary.padding, count: longest * distinct.count)
        for (column, spelling) in distinct.enumerated() {
            for (step, letter) in spelling.enumerated() { letters[step * distinct.count + column] = letter }
        }
        return SequenceTagger.Input(
            words: Tensor(wordIDs, shape: [time, count]), lengths: sentences.map { Int32($0.count) },
            characters: Tensor(letters, shape: [longest, distinct.count]), characterLengths: distinct.map { Int32($0.count) },
            spellings: Tensor(spellings, shape: [time, count]))
    }

    /// Characters of a word that are read; whatever is longer is no word of a language.
    private static let longestSpelling = 100

    /// log p of each tag, for each word of each sentence. A sentence comes out the same, to the bit, alone and among others.
    ///
    /// - Parameters:
    ///   - sentences: their words; one without any gives nothing.
    ///   - rows: the most sentences in a batch.
    /// - Returns: by sentence, word and tag.
    public func logProbabilities(of sentences: [[String]], rows: Int = 32) -> [[[Double]]] {
        inBatches(sentences.map(\.count), rows: rows) { places in
            let batch = places.map { sentences[$0] }
            let features = network(input(batch), .inference())
            let steps = features.shape[0] * batch.count
            let values = network.output.logProbabilities(features.reshaped(to: [steps, features.shape[2]]), .inference()).doubles
            return batch.enumerated().map { row, sentence in
                sentence.indices.map { step in
                    let start = (step * batch.count + row) * tags.count
                    return Array(values[start..<start + tags.count])
                }
            }
        }
    }
}
