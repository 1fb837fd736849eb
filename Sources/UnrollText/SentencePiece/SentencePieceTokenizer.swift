/// The subwords of a SentencePiece model, as its library divides text and puts it together again.
///
/// It reads the files that SentencePiece's training writes (`.model`, `.spm`): unigram models, byte pairs, words and characters, with their tables
/// of normalisation, user-defined symbols and byte fallback. Text is normalised first, so that it is lossless only for text that is normalised already.
/// A run of scalars that no piece spells is one token, its own text, which a vocabulary makes unknown; with byte fallback each becomes its bytes.
///
/// The time is proportional to the length of the text, and with byte pairs to its logarithm too.
public struct SentencePieceTokenizer: Tokenizer {
    /// All pieces of the model, in the order of their numbers there.
    public var pieces: [SentencePiece] { model.pieces }

    /// The model's file.
    public let bytes: [UInt8]
    let model: SentencePieceModel
    /// The numbers of all pieces by their text.
    let numbers: ByteStringTable
    /// What a unigram model looks for.
    let trie: PieceTrie
    /// What is one piece wherever it stands; nil where there is nothing of the sort.
    let literals: PieceTrie?
    /// The number of the unknown piece, or -1 where there is none.
    let unknown: Int32
    /// The lowest score of a normal piece.
    let lowestScore: Float
    /// For each piece of a byte-pair model when it is joined.
    let joinOrders: [UInt32]
    /// Whether what a byte-pair model does to one word does not depend on the others.
    let joinsInsideWords: Bool
    /// The numbers of the pieces for bytes; empty without byte fallback.
    private let numbersOfBytes: [Int32]

    /// The tokenizer of a model file's bytes.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - name: What it is called in messages.
    /// - Throws: `TextError` for bytes that are no model, are damaged or cut short, or a model of a type that is not known.
    public init(_ bytes: [UInt8], name: String) throws {
        var model = try SentencePieceModel(bytes, name: name)
        var numbers = ByteStringTable(minimumCapacity: model.pieces.count)
        var (trie, literals) = (PieceTrie(), PieceTrie())
        var numbersOfBytes = [Int32](repeating: -1, count: model.fallsBackToBytes ? 256 : 0)
        var unknown: Int32 = -1
        var lowestScore = Float.greatestFiniteMagnitude
        for (place, piece) in model.pieces.enumerated() {
            let id = Int32(place)
            _ = piece.text.withBytes { numbers.insert($0) }
            switch piece.kind {
            case .normal:
                trie.insert(piece.text.utf8, id: id)
                lowestScore = min(lowestScore, piece.score)
            case .userDefined:
                trie.insert(piece.text.utf8, id: id)
                literals.insert(piece.text.utf8, id: id)
            case .byte: if let byte = SentencePiece.byte(spelt: piece.text) { numbersOfBytes[Int(byte)] = id }
            case .unknown: unknown = id
            case .control, .unused: break
            }
        }
        self.literals = literals.isEmpty ? nil : literals
        model.normalizer.literals = self.literals
        self.bytes = bytes
        self.model = model
        self.numbers = numbers
        self.trie = trie
        self.unknown = unknown
        self.lowestScore = lowestScore
        self.numbersOfBytes = numbersOfBytes
        joinOrders = model.algorithm == .bytePairs ? model.pieces.map(\.joinOrder) : []
        // A piece that is not to be used is divided as it was last made, wherever in the text that was.
        joinsInsideWords = !model.pieces.contains { $0.kind == .unused || $0.joinOrder < .max && $0.spansWords }
    }

    /// The pieces of `text`, and between them the runs of what no piece spells.
    public func tokens(in text: String) -> [String] {
        var tokens: [String] = []
        forEachPiece(of: text) { id, spelling in
            tokens.append(id == unknown ? String(decoding: spelling, as: UTF8.self) : model.pieces[Int(id)].text)
        }
        return tokens
    }

    /// The numbers that the model gives the pieces of `text`; a run of what no piece spells has the unknown piece's.
    public func ids(in text: String) -> [Int32] {
        var ids: [Int32] = []
        forEachPiece(of: text) { id, _ in ids.append(id) }
        return ids
    }

    /// The pieces that a vocabulary needs: all that a text can become, in the order of their numbers.
    var ordinaryPieces: [String] {
        pieces.filter { [.normal, .userDefined, .byte].contains($0.kind) }.map(\.text)
    }

    /// Calls `body` with the number of each piece and the bytes of the normalised text that it spells.
    private func forEachPiece(of text: String, _ body: (Int32, UnsafeBufferPointer<UInt8>) -> Void) {
        let normalized = text.withBytes { model.normalizer.normalized($0) }
        normalized.withUnsafeBufferPointer { bytes in
            var start = 0
            var unknownStart: Int?
            for segment in segments(of: bytes) {
                let spelling = UnsafeBufferPointer(rebasing: bytes[start..<segment.end])
                if segment.id != unknown {
                    if let first = unknownStart { body(unknown, UnsafeBufferPointer(rebasing: bytes[first..<start])) }
                    unknownStart = nil
                    body(segment.id, spelling)
                } else if model.fallsBackToBytes {
                    for byte in spelling { body(numbersOfBytes[Int(byte)], spelling) }
                } else if unknownStart == nil {
                    unknownStart = start
                }
                start = segment.end
            }
            if let first = unknownStart { body(unknown, UnsafeBufferPointer(rebasing: bytes[first..<start])) }
        }
    }

    /// A piece of a normalised text, which begins where the one before ends.
    struct Segment {
        let id: Int32
        let end: Int
    }

    private func segments(of text: UnsafeBufferPointer<UInt8>) -> [Segment] {
        switch model.algorithm {
        case .unigram: unigrams(of: text)
        case .bytePairs: bytePairs(of: text)
        case .words: segments(of: text, endingAt: endOfWord)
        case .characters: segments(of: text, endingAt: endOfSymbol)
        }
    }

    /// Where the user-defined symbol ends that stands at `start`, or else the scalar.
    func endOfSymbol(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        literals?.longestMatch(in: text, from: start) ?? min(start + text[start].scalarLength, text.count)
    }

    /// Where the next `▁` stands, or the text ends.
    private func endOfWord(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        let mark = SentencePieceNormalizer.mark
        var end = min(start + text[start].scalarLength, text.count)
        while end < text.count {
            let next = min(end + text[end].scalarLength, text.count)
            if text[end..<next].elementsEqual(mark) { break }
            end = next
        }
        return end
    }

    private func segments(of text: UnsafeBufferPointer<UInt8>, endingAt end: (UnsafeBufferPointer<UInt8>, Int) -> Int) -> [Segment] {
        var segments: [Segment] = []
        var start = 0
        while start < text.count {
            let next = end(text, start)
            segments.append(Segment(id: number(of: text[start..<next]), end: next))
            start = next
        }
        return segments
    }

    /// The number of the piece that some bytes spell; the unknown piece's where none does.
    func number(of spelling: Slice<UnsafeBufferPointer<UInt8>>) -> Int32 {
        guard let number = numbers.index(of: UnsafeBufferPointer(rebasing: spelling)) else { return unknown }
        let kind = model.pieces[number].kind
        return kind == .normal || kind == .userDefined ? Int32(number) : unknown
    }
}

extension SentencePieceTokenizer: Equatable {
    /// Whether both are the same model, byte for byte.
    public static func == (first: Self, second: Self) -> Bool { first.bytes == second.bytes }
}
