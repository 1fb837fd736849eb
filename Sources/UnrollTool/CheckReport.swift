import Foundation
import UnrollVerification

/// Checks entries of a catalogue one after the other and prints what was found as it is found.
struct CheckReport {
    private let json: Bool
    private let write: (String) throws -> Void
    private var last: CatalogueEntry?
    private var failures: [String] = []
    private var checkCount = 0
    private var comparisonCount = 0

    private init(json: Bool, write: @escaping (String) throws -> Void) {
        self.json = json
        self.write = write
    }

    /// Checks the entries.
    ///
    /// - Parameters:
    ///   - json: whether a line of JSON is written for each check, or a table.
    ///   - write: where the text goes.
    /// - Throws: `Failure.Thrown` with the code 70 where a check failed, once all have been made.
    static func run(_ entries: [CatalogueEntry], json: Bool, write: @escaping (String) throws -> Void = Output.write) throws {
        var report = CheckReport(json: json, write: write)
        let clock = ContinuousClock()
        let start = clock.now
        if !json { try write(header) }
        for (place, entry) in entries.enumerated() {
            if Terminal.isInteractive { Terminal.progress(["\(place + 1) of \(entries.count)", entry.name, "…"]) }
            try report.add(entry, entry.check())
        }
        let seconds = start.duration(to: clock.now) / .seconds(1)
        if !json { try write("\n\(report.summary(entries.count, seconds: seconds))\n") }
        guard report.failures.isEmpty else {
            throw Failure.Thrown(
                code: EX_SOFTWARE,
                message: "\(report.failures.count) of \(report.checkCount.counted("check")) failed: "
                    + report.failures.prefix(5).joined(separator: "; ") + (report.failures.count > 5 ? "; …" : ""))
        }
    }

    private mutating func add(_ entry: CatalogueEntry, _ results: [CheckResult]) throws {
        checkCount += results.count
        comparisonCount += results.reduce(0) { $0 + $1.comparisons }
        failures += results.filter { !$0.passed }.map { "\($0.check.rawValue) of \(entry.name)" }
        if json {
            for result in results { try write(ResultWriter.json(Line(entry, result)) + "\n") }
        } else {
            try write(heading(of: entry) + Self.row(entry, results))
        }
        last = entry
    }

    private func summary(_ count: Int, seconds: Double) -> String {
        let entries = count == 1 ? "1 entry" : "\(count) entries"
        let made = "\(entries), \(checkCount.counted("check")), \(comparisonCount.counted("number")) compared in \(seconds.asDuration)"
        return failures.isEmpty ? "\(made): all passed" : "\(made): \(failures.count) FAILED"
    }

    // MARK: - The table

    private static let checks = CheckResult.Check.allCases

    private static var header: String {
        "  " + checks.map { column($0.rawValue) }.joined() + "\n  "
            + checks.map { column("< " + String(format: "%.0e", $0.tolerance)) }.joined() + "\n"
    }

    private static func column(_ text: String) -> String { String(repeating: " ", count: max(1, 12 - text.count)) + text }

    /// What sets this entry off from the one before it: the group, the subject, the equation.
    private func heading(of entry: CatalogueEntry) -> String {
        var lines: [String] = []
        if last?.group != entry.group { lines += ["", entry.group.title] }
        if !lines.isEmpty || last?.subject != entry.subject { lines += ["", entry.subject] }
        if !lines.isEmpty || last?.equation != entry.equation { lines.append("  " + entry.equation) }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func row(_ entry: CatalogueEntry, _ results: [CheckResult]) -> String {
        let cells = checks.map { check in
            column(results.first { $0.check == check }.map { error($0.error) } ?? "–")
        }
        let failed = results.filter { !$0.passed }
        let row = "\(failed.isEmpty ? "✓" : "✗") \(cells.joined())" + (entry.variant.isEmpty ? "" : "  \(entry.variant)")
        let reasons = failed.map { result in
            let place = result.comparisons == 0 ? "nothing was compared" : result.worst
            return "    FAILED \(result.check.rawValue): \(place)"
        }
        return ([row] + reasons).map { $0 + "\n" }.joined()
    }

    private static func error(_ error: Double) -> String {
        error == 0 ? "0" : error.isFinite ? String(format: "%.1e", error) : "∞"
    }

    // MARK: - JSON

    /// What one line of JSON holds: one check of one entry.
    private struct Line: Encodable {
        let group, subject, variant, equation, check, worst: String
        /// Left out where it is infinite, which JSON cannot say.
        let error: Double?
        let bound: Double
        let compared: Int
        let passed: Bool

        init(_ entry: CatalogueEntry, _ result: CheckResult) {
            (group, subject, variant, equation) = (entry.group.rawValue, entry.subject, entry.variant, entry.equation)
            (check, worst) = (result.check.rawValue, result.worst)
            error = result.error.isFinite ? result.error : nil
            bound = result.check.tolerance
            compared = result.comparisons
            passed = result.passed
        }
    }
}

extension CatalogueEntry.Group {
    /// The heading of the group in the table.
    fileprivate var title: String {
        switch self {
        case .operation: "OPERATIONS, each with its derivative"
        case .fused: "FUSED KERNELS, each beside the plain composition of its equation"
        case .cell: "CELLS, one step and over a padded sequence"
        case .module: "MODULES"
        case .model: "ARCHITECTURES"
        }
    }
}
