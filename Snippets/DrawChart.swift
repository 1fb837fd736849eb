// Draws a chart that is given as JSON on standard input, as SVG on standard output.
import Foundation
import Unroll

// snippet.show
let chart = try JSONDecoder().decode(LineChart.self, from: FileHandle.standardInput.readDataToEndOfFile())
print(chart.svg, terminator: "")
