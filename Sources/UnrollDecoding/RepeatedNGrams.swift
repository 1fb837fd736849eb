/// The tokens that would make the last n tokens ones that stand in the sequence already, in the same order (Paulus 2018).
func tokensThatRepeat(_ n: Int, in tokens: [Int32]) -> [Int32] {
    guard tokens.count >= n else { return [] }
    let last = tokens.suffix(n - 1)
    return (0...tokens.count - n).filter { tokens[$0..<$0 + n - 1].elementsEqual(last) }.map { tokens[$0 + n - 1] }
}
