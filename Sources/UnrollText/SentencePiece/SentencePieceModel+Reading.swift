extension SentencePieceModel {
    /// Reads the bytes of a model file: the message `ModelProto` of SentencePiece's `sentencepiece_model.proto`.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - name: What the file is called in messages.
    /// - Throws: `TextError` for bytes that are no model, are damaged or cut short, or ask for something that does not exist here.
    init(_ bytes: [UInt8], name: String) throws {
        self.init()
        var parts = Parts()
        do {
            try readFields(bytes, parts: &parts)
        } catch {
            throw TextError(
                .malformedModel,
                error.isCutShort
                    ? "\(name): ends in the middle of a field that begins at byte \(error.position); the file was cut short: copy it again"
                    : "\(name): is no SentencePiece model, or is damaged at byte \(error.position); give the file that SentencePiece's training "
                        + "wrote, whose name ends in .model or .spm")
        }
        try check(parts, name: name)
        normalizer.marksWordEnds = parts.marksWordEnds
    }

    /// What is looked at once all fields are read.
    private struct Parts {
        var algorithm: UInt64 = 1
        var hasTrainerPart = false
        var hasNormalizerPart = false
        var marksWordEnds = false
        /// The first piece whose bytes are no UTF-8.
        var damagedPiece: Int?
        /// Which table of normalisation is damaged.
        var damagedTable: String?
    }

    private mutating func readFields(_ bytes: [UInt8], parts: inout Parts) throws(ProtobufFields.Failure) {
        var fields = ProtobufFields(bytes, in: bytes.indices)
        while let (field, value) = try fields.next() {
            guard case .range(let range) = value else { continue }
            switch field {
            case 1: try readPiece(bytes, in: range, parts: &parts)
            case 2: try readTrainerPart(bytes, in: range, parts: &parts)
            case 3:
                parts.hasNormalizerPart = true
                if try !normalizer.read(bytes, in: range) { parts.damagedTable = "normalisation" }
            case 5:
                var read = denormalizer ?? SentencePieceNormalizer()
                if try !read.read(bytes, in: range) { parts.damagedTable = "denormalisation" }
                denormalizer = read
            default: continue
            }
        }
        // Without a table the library leaves text as it was put together, whatever the other fields say.
        if denormalizer?.map == nil { denormalizer = nil }
    }

    private mutating func readPiece(_ bytes: [UInt8], in range: Range<Int>, parts: inout Parts) throws(ProtobufFields.Failure) {
        var fields = ProtobufFields(bytes, in: range)
        var piece = SentencePiece()
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (1, .range(let place)):
                if let text = String(validating: bytes[place], as: UTF8.self) {
                    piece.text = text
                } else if parts.damagedPiece == nil {
                    parts.damagedPiece = pieces.count
                }
            case (2, .bits(let bits)): piece.score = Float(bitPattern: bits)
            // A kind that is not known counts as not given, as everywhere in this version of protobuf.
            case (3, .number(let number)): piece.kind = SentencePiece.Kind(rawValue: number) ?? piece.kind
            default: continue
            }
        }
        pieces.append(piece)
    }

    private mutating func readTrainerPart(_ bytes: [UInt8], in range: Range<Int>, parts: inout Parts) throws(ProtobufFields.Failure) {
        parts.hasTrainerPart = true
        var fields = ProtobufFields(bytes, in: range)
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (3, .number(let number)): parts.algorithm = number
            case (24, .number(let number)): parts.marksWordEnds = number != 0
            case (35, .number(let number)): fallsBackToBytes = number != 0
            case (44, .range(let place)): unknownSurface = String(decoding: bytes[place], as: UTF8.self)
            default: continue
            }
        }
    }

    private mutating func check(_ parts: Parts, name: String) throws {
        if let piece = parts.damagedPiece {
            throw TextError(.malformedModel, "\(name): piece \(piece) is no valid UTF-8; the file is damaged: copy it again")
        }
        guard !pieces.isEmpty, parts.hasTrainerPart, parts.hasNormalizerPart else {
            throw TextError(
                .malformedModel,
                "\(name): has \(pieces.count) pieces and not both of the parts that come after them; it is no SentencePiece model, or was cut short: "
                    + "give the file that SentencePiece's training wrote, whose name ends in .model or .spm")
        }
        guard let algorithm = Algorithm(rawValue: parts.algorithm) else {
            throw TextError(
                .unsupportedModel,
                "\(name): is a model of type \(parts.algorithm), and known are 1 (unigram), 2 (bpe), 3 (word) and 4 (char); train one of these types"
            )
        }
        self.algorithm = algorithm
        if let table = parts.damagedTable {
            throw TextError(.malformedModel, "\(name): the table of \(table) is damaged; copy the file again")
        }
        try checkPieces(name: name)
    }

    private mutating func checkPieces(name: String) throws {
        let refusal = { (place: Int, what: String) in
            TextError(
                .malformedModel, "\(name): piece \(place) \(what); the file is damaged, or a program that converts models made it wrongly")
        }
        var table = ByteStringTable(minimumCapacity: pieces.count)
        var unknowns = 0
        var spelt = [Bool](repeating: false, count: 256)
        for place in pieces.indices {
            // Programs that convert models add this piece although the byte piece <0x00> is there; the library then ignores it.
            if pieces[place].text == "\0" && fallsBackToBytes { pieces[place].kind = .unused }
            let piece = pieces[place]
            let length = piece.text.utf8.count
            guard length > 0 else { throw refusal(place, "is empty") }
            guard length < 8000 else { throw refusal(place, "has \(length) bytes, and at most 7999 are taken") }
            guard piece.kind == .unused || !piece.text.utf8.contains(0) else { throw refusal(place, "holds a NUL") }
            guard piece.score.isFinite else { throw refusal(place, "has a score that is no number") }
            let number = piece.text.withBytes { table.insert($0) }
            guard number == place else { throw refusal(place, "is the same as piece \(number)") }
            switch piece.kind {
            case .unknown:
                unknowns += 1
                guard unknowns == 1 else { throw refusal(place, "is a second unknown piece") }
            case .byte:
                guard fallsBackToBytes else { throw refusal(place, "is a byte, and the model has no byte fallback") }
                guard let byte = SentencePiece.byte(spelt: piece.text) else {
                    throw refusal(place, "is a byte that is not spelt as <0x00>")
                }
                spelt[Int(byte)] = true
            default: break
            }
        }
        guard unknowns == 1 || fallsBackToBytes else {
            throw TextError(.malformedModel, "\(name): has no unknown piece; the file is damaged: copy it again")
        }
        if fallsBackToBytes, let missing = spelt.firstIndex(of: false) {
            throw TextError(
                .malformedModel, "\(name): has byte fallback, and no piece for byte \(missing); the file is damaged: copy it again")
        }
    }
}

extension SentencePieceNormalizer {
    /// Reads the message `NormalizerSpec`; false where its table is damaged.
    fileprivate mutating func read(_ bytes: [UInt8], in range: Range<Int>) throws(ProtobufFields.Failure) -> Bool {
        var fields = ProtobufFields(bytes, in: range)
        var isWhole = true
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (2, .range(let place)):
                map = place.isEmpty ? nil : CharacterMap(bytes[place])
                isWhole = place.isEmpty || map != nil
            case (3, .number(let number)): addsDummyPrefix = number != 0
            case (4, .number(let number)): removesExtraWhitespace = number != 0
            case (5, .number(let number)): escapesWhitespace = number != 0
            default: continue
            }
        }
        return isWhole
    }
}
