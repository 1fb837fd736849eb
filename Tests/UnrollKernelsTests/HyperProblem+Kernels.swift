import CUnrollKernels

/// Memory that a kernel writes, which starts as NaN.
private final class Buffer<S: KernelScalar> {
    let pointer: UnsafeMutableBufferPointer<S>

    init(_ count: Int) {
        pointer = .allocate(capacity: max(1, count))
        pointer.initialize(repeating: .nan)
        self.count = count
    }

    init(_ values: [Double]) {
        pointer = .allocate(capacity: max(1, values.count))
        pointer.initialize(repeating: .nan)
        count = values.count
        for (place, value) in values.enumerated() { pointer[place] = S(value) }
    }

    private let count: Int
    var address: UnsafeMutableRawPointer { UnsafeMutableRawPointer(pointer.baseAddress!) }
    var values: [Double] { pointer.prefix(count).map { Double($0) } }
    deinit { pointer.deallocate() }
}

extension HyperProblem {
    private func withSequence(_ body: (UnsafePointer<unroll_sequence>) -> Void) {
        func call(_ lengths: UnsafePointer<Int32>?) {
            var sequence = unroll_sequence(time: time, batch: batch, hidden: n, reversed: reversed, lengths: lengths)
            body(&sequence)
        }
        guard let lengths else { return call(nil) }
        lengths.withUnsafeBufferPointer { call($0.baseAddress) }
    }

    /// Calls with the weights packed in one of their directions and everything that both ways read.
    private func withHyper<S: KernelScalar>(_ type: S.Type, transposed: Bool, _ body: (inout unroll_hyper_lstm) -> Void) {
        let shapes = [(4 * n, n), (4 * m, n), (4 * m, m), (12 * w, m)]
        let packs = zip(weights, shapes).map { weight, shape in
            let (k, columns) = transposed ? shape : (shape.1, shape.0)
            let bytes = unroll_packed_bytes(S.tag, k, columns)
            let pack = unroll_allocate(bytes)!
            unroll_pack(S.tag, k, columns, weight.map { S($0) }, transposed ? shape.1 : 1, transposed ? 1 : shape.1, pack)
            return (pack, bytes)
        }
        defer { for (pack, bytes) in packs { unroll_release(pack, bytes) } }
        let constants = [embeddingBias, modulation, bias, inputs].map { Buffer<S>($0) }
        withExtendedLifetime(constants) {
            var hyper = unroll_hyper_lstm()
            (hyper.small, hyper.embedding) = (m, w)
            (hyper.packed_hidden, hyper.packed_from_hidden) = (UnsafeRawPointer(packs[0].0), UnsafeRawPointer(packs[1].0))
            (hyper.packed_small, hyper.packed_embedding) = (UnsafeRawPointer(packs[2].0), UnsafeRawPointer(packs[3].0))
            hyper.embedding_bias = UnsafeRawPointer(constants[0].address)
            hyper.modulation = UnsafeRawPointer(constants[1].address)
            hyper.bias = UnsafeRawPointer(constants[2].address)
            hyper.inputs = UnsafeRawPointer(constants[3].address)
            body(&hyper)
        }
    }

    /// `bare`: with room for one step alone, as where there is no way back.
    func forward<S: KernelScalar>(_ type: S.Type, bare: Bool = false) -> HyperValues {
        let kept = bare ? min(time, 1) : time
        let (gates, products, codes) = (Buffer<S>(kept * batch * width), Buffer<S>(kept * batch * 4 * n), Buffer<S>(kept * batch * 12 * w))
        let outputs = Buffer<S>(time * batch * n)
        let states = zip(initial, sizes).map { first, size in
            let nothing = [Double](repeating: .nan, count: time * batch * size)
            return Buffer<S>(reversed ? nothing + first : first + nothing)
        }
        withExtendedLifetime((gates, products, codes, outputs, states)) {
            withHyper(type, transposed: false) { hyper in
                hyper.keeps_steps = !bare
                (hyper.gates, hyper.products, hyper.codes) = (gates.address, products.address, codes.address)
                (hyper.hidden_states, hyper.cell_states) = (states[0].address, states[1].address)
                (hyper.small_hidden_states, hyper.small_cell_states) = (states[2].address, states[3].address)
                hyper.outputs = outputs.address
                withSequence { unroll_hyper_lstm_forward(S.tag, $0, &hyper) }
            }
        }
        let all = states.map(\.values)
        let last = zip(all, sizes).map { values, size in Array(reversed ? values.prefix(batch * size) : values.suffix(batch * size)) }
        return HyperValues(
            outputs: outputs.values, last: last, states: all, gates: gates.values, products: products.values, codes: codes.values)
    }

    func backward<S: KernelScalar>(_ type: S.Type, _ values: HyperValues) -> HyperGradients {
        let (gates, products, codes) = (Buffer<S>(values.gates), Buffer<S>(values.products), Buffer<S>(values.codes))
        let states = values.states.map { Buffer<S>($0) }, dstates = dstates.map { Buffer<S>($0) }
        let doutputs = Buffer<S>(doutputs), dcodes = Buffer<S>(values.codes.count)
        let zeros = { (count: Int) in Buffer<S>([Double](repeating: 0, count: count)) }
        let (dmodulation, dbias) = (zeros(modulation.count), zeros(bias.count))
        withExtendedLifetime((gates, products, codes, states, dstates, doutputs, dcodes, dmodulation, dbias)) {
            withHyper(type, transposed: true) { hyper in
                hyper.keeps_steps = true
                (hyper.gates, hyper.products, hyper.codes) = (gates.address, products.address, codes.address)
                (hyper.hidden_states, hyper.cell_states) = (states[0].address, states[1].address)
                (hyper.small_hidden_states, hyper.small_cell_states) = (states[2].address, states[3].address)
                hyper.doutputs = UnsafeRawPointer(doutputs.address)
                (hyper.dhidden, hyper.dcell) = (dstates[0].address, dstates[1].address)
                (hyper.dsmall_hidden, hyper.dsmall_cell) = (dstates[2].address, dstates[3].address)
                (hyper.dcodes, hyper.dmodulation, hyper.dbias) = (dcodes.address, dmodulation.address, dbias.address)
                withSequence { unroll_hyper_lstm_backward(S.tag, $0, &hyper) }
            }
        }
        return HyperGradients(
            inputs: gates.values, products: products.values, codes: dcodes.values, modulation: dmodulation.values, bias: dbias.values,
            states: dstates.map(\.values))
    }
}
