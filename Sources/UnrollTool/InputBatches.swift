import Unroll

/// Lines from a file or a pipe, some at a time.
struct InputBatches {
    struct Line {
        let number: Int
        let text: String
    }

    private let lines: LineReader
    private let size: Int
    private var failure: (any Error)?

    init(_ lines: LineReader, size: Int) {
        self.lines = lines
        self.size = size
    }

    /// The lines that are there without waiting, at least one and at most `size`; nil at the end. So each line that comes alone through a
    /// pipe is answered at once.
    ///
    /// - Throws: what reading threw, once the lines before it have been handed out.
    mutating func next() throws -> [Line]? {
        if let failure { throw failure }
        var batch: [Line] = []
        do {
            while batch.count < size, try batch.isEmpty || lines.hasLineWaiting(), let text = try lines.next() {
                batch.append(Line(number: lines.lineNumber, text: text))
            }
        } catch {
            guard !batch.isEmpty else { throw error }
            failure = error
        }
        return batch.isEmpty ? nil : batch
    }
}
