/// How Swift's property names are spelled in a recipe.
enum RecipeKeyStyle {
    /// The snake_case form of a name in camelCase: `learningRate` becomes `learning_rate`, `maximumURLCount` `maximum_url_count`.
    static func recipeKey(_ name: String) -> String {
        let scalars = Array(name.unicodeScalars)
        var result = ""
        for (index, scalar) in scalars.enumerated() {
            guard scalar.properties.isUppercase else {
                result.unicodeScalars.append(scalar)
                continue
            }
            if index > 0, scalars[index - 1] != "_" {
                let followsWord = !scalars[index - 1].properties.isUppercase
                let startsWord = index + 1 < scalars.count && scalars[index + 1].properties.isLowercase
                if followsWord || startsWord { result += "_" }
            }
            result += scalar.properties.lowercaseMapping
        }
        return result
    }

    /// The camelCase form of a key in snake_case.
    static func propertyName(_ key: String) -> String {
        let words = key.split(separator: "_")
        guard let first = words.first else { return key }
        return first + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}

/// A type whose keys are data and not property names.
protocol KeyedByText {}

extension Dictionary: KeyedByText {}
