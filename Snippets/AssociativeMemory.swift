// Asks a small memory for what belongs to a city. With keys of equal norm and a high sharpness, the query that equals a key gets its value back. Where
// one key is longer than the others, the dot product gives its value instead; the cosine does not.
import Foundation
import Unroll

let cities = ["Lima", "Oslo", "Cairo", "Quito"]
let values = Tensor([11, 22, 33, 44] as [Float], shape: [4, 1, 1])

// snippet.show
/// Four directions with some angle between each two, each as long as asked.
func keys(norms: [Float]) -> Tensor {
    let directions: [[Float]] = [[0.6, 0.8, 0], [0.8, 0.6, 0], [0, 0.6, 0.8], [0.8, 0, 0.6]]
    return Tensor(zip(directions, norms).flatMap { direction, norm in direction.map { $0 * norm } }, shape: [4, 1, 3])
}

/// Asks with the very key of the first city, and prints what comes back and how much of each value it is made of.
func ask(_ title: String, _ memory: AssociativeMemory, _ keys: Tensor) {
    let read = memory(keys.at(0), keys: keys, values: values, .inference())
    let shares = zip(cities, read.coefficients.floats).map { "\($0) \(String(format: "%.3f", $1))" }.joined(separator: ", ")
    print("\(title): \(String(format: "%.2f", read.value.scalar)) from \(shares)")
}

let equal = keys(norms: [1, 1, 1, 1])
ask("equal norms, sharpness 1", AssociativeMemory(.dot, sharpness: 1), equal)
ask("equal norms, sharpness 200", AssociativeMemory(.dot, sharpness: 200), equal)

let unequal = keys(norms: [1, 3, 1, 1])
ask("a longer key, sharpness 200", AssociativeMemory(.dot, sharpness: 200), unequal)
ask("a longer key, cosine, sharpness 200", AssociativeMemory(.cosine, sharpness: 200), unequal)
