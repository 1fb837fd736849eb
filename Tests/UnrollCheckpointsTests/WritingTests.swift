import Foundation
import Testing
import UnrollTensors

@testable import UnrollCheckpoints

@Suite("Writing")
struct WritingTests {
    private let folder: TemporaryFolder
    private let tensors = [(name: "w", tensor: Tensor([1, 2, 3] as [Float], shape: [3]))]

    init() throws { folder = try TemporaryFolder() }

    @Test("replaces the old file and leaves nothing else behind")
    func replacing() throws {
        let url = try folder.file("model.safetensors", Array("old".utf8))
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: url.path)
        try TensorFile.write(tensors, metadata: [:], to: url)
        #expect(try TensorFile(contentsOf: url).tensor("w").floats == [1, 2, 3])
        #expect(try folder.names == ["model.safetensors"])
        #expect(try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int == 0o640)
    }

    @Test("leaves a file that is being read as it was")
    func readers() throws {
        let url = folder.file("model.safetensors")
        try TensorFile.write(tensors, metadata: [:], to: url)
        let file = try TensorFile(contentsOf: url)
        try TensorFile.write([("w", Tensor([4] as [Float], shape: [1]))], metadata: [:], to: url)
        #expect(try file.tensor("w").floats == [1, 2, 3])
        #expect(try TensorFile(contentsOf: url).tensor("w").floats == [4])
    }

    @Test("through a symbolic link replaces what the link points to")
    func links() throws {
        let (url, link, dangling) = (try folder.file("model", []), folder.file("link"), folder.file("dangling"))
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: url)
        try TensorFile.write(tensors, metadata: [:], to: link)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == url.path)
        #expect(try TensorFile(contentsOf: url).entries.count == 1)
        try FileManager.default.createSymbolicLink(at: dangling, withDestinationURL: folder.file("missing"))
        #expect(checkpointError { try TensorFile.write(tensors, metadata: [:], to: dangling) }?.kind == .unwritable)
    }

    @Test("to a folder, a device or a place that does not exist is refused")
    func refusals() throws {
        for url in [folder.url, URL(filePath: "/dev/null"), folder.file("missing/model")] {
            let error = checkpointError { try TensorFile.write(tensors, metadata: [:], to: url) }
            #expect(error?.kind == .unwritable)
            #expect(error?.path == url.path(percentEncoded: false))
        }
        let message = checkpointError { try TensorFile.write(tensors, metadata: [:], to: folder.file("missing/model")) }?.message
        #expect(message?.contains("make its folder first") == true)
        #expect(try folder.names.isEmpty)
    }

    @Test("takes a name as long as the file system allows")
    func longNames() throws {
        let url = folder.file(String(repeating: "m", count: 255))
        try TensorFile.write(tensors, metadata: [:], to: url)
        #expect(try TensorFile(contentsOf: url).entries.count == 1)
    }

    @Test("refuses two tensors of one name and the name of the metadata, before it touches the file")
    func names() throws {
        let url = try folder.file("model", Array("old".utf8))
        let reserved = [(name: "__metadata__", tensor: tensors[0].tensor)]
        for contents in [tensors + tensors, reserved] {
            #expect(checkpointError { try TensorFile.write(contents, metadata: [:], to: url) }?.kind == .invalidContents)
        }
        #expect(try String(contentsOf: url, encoding: .utf8) == "old")
    }

    @Test("tells apart names and keys by their bytes, and keeps every character")
    func characters() throws {
        let names = ["\u{E9}", "e\u{301}", "", "a \"b\" \\ / \u{8}\u{C}\n\r\t\u{0}\u{1F}\u{7F}", "😀", "\u{FEFF}x"]
        let contents = names.enumerated().map { (name: $1, tensor: Tensor([Float($0)], shape: [1])) }
        let metadata = Dictionary(uniqueKeysWithValues: names.dropFirst().map { ($0, $0) })
        try TensorFile.write(contents, metadata: metadata, to: folder.file("model"))
        let file = try TensorFile(contentsOf: folder.file("model"))
        #expect(file.entries.map { Array($0.name.utf8) } == names.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) })
        for (index, name) in names.enumerated() { #expect(try file.tensor(name).floats == [Float(index)]) }
        #expect(file.metadata == metadata)
    }

    @Test("of slices writes their elements alone")
    func slices() throws {
        let whole = Tensor((0..<12).map(Float.init), shape: [4, 3])
        try TensorFile.write([("s", whole.sliced(1..<3, axis: 0))], metadata: [:], to: folder.file("model"))
        let tensor = try TensorFile(contentsOf: folder.file("model")).tensor("s")
        #expect(tensor.shape == [2, 3])
        #expect(tensor.floats == [3, 4, 5, 6, 7, 8])
    }

    @Test("past the limit on a file's size keeps the old file and removes the new one")
    func sizeLimit() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let url = try folder.file("model", Array("old".utf8))
            // A file that cannot grow is as near to a full disk as a test comes without owning one.
            signal(SIGXFSZ, SIG_IGN)
            #if canImport(Glibc)
                let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
            #else
                let resource = RLIMIT_FSIZE
            #endif
            var limit = rlimit()
            getrlimit(resource, &limit)
            limit.rlim_cur = 5000
            setrlimit(resource, &limit)
            let error = checkpointError {
                try TensorFile.write([("w", Tensor(repeating: 1, shape: [2000]))], metadata: [:], to: url)
            }
            limit.rlim_cur = limit.rlim_max
            setrlimit(resource, &limit)
            #expect(error?.kind == .unwritable)
            #expect(error?.path == url.path)
            #expect(error?.message.contains("ulimit") == true)
            #expect(try folder.names == ["model"])
            #expect(try String(contentsOf: url, encoding: .utf8) == "old")
        }
    }

    @Test("to a full device reports it", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "there is no /dev/full"))
    func fullDevice() throws {
        let device = try FileHandle(forWritingTo: URL(filePath: "/dev/full"))
        let file = ReplacedFile(descriptor: device.fileDescriptor)
        do throws(ReplacedFile.Failure) {
            try file.write([1, 2, 3])
            Issue.record("a full device took three bytes")
        } catch { #expect(error.number == ENOSPC) }
    }
}
