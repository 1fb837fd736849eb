import Foundation
import Testing

@Suite("Making data from the command line")
struct DataTests {
    @Test func datesAreTheSameBytesWhereverTheyAreMade() throws {
        let folder = try Scratch()
        let arguments = ["data", "dates", "--count", "300", "--seed", "5"]
        let first = try Tool.run(arguments, in: folder, environment: ["TZ": "UTC", "LC_ALL": "C"])
        #expect(first.code == 0)
        #expect(first.lines.count == 300)
        #expect(first.lines.allSatisfy { $0.wholeMatch(of: /[^\t]+\t[0-9]{4}-[0-9]{2}-[0-9]{2}\t[^\t]+/) != nil })
        for (zone, locale) in [("Asia/Tehran", "fa_IR.UTF-8"), ("Pacific/Kiritimati", "de_DE.UTF-8"), ("America/Los_Angeles", "ar_EG")] {
            let environment = ["TZ": zone, "LC_ALL": locale, "LANG": locale]
            #expect(try Tool.run(arguments, in: folder, environment: environment).output == first.output)
        }
        #expect(try Tool.run(arguments + ["--out", "dates.tsv"], in: folder).output == "")
        #expect(try folder.text("dates.tsv") == first.output)
    }

    @Test func heldOutDaysAreInNoTrainingExample() throws {
        let folder = try Scratch()
        func days(_ split: String) throws -> Set<Substring> {
            let lines = try Tool.run(["data", "dates", "--count", "2000", "--split", split], in: folder).lines
            return Set(lines.map { $0.split(separator: "\t")[1] })
        }
        let (training, heldOut) = (try days("training"), try days("held-out"))
        #expect(!training.isEmpty && !heldOut.isEmpty)
        #expect(training.isDisjoint(with: heldOut))
    }

    @Test func copyingWritesEachSequenceTwice() throws {
        let run = try Tool.run(["data", "copying", "--count", "20", "--shortest", "3", "--longest", "5"], in: Scratch())
        #expect(run.lines.count == 20)
        for line in run.lines {
            let sides = line.split(separator: "\t")
            #expect(sides.count == 2)
            #expect(sides[0] == sides[1])
            #expect((3...5).contains(sides[0].split(separator: " ").count))
        }
    }

    @Test func bracketsAreCorrectAndWrongByTurns() throws {
        let folder = try Scratch()
        let arguments = ["data", "brackets", "--count", "6", "--shortest", "20", "--longest", "30", "--depth", "5", "--kinds", "4"]
        let run = try Tool.run(arguments, in: folder)
        #expect(run.code == 0 && run.lines.count == 6)
        for (place, line) in run.lines.enumerated() {
            let columns = line.split(separator: "\t")
            #expect(columns.count == 2 && (20...30).contains(columns[0].count) && columns[1] == (place % 2 == 0 ? "correct" : "wrong"))
        }
        #expect(try Tool.run(arguments + ["--out", "brackets.tsv"], in: folder).output == "")
        #expect(try folder.text("brackets.tsv") == run.output)
    }

    @Test func aFileThatCannotBeWritten() throws {
        let run = try Tool.run(["data", "dates", "--count", "3", "--out", "absent/dates"], in: Scratch())
        #expect((run.code, run.output) == (73, ""))
        #expect(
            run.told == "unroll: absent/dates: cannot be written: No such file or directory; make its folder first, or name another one\n")
    }

    @Test func aDeviceIsWrittenIntoAndALinkStaysOne() throws {
        let folder = try Scratch()
        try folder.write("old", to: "file")
        let script = "ln -s /dev/null device; ln -s file link; for out in device link; do \"$unroll\" data copying --count 2 --out $out"
        #expect(try Tool.shell(script + "; done", in: folder).code == 0)
        for (link, target) in [("device", "/dev/null"), ("link", "file")] {
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.url(link).path) == target)
        }
        #expect(try folder.text("file").split(separator: "\n").count == 2)
    }

    /// In memory of 4 GB, which so many sequences would not fit into.
    @Test func sequencesAreWrittenAsTheyAreMade() throws {
        let script = "ulimit -v 4000000; \"$unroll\" data copying --count 100000000 | head -n 1"
        let run = try Tool.shell(script, in: Scratch())
        let first = try Tool.run(["data", "copying", "--count", "1"], in: Scratch())
        #expect(run.output == first.output)
        #expect(first.lines.count == 1)
    }
}
