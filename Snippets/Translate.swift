// Translates with a model file, which the first argument names.
import Foundation
import Unroll

let url = URL(fileURLWithPath: CommandLine.arguments[1])
// snippet.show
let translator = try Translator(contentsOf: url)
let result = try translator.translate("3 March 1987")
print(result.text)
