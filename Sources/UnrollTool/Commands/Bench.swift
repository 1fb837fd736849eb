import ArgumentParser
import Unroll
import UnrollBenchmarks
import UnrollKernels

/// `unroll bench`
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how fast this machine trains and runs models.",
        usage: "unroll bench [<name> ...] [<options>]",
        discussion: """
            Each workload makes a few steps to warm up and then those that are measured: whole training steps as a user's own loop makes \
            them, or whole readings. Without names it measures all; a quiet machine tells more.

              unroll bench lm-ptb-small-lstm gemm
              unroll bench lm-char-gru256:hidden=512,batch=8 --threads 1

            'GFLOP/s' is the rate of the matrix products in the best step, 'peak' that of large products beside it, and the floor what the \
            products alone would take at the peak; 'reached' is the floor as a share of the best time. Forward, backward and update are shares of the whole step. The loss over a vocabulary computes \
            the output layer's gradients as it goes: they count as forward.

            With --json, each line is an object with 'name', 'median_ms', 'best_ms', 'floor_ms', 'runs' and 'threads'; there the floor is \
            stated for 125 GFLOP/s on any machine, and is 0 for what makes no products. Times of tiny-ops are for one of its operations.

            \(names(of: Workload.all))
            """)

    @Argument(help: ArgumentHelp("Workloads, perhaps with sizes other than usual: name:size=value,size=value.", valueName: "name"))
    var names: [String] = []

    @Option(help: "Steps to measure.")
    var runs = 12

    @Flag(help: "Print one JSON object for each workload.")
    var json = false

    @Flag(help: "Print the workloads with their sizes, and measure nothing.")
    var list = false

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        try check("--runs", runs, in: 1...1_000_000)
    }

    func run() throws {
        let workloads = try names.isEmpty ? Workload.all : names.map { try Workload(named: $0) }
        if list { return try Output.write(workloads.map(Self.described).joined()) }
        UnrollCommand.warnOfDebugBuild()
        threads.apply()
        if json {
            for workload in workloads { try Output.line(ResultWriter.json(Line(Measurement(of: workload, runs: runs)))) }
        } else {
            try table(workloads)
        }
    }

    private func table(_ workloads: [Workload]) throws {
        let peakWorkloads = try ["gemm", "gemm-unpacked"].map { try Workload(named: $0) }
        let width = workloads.map(\.name.count).max() ?? 0
        try Output.line("\(Processor.instructionSet), \(Processor.threads.counted("thread"))")
        try Output.line(
            Self.row("", ["median ms", "best ms", "GFLOP/s", "peak", "floor ms", "reached", "forward", "backward", "update"], width: width))
        for workload in workloads {
            Terminal.progress([workload.name, "…"])
            // A machine drifts, so the peak is taken anew beside each workload.
            let peak =
                workload.operations > 0
                ? peakWorkloads.map { Measurement(of: $0, runs: max(runs, 12)).operationsPerSecond }.max() ?? Workload.statedPeak : 0
            try Output.line(Self.row(workload.name, Self.cells(Measurement(of: workload, runs: runs), peak: peak), width: width))
        }
    }

    private static func cells(_ measurement: Measurement, peak: Double) -> [String] {
        let workload = measurement.workload
        var cells = [measurement.median.asMilliseconds, measurement.best.asMilliseconds]
        if workload.operations > 0 {
            let floor = workload.floor(at: peak)
            cells += [
                measurement.operationsPerSecond.inGiga, peak.inGiga, floor.asMilliseconds, (floor / measurement.best).asPercentage,
            ]
        } else {
            cells += [workload.bytes > 0 ? "\(measurement.bytesPerSecond.inGiga) GB/s" : "–"]
        }
        if let shares = measurement.shares {
            cells += [shares.forward.asPercentage, shares.backward.asPercentage, shares.update.asPercentage]
        }
        return cells
    }

    private static func row(_ name: String, _ cells: [String], width: Int) -> String {
        let places = [11, 11, 11, 8, 11, 9, 9, 10, 8]
        return zip(cells, places).reduce(name.padding(toLength: width, withPad: " ", startingAt: 0)) { line, next in
            line + String(repeating: " ", count: max(1, next.1 - next.0.count)) + next.0
        }
    }

    private static func described(_ workload: Workload) -> String {
        let sizes = workload.sizes.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
        return "\(workload.name)\n  \(workload.summary)\n  \(sizes)\n"
    }

    private static func names(of workloads: [Workload]) -> String {
        "Workloads: " + workloads.map(\.name).joined(separator: ", ") + "."
    }

    /// What one line of JSON holds.
    private struct Line: Encodable {
        let name: String
        let medianMs, bestMs, floorMs: Double
        let runs, threads: Int

        init(_ measurement: Measurement) {
            name = measurement.workload.name
            medianMs = measurement.median
            bestMs = measurement.best
            floorMs = measurement.workload.floor()
            runs = measurement.runs
            threads = measurement.threads
        }
    }
}

extension Double {
    /// With at least four significant digits down to a microsecond.
    fileprivate var asMilliseconds: String { fixed(self >= 1000 ? 0 : self >= 100 ? 1 : self >= 10 ? 2 : self >= 1 ? 3 : 5) }

    /// In units of 10⁹.
    fileprivate var inGiga: String { (self / 1e9).fixed(1) }
}
