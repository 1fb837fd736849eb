import Foundation

/// The folder that a training writes into, looked at before any data is read, and this process's own until it ends.
struct TrainingFolder {
    let url: URL
    private let path: String

    /// - Throws: `Failure.Thrown` where a folder to resume in holds no training, a new one already does or cannot be made, or another
    ///   process trains in it.
    init(_ path: String, resuming: Bool) throws {
        guard !path.isEmpty else { throw Failure.Thrown(code: EX_USAGE, message: "--out needs the name of a folder") }
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
        try lock()
    }

    /// A file in the folder, named as the person named the folder.
    func path(of name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }

    /// Writes the recipe, so that a training that is killed leaves it too.
    func write(recipe: String) throws {
        try OutputFile(path(of: "recipe.yaml")).write(recipe)
    }

    /// Two trainings in one folder would write over each other's files. The system gives the lock back when the process ends, however it does;
    /// where the file system knows no locks, there is none.
    private func lock() throws {
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else { return }
        close(descriptor)
        throw Failure.Thrown(
            code: EX_CANTCREAT, message: "\(path): another process trains in it; wait for its end, or choose another folder with --out")
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
