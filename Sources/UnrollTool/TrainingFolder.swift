import Foundation

/// The folder that a training writes into, looked at before any data is read.
struct TrainingFolder {
    let url: URL
    private let path: String

    /// - Throws: `Failure.Thrown` where a folder to resume in holds no training, or a new one already does or cannot be made.
    init(_ path: String, resuming: Bool) throws {
        self.path = path
        url = URL(fileURLWithPath: path, isDirectory: true)
        let holdsTraining = FileManager.default.fileExists(atPath: url.appendingPathComponent("state.safetensors").path)
        if resuming, !holdsTraining {
            throw Failure.Thrown(code: EX_NOINPUT, message: "\(path): holds no training to resume; leave out --resume to start one")
        }
        if !resuming, holdsTraining {
            throw Failure.Thrown(
                code: EX_CANTCREAT, message: "\(path): holds a training already; go on with --resume, or choose another folder with --out")
        }
        try make()
    }

    /// Writes the recipe, so that a training that is killed leaves it too.
    func write(recipe: String) throws {
        try OutputFile(path + "/recipe.yaml").write(recipe)
    }

    private func make() throws {
        var made = url.path.hasPrefix("/") ? "/" : ""
        for component in url.pathComponents where component != "/" {
            made += component
            if mkdir(made, 0o777) != 0, errno != EEXIST { throw failure(errno) }
            made += "/"
        }
        var status = stat()
        guard stat(made, &status) == 0 else { throw failure(errno) }
        guard access(made, W_OK) == 0 else { throw failure(errno) }
    }

    private func failure(_ number: Int32) -> Failure.Thrown {
        Failure.Thrown(
            code: EX_CANTCREAT,
            message: "\(path): the folder cannot be made or written: \(String(cString: strerror(number))); name another one")
    }
}
