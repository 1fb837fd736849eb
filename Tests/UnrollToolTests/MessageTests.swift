import Testing

@testable import UnrollTool

@Suite("Paths and commands in messages")
struct MessageTests {
    @Test(
        arguments: [
            ("/here/model: is cut short", "model: is cut short"),
            ("/here/a, /here/b/c: have 3 and 2 lines", "a, b/c: have 3 and 2 lines"),
            ("'/here/model' and (/here/other)", "'model' and (other)"),
            ("a line\n/here/model: another", "a line\nmodel: another"),
            ("/var/here/model: is cut short", "/var/here/model: is cut short"),
            ("/here/here/model", "here/model"),
            ("/here/: is not a regular file", "/here/: is not a regular file"),
            ("/hereabouts/model", "/hereabouts/model"),
            ("model: cut", "model: cut"),
        ] as [(String, String)])
    func whatIsInTheFolderIsNamedFromThere(message: String, shortened: String) {
        #expect(Failure.shortened(message, in: "/here") == shortened)
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
