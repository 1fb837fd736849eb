/// A text and the class that it belongs to.
public struct LabelledText: Sendable, Equatable {
    /// The text.
    public let text: String
    /// The class.
    public let label: String
    /// The line of the file that it stands in, counted from 1.
    public let lineNumber: Int

    /// A text from line `lineNumber`.
    public init(text: String, label: String, lineNumber: Int) {
        self.text = text
        self.label = label
        self.lineNumber = lineNumber
    }

    /// Reads the texts and labels of a tab-separated file, plain or gzip. Empty lines are passed over.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - textColumn: the column of the text, counted from 1.
    ///   - labelColumn: the column of the label, counted from 1.
    /// - Throws: `CorpusError`, with the line: what `LineReader` throws; lines of different numbers of columns; a text or label that is empty; a
    ///   file without any.
    public static func read(_ path: String, textColumn: Int, labelColumn: Int) throws -> [LabelledText] {
        let table = try TableReader(path, columns: [("text", textColumn), ("label", labelColumn)])
        var texts: [LabelledText] = []
        while let row = try table.next() { texts.append(LabelledText(text: row[0], label: row[1], lineNumber: table.lineNumber)) }
        return texts
    }
}
