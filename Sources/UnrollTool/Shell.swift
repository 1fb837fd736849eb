/// Commands to show, as a person can paste them.
enum Shell {
    /// A word as a shell takes it for one.
    static func quoted(_ word: String) -> String {
        let harmless = "0123456789_-./,:+@%".unicodeScalars
        let isPlain = word.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || harmless.contains($0) }
        return isPlain && !word.isEmpty ? word : "'\(word.replacing("'", with: #"'\''"#))'"
    }

    /// How the tool was started, shorter where it is inside the folder: `swift run` names the whole path.
    static func invocation(_ command: String, in folder: String) -> String {
        command.hasPrefix(folder + "/") ? String(command.dropFirst(folder.count + 1)) : command
    }
}
