import ArgumentParser
import Foundation
import Unroll

/// Options that name the test set of a model: two files for one that translates, one for any other.
struct TestSetOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The sentences to translate, plain or gzip.", valueName: "file"))
    var source: String?

    @Option(help: ArgumentHelp("Their right translations, line by line.", valueName: "file"))
    var reference: String?

    @Option(help: ArgumentHelp("The test data of a model that does not translate, plain or gzip.", valueName: "file"))
    var data: String?

    func validate() throws {
        if (source == nil) != (reference == nil) { throw ValidationError("--source and --reference belong together; give both") }
        if source != nil, data != nil { throw ValidationError("--data is for models that do not translate; leave out --source or --data") }
    }

    /// The test set of a model that translates; nil where none is named.
    ///
    /// - Throws: where one is named that is for other models.
    func translations(path: String) throws -> TestSet? {
        guard data == nil else { throw Self.translationFailure(path) }
        guard let source, let reference else { return nil }
        return try TestSet(source: source, reference: reference)
    }

    /// The test data of a model that does not translate; nil where none are named.
    ///
    /// - Throws: where a test set is named that is for those that do.
    func data(for model: any StoredModel, path: String) throws -> String? {
        guard source == nil else {
            let message = "\(path): holds a \(type(of: model).kind.title); name its test data with --data"
            throw Failure.Thrown(code: EX_USAGE, message: message)
        }
        return data
    }

    /// What is said where a model that translates lacks its test set.
    static func translationFailure(_ path: String) -> Failure.Thrown {
        Failure.Thrown(code: EX_USAGE, message: "\(path): holds a translation model; name its test set with --source and --reference")
    }
}
