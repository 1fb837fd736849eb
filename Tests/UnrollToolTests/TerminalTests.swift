import Foundation
import Testing

@testable import UnrollTool

@Suite("What a person at a terminal sees")
struct TerminalTests {
    @Test(
        arguments: [
            (100, ["step 1/2  loss 0.5  left 3 s"]), (28, ["step 1/2  loss 0.5  left 3 s"]), (27, ["step 1/2  loss 0.5", "left 3 s"]),
            (18, ["step 1/2  loss 0.5", "left 3 s"]), (17, ["step 1/2", "loss 0.5", "left 3 s"]),
            (8, ["step 1/2", "loss 0.5", "left 3 s"]),
            (7, ["step 1/", "loss 0.", "left 3 "]), (0, ["", "", ""]), (-1, ["", "", ""]),
        ] as [(Int, [String])])
    func partsInRowsThatFit(columns: Int, rows: [String]) {
        #expect(Terminal.rows(["step 1/2", "loss 0.5", "left 3 s"], columns: columns) == rows)
        #expect(Terminal.rows([], columns: columns) == [])
    }

    @Test(
        arguments: [
            (0, "0 s"), (59.4, "59 s"), (59.6, "1:00"), (61, "1:01"), (3599.4, "59:59"), (3599.6, "1:00:00"), (36_061, "10:01:01"),
            (.infinity, "?"), (.nan, "?"), (1e300, "?"),
        ] as [(Double, String)])
    func durations(seconds: Double, text: String) {
        #expect(seconds.asDuration == text)
    }

    @Test(arguments: [(1, "100.0%"), (0.99999, "99.9%"), (0.987, "98.7%"), (0, "0.0%"), (1999.0 / 2000, "99.9%")] as [(Double, String)])
    func percentagesAreRoundedDown(share: Double, text: String) {
        #expect(share.asPercentage == text)
    }

    #if os(Linux)
        /// A training on a terminal of 40 columns.
        @Test func progressFitsAndIsWrittenOver() throws {
            let folder = try TinyModel.scratch()
            let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
            defer { close(master) }
            // unlockpt and ptsname, which the system's headers hide: TIOCSPTLCK and TIOCGPTN.
            var (isLocked, number) = (Int32(0), UInt32(0))
            try #require(ioctl(master, 0x4004_5431, &isLocked) == 0 && ioctl(master, 0x8004_5430, &number) == 0)
            let terminal = try FileHandle(forUpdating: URL(fileURLWithPath: "/dev/pts/\(number)"))
            var size = winsize(ws_row: 24, ws_col: 40, ws_xpixel: 0, ws_ypixel: 0)
            try #require(ioctl(terminal.fileDescriptor, UInt(TIOCSWINSZ), &size) == 0)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: Tool.path)
            process.arguments = ["train", "recipe.yaml", "--out", "run"]
            process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
            process.environment = ["TERM": "xterm"]
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = terminal
            try process.run()
            try terminal.close()
            var seen: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while case let count = read(master, &buffer, buffer.count), count > 0 { seen += buffer[..<count] }
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)

            // To the first of some rows, and all erased from there on.
            let pieces = String(decoding: seen, as: UTF8.self).replacing("\r\n", with: "\n").split(separator: /\r\u{1B}\[[1-9]A\u{1B}\[J/)
            let live = pieces.map { $0.split(separator: "\n").drop { !$0.hasPrefix("step ") } }.filter { !$0.isEmpty }
            #expect(live.count == 6)
            for rows in live {
                #expect(rows.count > 1 && rows.allSatisfy { $0.count < 40 }, "\(rows)")
                let names = ["step", "loss", "perplexity", "left", "epoch", "tokens/s", "gradient", "rate"]
                #expect(names.allSatisfy { rows.joined(separator: " ").contains($0) }, "\(rows)")
            }
            #expect(live.last?.first?.hasPrefix("step 60/60  loss ") == true)
            #expect(pieces.last?.hasPrefix("validation at step 60  ") == true, "the last thing that is left is a whole line")
            #expect(pieces.last?.hasSuffix("\n") == true)
        }
    #endif
}
