import Testing

@testable import UnrollTool

@Suite("Paths and commands in messages")
struct MessageTests {
    @Test(
        arguments: [
            ("/tmp/model: is cut short", "model: is cut short"),
            ("/tmp/a, /tmp/b/c: have 3 and 2 lines", "a, b/c: have 3 and 2 lines"),
            ("'/tmp/model' and (/tmp/other)", "'model' and (other)"),
            ("a line\n/tmp/model: another", "a line\nmodel: another"),
            ("/var/tmp/model: is cut short", "/var/tmp/model: is cut short"),
            ("/tmp/tmp/model", "tmp/model"),
            ("/tmp/: is not a regular file", "/tmp/: is not a regular file"),
            ("/tmpfiles/model", "/tmpfiles/model"),
            ("model: cut", "model: cut"),
        ] as [(String, String)])
    func whatIsInTheFolderIsNamedFromThere(message: String, shortened: String) {
        #expect(Failure.shortened(message, in: "/tmp") == shortened)
        #expect(Failure.shortened(message, in: "/") == message)
    }

    @Test(arguments: [
        ("unroll-demo/model.safetensors", "unroll-demo/model.safetensors"), ("modèle_1@2", "modèle_1@2"), ("my demo", "'my demo'"),
        ("it's", #"'it'\''s'"#), ("a;b", "'a;b'"), ("$HOME", "'$HOME'"), ("", "''"), ("~x", "'~x'"),
    ])
    func aWordForTheShell(word: String, quoted: String) {
        #expect(Shell.quoted(word) == quoted)
    }

    @Test(arguments: [
        ("/here/.build/release/unroll", ".build/release/unroll"), ("unroll", "unroll"), (".build/release/unroll", ".build/release/unroll"),
        ("/elsewhere/unroll", "/elsewhere/unroll"), ("/hereabouts/unroll", "/hereabouts/unroll"),
    ])
    func howTheToolWasStarted(command: String, shown: String) {
        #expect(Shell.invocation(command, in: "/here") == shown)
    }
}
