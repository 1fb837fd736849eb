/// Subwords by byte-pair encoding (Sennrich, Haddow and Birch 2016, "Neural Machine Translation of Rare Words with Subword Units"),
/// over Unicode scalars and learnt from the training text.
///
/// A blank becomes the mark `▁` (U+2581) at the head of what follows it, and one more stands at the start of the text: `Hello, world`
/// becomes `▁Hello , ▁world` or finer. Text is first split before each mark and where letters, digits, symbols and scalars without ink meet,
/// so that no piece spans a word and its comma; inside such a chunk the pair that was learnt first is joined first, leftmost before others.
/// The mark itself in a text, and `％` (U+FF05), are spelt `％2581` and `％FF05`.
///
/// A scalar that is not in the alphabet is a token of its own: the tokens still spell the text, and the vocabulary makes it unknown.
public struct BytePairTokenizer: Tokenizer {
    /// The scalars that merges build on, in the order of their values; the mark is among them.
    public let alphabet: [Unicode.Scalar]
    /// The pairs to join, the first learnt first.
    public let merges: [Merge]
    /// All pieces that can come out, apart from scalars outside the alphabet: first the alphabet, then what the merges make, each once.
    public let pieces: [String]

    /// Two neighbouring pieces that become one.
    public struct Merge: Sendable, Equatable {
        /// The piece on the left.
        public let left: String
        /// The piece on the right.
        public let right: String

        /// The merge of `left` and `right`.
        public init(left: String, right: String) {
            self.left = left
            self.right = right
        }

        /// Whether both join the same scalars.
        public static func == (first: Merge, second: Merge) -> Bool {
            first.left.hasSameBytes(as: second.left) && first.right.hasSameBytes(as: second.right)
        }
    }

    /// The piece of an alphabet's scalar.
    let pieceOfScalar: IntegerTable
    /// The rank of a pair of pieces: lower comes first.
    let rankOfPair: IntegerTable
    /// The piece that the merge of a rank makes.
    let pieceOfRank: [Int32]

    /// A tokenizer from what was learnt before.
    ///
    /// - Throws: `TextError` where a merge joins a piece that is neither in the alphabet nor made by an earlier merge, or occurs twice.
    public init(alphabet: some Sequence<Unicode.Scalar>, merges: [Merge]) throws {
        var scalars = Array(alphabet) + [ChunkSplitter.mark]
        scalars.sort { $0.value < $1.value }
        var numbers = ByteStringTable(minimumCapacity: scalars.count + merges.count)
        var pieceOfScalar = IntegerTable(minimumCapacity: scalars.count)
        var distinct: [Unicode.Scalar] = []
        for scalar in scalars where distinct.last != scalar {
            distinct.append(scalar)
            let piece = String(scalar).withBytes { numbers.insert($0) }
            _ = pieceOfScalar.value(of: UInt64(scalar.value), orInsert: Int32(piece))
        }
        var rankOfPair = IntegerTable(minimumCapacity: merges.count)
        var pieceOfRank: [Int32] = []
        pieceOfRank.reserveCapacity(merges.count)
        for (rank, merge) in merges.enumerated() {
            guard let left = merge.left.withBytes({ numbers.index(of: $0) }), let right = merge.right.withBytes({ numbers.index(of: $0) })
            else {
                throw TextError(
                    .malformedMerges,
                    "merge \(rank + 1) joins \"\(merge.left)\" and \"\(merge.right)\", and one of them is neither in the alphabet nor made by "
                        + "an earlier merge; the merges must be kept complete and in the order in which they were learnt")
            }
            guard rankOfPair.value(of: IntegerTable.key(Int32(left), Int32(right)), orInsert: Int32(rank)) == rank else {
                throw TextError(.malformedMerges, "merge \(rank + 1), \"\(merge.left)\" and \"\(merge.right)\", is there twice; remove one")
            }
            pieceOfRank.append(Int32((merge.left + merge.right).withBytes { numbers.insert($0) }))
        }
        self.alphabet = distinct
        self.merges = merges
        self.pieces = (0..<numbers.count).map { numbers.string(at: $0) }
        self.pieceOfScalar = pieceOfScalar
        self.rankOfPair = rankOfPair
        self.pieceOfRank = pieceOfRank
    }

    /// The pieces of `text`. The time is proportional to the length of the text, times the logarithm of its longest word.
    public func tokens(in text: String) -> [String] {
        var tokens: [String] = []
        var symbols: [Int32] = []
        var ranks: [Int32] = []
        ChunkSplitter.forEachChunk(of: text) { chunk in
            symbols.removeAll(keepingCapacity: true)
            for scalar in chunk {
                let piece = pieceOfScalar.value(of: UInt64(scalar.value))
                symbols.append(piece >= 0 ? piece : Self.unknown(scalar))
            }
            join(&symbols, ranks: &ranks)
            for symbol in symbols { tokens.append(symbol >= 0 ? pieces[Int(symbol)] : String(Self.scalar(ofUnknown: symbol))) }
        }
        return tokens
    }

    /// The tokens one after the other, with a blank for each mark but one at the start.
    public func text(from tokens: [String]) -> String {
        var spelt = String.UnicodeScalarView()
        for token in tokens { spelt.append(contentsOf: token.unicodeScalars) }
        return ChunkSplitter.text(spelt: spelt)
    }

    /// Scalars outside the alphabet are negative numbers, which no merge joins.
    static func unknown(_ scalar: Unicode.Scalar) -> Int32 { -1 - Int32(scalar.value) }

    static func scalar(ofUnknown symbol: Int32) -> Unicode.Scalar {
        guard let scalar = Unicode.Scalar(UInt32(-1 - symbol)) else { preconditionFailure("\(symbol) stands for no scalar") }
        return scalar
    }
}

extension BytePairTokenizer: Equatable {
    /// Whether both have the same alphabet and the same merges.
    public static func == (first: Self, second: Self) -> Bool {
        first.alphabet == second.alphabet && first.merges == second.merges
    }
}
