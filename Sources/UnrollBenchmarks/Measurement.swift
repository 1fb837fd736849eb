import UnrollKernels

/// How long the steps of a workload took.
public struct Measurement: Sendable {
    /// What was measured.
    public let workload: Workload
    /// The milliseconds of the step in the middle, for each part of it.
    public let median: Double
    /// The milliseconds of the fastest step, for each part of it.
    public let best: Double
    /// The shares of forward, backward and update in all measured steps, which add up to 1; nil for what does not train.
    public let shares: (forward: Double, backward: Double, update: Double)?
    /// How many steps were measured.
    public let runs: Int
    /// How many threads the kernels could use.
    public let threads: Int
    /// The result of the last step.
    public let result: Double

    /// Makes steps and takes their times, by a clock that only goes forward.
    ///
    /// - Parameters:
    ///   - workload: what is measured.
    ///   - runs: how many steps, at least 1.
    ///   - warmUp: how many steps before them, in which memory is taken and weights are packed for the first time.
    public init(of workload: Workload, runs: Int = 12, warmUp: Int = 3) {
        precondition(runs > 0, "\(runs) runs")
        let prepared = workload.prepared()
        for _ in 0..<warmUp { _ = prepared.step() }
        let clock = ContinuousClock()
        var times: [Double] = []
        var phases: [TrainingPhases] = []
        var result = Double.nan
        for run in 1...runs {
            let start = clock.now
            let step = prepared.step()
            times.append((clock.now - start) / .milliseconds(1))
            if let parts = step.phases { phases.append(parts) }
            if run == runs { result = step.result() }
        }
        times.sort()
        let parts = Double(workload.parts)
        self.workload = workload
        self.runs = runs
        threads = Processor.threads
        median = (times[(runs - 1) / 2] + times[runs / 2]) / 2 / parts
        best = times[0] / parts
        self.result = result
        let sums = [\TrainingPhases.forward, \.backward, \.update].map { phase in
            phases.reduce(0) { $0 + $1[keyPath: phase] / .milliseconds(1) }
        }
        let total = sums.reduce(0, +)
        shares = phases.isEmpty ? nil : (sums[0] / total, sums[1] / total, sums[2] / total)
    }

    /// Operations of products in a second, in the fastest step.
    public var operationsPerSecond: Double { workload.operations / (best * Double(workload.parts)) * 1000 }

    /// Bytes read and written in a second, in the fastest step.
    public var bytesPerSecond: Double { workload.bytes / (best * Double(workload.parts)) * 1000 }
}
