import Foundation

/// Reads any `Decodable` type from a recipe in YAML, strictly.
///
/// A recipe spells a Swift property's name in snake_case: `learningRate` is the key `learning_rate`; the keys of a `Dictionary` and the raw
/// values of an enumeration are taken as they are. Every key that the type does not ask for is an error, as are missing keys, keys that
/// appear twice and values of another type; they are found together and reported by file, line and key:
///
///     recipe.yaml:12: unknown key 'lerning_rate' in 'training'; did you mean 'learning_rate'?
///
/// A type's own `init(from:)` refuses a value by throwing `DecodingError.dataCorrupted` with a description that starts with "must", as in
/// `"must be less than 1"`; the message then names the key and its line. An enumeration with string raw values that is `CaseIterable` has its
/// choices listed. Text is text however it is spelt (`locale: no` is "no"), but what stands in quotes is never a number.
///
/// Problems are collected by reading on with a stand-in for the value that failed, so an `init(from:)` may run more than once.
public struct RecipeDecoder: Sendable {
    /// The largest file that is read as a recipe, in bytes.
    public static let sizeLimit = 16 << 20

    /// Makes a decoder.
    public init() {}

    /// Reads a recipe from a file.
    ///
    /// - Parameters:
    ///   - type: The type to read.
    ///   - file: The file; messages name it by its relative path.
    ///   - overrides: Values in place of the recipe's, each as `key.path=value` with a value in YAML, applied in order.
    /// - Throws: `RecipeError`.
    public func decode<T: Decodable>(_ type: T.Type, fromFile file: URL, overrides: [String] = []) throws -> T {
        let name = file.relativePath
        return try decode(type, fromText: try Self.text(of: file, name: name), name: name, overrides: overrides)
    }

    /// Reads a recipe from text.
    ///
    /// - Parameters:
    ///   - type: The type to read.
    ///   - text: The recipe, one YAML document; an empty text has no keys.
    ///   - name: What messages call the text.
    ///   - overrides: Values in place of the recipe's, each as `key.path=value` with a value in YAML, applied in order.
    /// - Throws: `RecipeError`.
    public func decode<T: Decodable>(_ type: T.Type, fromText text: String, name: String, overrides: [String] = []) throws -> T {
        do {
            var root = try RecipeNode.parse(text, name: name)
            for override in overrides {
                try RecipeOverride(override).apply(to: &root)
            }
            return try Self.decode(type, from: root, name: name)
        } catch let problem as RecipeError.Problem {
            throw RecipeError(problem)
        }
    }

    private static func decode<T: Decodable>(_ type: T.Type, from root: RecipeNode, name: String) throws -> T {
        let place = RecipePlace(root: root)
        let first: RecipeError.Problem
        do {
            return try RecipeReading(name: name, mode: .strict).value(type, at: place)
        } catch let problem as RecipeError.Problem {
            first = problem
        }
        // The second reading goes on after each problem, to report them all.
        let collecting = RecipeReading(name: name, mode: .collecting)
        do {
            _ = try collecting.value(type, at: place)
        } catch let problem as RecipeError.Problem {
            collecting.report(problem)
        } catch is RecipeReading.Abandoned {}
        let found = collecting.problemsWithoutConsequences
        throw found.isEmpty ? RecipeError(first) : RecipeError(sorting: found)
    }

    private static func text(of file: URL, name: String) throws -> String {
        func unreadable(_ message: String, line: Int? = nil) -> RecipeError {
            RecipeError(
                RecipeError.Problem(kind: .unreadable, place: line.map { "\(name):\($0)" } ?? name, line: line, message: message))
        }
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isDirectory) else {
            throw unreadable("there is no such file; check the path")
        }
        guard !isDirectory.boolValue else { throw unreadable("is a folder; name the recipe's file") }
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            data = try handle.read(upToCount: sizeLimit + 1) ?? Data()
        } catch {
            throw unreadable("cannot be read; check its permissions")
        }
        guard data.count <= sizeLimit else { throw unreadable("larger than \(sizeLimit >> 20) MiB; this is not a recipe") }
        guard let text = String(validating: data, as: UTF8.self) else {
            let valid = String(decoding: data, as: UTF8.self).prefix { $0 != "\u{FFFD}" }
            let line = valid.utf8.count { $0 == UInt8(ascii: "\n") } + 1
            throw unreadable("not UTF-8; save the recipe as UTF-8", line: line)
        }
        return text
    }
}
