import Foundation

/// The built command-line tool, run as a process of its own.
enum Tool {
    struct Run {
        /// The exit code; 128 and the signal's number where a signal ended the process, as shells have it.
        let code: Int32
        let output: String
        let error: String

        var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }
        /// What was said on standard error beside a debug build's warning.
        var told: String { error.replacing(/this is a debug build.*\n/, with: "") }
    }

    /// The tool stands beside the bundle of the tests.
    static let path: String = {
        final class Marker {}
        var folder = Bundle(for: Marker.self).bundleURL
        if folder.pathExtension == "xctest" { folder.deleteLastPathComponent() }
        return folder.appendingPathComponent("unroll").path
    }()

    /// Runs the tool in a folder and waits for its end.
    static func run(
        _ arguments: [String], in folder: Scratch, input: String? = nil, environment: [String: String] = [:]
    ) throws -> Run {
        try wait(try start(arguments, in: folder, input: input, environment: environment))
    }

    /// Runs a line of shell, in which `$unroll` is the tool.
    static func shell(_ script: String, in folder: Scratch, environment: [String: String] = [:]) throws -> Run {
        try wait(try start(["-c", script], of: "/bin/sh", in: folder, environment: environment))
    }

    /// A process that runs, and where it writes.
    struct Started {
        let process: Process
        fileprivate let output: String
        fileprivate let error: String
        fileprivate let folder: Scratch

        /// What it has said on standard error until now.
        var told: String { (try? folder.text(error)) ?? "" }

        /// Ends the process whatever it does, if it still runs.
        func end() {
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
    }

    static func start(
        _ arguments: [String], of program: String = path, in folder: Scratch, input: String? = nil, environment: [String: String] = [:]
    ) throws -> Started {
        let name = UUID().uuidString
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        var variables = ProcessInfo.processInfo.environment
        variables["COLUMNS"] = nil
        variables["unroll"] = path
        process.environment = variables.merging(environment) { $1 }
        if let input {
            try folder.write(input, to: "\(name).in")
            process.standardInput = try FileHandle(forReadingFrom: folder.url("\(name).in"))
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        try folder.write("", to: "\(name).out")
        try folder.write("", to: "\(name).err")
        process.standardOutput = try FileHandle(forWritingTo: folder.url("\(name).out"))
        process.standardError = try FileHandle(forWritingTo: folder.url("\(name).err"))
        try process.run()
        return Started(process: process, output: "\(name).out", error: "\(name).err", folder: folder)
    }

    static func wait(_ started: Started) throws -> Run {
        let process = started.process
        process.waitUntilExit()
        let code = process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus
        return Run(code: code, output: try started.folder.text(started.output), error: try started.folder.text(started.error))
    }
}
