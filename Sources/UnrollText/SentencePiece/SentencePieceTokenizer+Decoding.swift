extension SentencePieceTokenizer {
    /// The text that the pieces of some numbers spell. A number that the model does not have is a mistake in the program, and traps.
    public func text(ids: some Sequence<Int32>) -> String { text(from: ids.map { pieces[Int($0)].text }) }

    /// The text that tokens spell: `▁` is a blank, control symbols are nothing, byte pieces are put together to scalars, and what is no piece is itself.
    ///
    /// Bytes that are no UTF-8 read U+FFFD, each of them.
    public func text(from tokens: [String]) -> String { text(from: tokens, isOpen: false) }

    /// The text that tokens spell where a vocabulary has pieces of other models too: in these `▁` is a blank as well.
    func text(fromAny tokens: [String]) -> String { text(from: tokens, isOpen: false, readsForeignMarks: true) }

    /// What a token adds to a text that ends with other tokens: of a scalar that is spelt in bytes, the last byte adds it and the others add nothing.
    public func text(of token: String, after previous: [String]) -> String {
        let before = text(from: previous, isOpen: true).unicodeScalars.count
        return String(text(from: previous + [token], isOpen: true).unicodeScalars.dropFirst(before))
    }

    /// - Parameters:
    ///   - isOpen: whether more may follow, so that bytes at the end are left out where they only begin a scalar.
    ///   - readsForeignMarks: whether `▁` is a blank in what is no piece.
    private func text(from tokens: [String], isOpen: Bool, readsForeignMarks: Bool = false) -> String {
        var text: [UInt8] = []
        var run: [UInt8] = []
        var isAtStart = true
        var tookPrefix = false
        for token in tokens {
            let piece = token.withBytes { numbers.index(of: $0) }.map { pieces[$0] }
            if let piece, piece.kind == .byte {
                if let byte = SentencePiece.byte(spelt: piece.text) { run.append(byte) }
                continue
            }
            Self.appendScalars(of: &run, to: &text, isOpen: false)
            if tookPrefix || !text.isEmpty { isAtStart = false }
            tookPrefix = false
            switch piece?.kind {
            case .control: continue
            case .unknown: text += model.unknownSurface.utf8
            case nil where !readsForeignMarks: text += token.utf8
            default: tookPrefix = append(token, isAtStart: isAtStart, to: &text)
            }
        }
        Self.appendScalars(of: &run, to: &text, isOpen: isOpen)
        if let denormalizer = model.denormalizer { text = text.withUnsafeBufferPointer { denormalizer.normalized($0) } }
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends a piece, and says whether that was the blank before the text and another one would be kept.
    private func append(_ token: String, isAtStart: Bool, to text: inout [UInt8]) -> Bool {
        let normalizer = model.normalizer
        let mark = SentencePieceNormalizer.mark
        var rest = Array(token.utf8)[...]
        var tookPrefix = false
        if isAtStart, normalizer.addsDummyPrefix || normalizer.removesExtraWhitespace, rest.starts(with: mark) {
            rest.removeFirst(mark.count)
            tookPrefix = !normalizer.removesExtraWhitespace
        }
        while let byte = rest.first {
            if rest.starts(with: mark) {
                text.append(UInt8(ascii: " "))
                rest.removeFirst(mark.count)
            } else {
                text.append(byte)
                rest.removeFirst()
            }
        }
        return tookPrefix
    }

    /// Appends the scalars that a run of bytes is, and empties it.
    private static func appendScalars(of run: inout [UInt8], to text: inout [UInt8], isOpen: Bool) {
        var index = 0
        while index < run.count {
            let scalar = run[index..<min(index + run[index].scalarLength, run.count)]
            if String(validating: scalar, as: UTF8.self) != nil {
                text += scalar
                index = scalar.endIndex
            } else if isOpen, scalar.count < run[index].scalarLength, scalar.dropFirst().allSatisfy({ $0 & 0xc0 == 0x80 }) {
                break
            } else {
                text += [0xef, 0xbf, 0xbd]
                index += 1
            }
        }
        run.removeAll(keepingCapacity: true)
    }
}
