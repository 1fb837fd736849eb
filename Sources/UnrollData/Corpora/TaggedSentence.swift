/// Words with a tag for each.
public struct TaggedSentence: Sendable, Equatable {
    /// The words.
    public let words: [String]
    /// Their tags, as many.
    public let tags: [String]
    /// The line of the file that it begins in, counted from 1.
    public let lineNumber: Int

    /// A sentence from line `lineNumber`.
    public init(words: [String], tags: [String], lineNumber: Int) {
        precondition(words.count == tags.count, "\(words.count) words with \(tags.count) tags")
        self.words = words
        self.tags = tags
        self.lineNumber = lineNumber
    }

    /// Reads sentences of a tab-separated file, plain or gzip: one on each line, its words in one column and its tags in another, with blanks between
    /// them. Empty lines are passed over.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - wordColumn: the column of the words, counted from 1.
    ///   - tagColumn: the column of the tags, counted from 1.
    /// - Throws: `CorpusError`, with the line: what `LineReader` throws; another number of tags than of words; a column that is missing or empty.
    public static func readTable(_ path: String, wordColumn: Int, tagColumn: Int) throws -> [TaggedSentence] {
        let table = try TableReader(path, columns: [("list of words", wordColumn), ("list of tags", tagColumn)])
        var sentences: [TaggedSentence] = []
        while let row = try table.next() {
            let (words, tags) = (row[0].split(separator: " ").map(String.init), row[1].split(separator: " ").map(String.init))
            guard words.count == tags.count else {
                throw table.failure(.malformed, "there are \(words.count) words and \(tags.count) tags; each word needs one.")
            }
            sentences.append(TaggedSentence(words: words, tags: tags, lineNumber: table.lineNumber))
        }
        return sentences
    }

    /// Reads sentences of a CoNLL-U file, plain or gzip: one word on each line, in ten tab-separated columns, an empty line after each sentence.
    ///
    /// Comments are passed over, and so are the lines of multiword tokens (`8-9`) and of empty nodes (`8.1`), whose words stand on lines of their own.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - wordColumn: the column of the words, counted from 1: 2 is FORM.
    ///   - tagColumn: the column of the tags, counted from 1: 4 is UPOS, 5 is XPOS.
    /// - Throws: `CorpusError`, with the line: what `LineReader` throws; another number of columns than ten; a word or tag that is empty; a file
    ///   without any sentence.
    public static func readCoNLLU(_ path: String, wordColumn: Int = 2, tagColumn: Int = 4) throws -> [TaggedSentence] {
        let lines = try LineReader(path: path)
        func failure(_ kind: CorpusError.Kind, _ message: String) -> CorpusError {
            CorpusError(kind, path: path, line: lines.lineNumber, message)
        }
        var sentences: [TaggedSentence] = []
        var (words, tags, start) = ([String](), [String](), 0)
        func close() {
            if !words.isEmpty { sentences.append(TaggedSentence(words: words, tags: tags, lineNumber: start)) }
            (words, tags) = ([], [])
        }
        while let line = try lines.next() {
            if line.isEmpty { close() }
            if line.isEmpty || line.hasPrefix("#") { continue }
            let fields = line.utf8.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map { String(Substring($0)) }
            guard fields.count == 10 else {
                throw failure(
                    .wrongColumnCount(expected: 10, found: fields.count),
                    "a CoNLL-U line has 10 tab-separated columns, this one has \(fields.count); mend it, or choose the format 'table'.")
            }
            guard !fields[0].contains("-"), !fields[0].contains(".") else { continue }
            let (word, tag) = (fields[wordColumn - 1], fields[tagColumn - 1])
            guard !word.isBlank, !tag.isBlank else {
                throw failure(.malformed, "the word in column \(wordColumn) or the tag in column \(tagColumn) is empty; fill it in.")
            }
            if words.isEmpty { start = lines.lineNumber }
            words.append(word)
            tags.append(tag)
        }
        close()
        guard !sentences.isEmpty else { throw CorpusError(.empty, path: path, "the file has no sentence.") }
        return sentences
    }
}
