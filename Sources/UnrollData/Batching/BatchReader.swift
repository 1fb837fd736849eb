/// Hands out the batches of one epoch.
public final class BatchReader {
    /// Where the batch stands that `next()` will return: keep it to resume.
    public private(set) var position: BatchPosition

    private let stream: BatchStream
    private let windows: any ExampleWindows
    private var window: (any ExampleWindow)?
    private var plan: [[Int]] = []
    private var nextInPlan = 0

    init(_ stream: BatchStream, from start: BatchPosition) throws {
        self.stream = stream
        position = BatchPosition(epoch: start.epoch)
        windows =
            switch stream.corpus.storage {
            case .memory(let table): TableWindows(table, options: stream.options, epoch: start.epoch)
            case .stream(let encoder): StreamedWindows(try encoder.reader(), size: stream.options.windowSize)
            }
        while position.batch < start.batch, try openWindow() {
            let skipped = min(plan.count, start.batch - position.batch)
            nextInPlan = skipped
            position.batch += skipped
        }
    }

    /// The next batch, or nil at the epoch's end.
    ///
    /// - Throws: what the corpus throws while it is read, where it is streamed.
    public func next() throws -> Batch? {
        if nextInPlan == plan.count, try !openWindow() { return nil }
        guard let window else { return nil }
        let batch = Batch(plan[nextInPlan].map { window.example($0) }, tokens: stream.tokens, position: position)
        nextInPlan += 1
        position.batch += 1
        return batch
    }

    private func openWindow() throws -> Bool {
        plan = []
        nextInPlan = 0
        window = try windows.next()
        guard let window else { return false }
        plan = WindowPlan(lengths: window.lengths, options: stream.options, epoch: position.epoch, window: window.number).batches
        return true
    }
}

/// The windows of an epoch, in order.
private protocol ExampleWindows: AnyObject {
    func next() throws -> (any ExampleWindow)?
}

/// A window: lengths at once, the examples themselves only when they are asked for.
private protocol ExampleWindow {
    var number: Int { get }
    var lengths: [(source: Int, target: Int)] { get }
    func example(_ place: Int) -> Example
}

private final class TableWindows: ExampleWindows {
    private let table: TokenTable
    private let size: Int
    private var order: [Int]
    private var number = 0

    init(_ table: TokenTable, options: BatchOptions, epoch: Int) {
        self.table = table
        size = options.windowSize
        order = Array(0..<table.count)
        if options.shuffles {
            var generator = SplitMix64(options.seed, UInt64(epoch))
            generator.shuffle(&order)
        }
    }

    func next() -> (any ExampleWindow)? {
        let (start, overflow) = number.multipliedReportingOverflow(by: size)
        guard !overflow, start < order.count else { return nil }
        defer { number += 1 }
        return TableWindow(number: number, table: table, indices: order[start..<start + min(size, order.count - start)])
    }
}

private struct TableWindow: ExampleWindow {
    let number: Int
    let table: TokenTable
    let indices: ArraySlice<Int>

    var lengths: [(source: Int, target: Int)] { indices.map { table.lengths($0) } }

    func example(_ place: Int) -> Example { table[indices[indices.startIndex + place]] }
}

private final class StreamedWindows: ExampleWindows {
    private let reader: PairEncoder.Reader
    private let size: Int
    private var number = 0

    init(_ reader: PairEncoder.Reader, size: Int) {
        self.reader = reader
        self.size = size
    }

    func next() throws -> (any ExampleWindow)? {
        var examples: [Example] = []
        while examples.count < size, let example = try reader.next() { examples.append(example) }
        guard !examples.isEmpty else { return nil }
        defer { number += 1 }
        return StreamedWindow(number: number, examples: examples)
    }
}

private struct StreamedWindow: ExampleWindow {
    let number: Int
    let examples: [Example]

    var lengths: [(source: Int, target: Int)] { examples.map { ($0.source.count, $0.target.count) } }

    func example(_ place: Int) -> Example { examples[place] }
}
