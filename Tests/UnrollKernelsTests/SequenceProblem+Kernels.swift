import CUnrollKernels

/// A recurrent weight packed under the instruction set in force.
private func withPacked<S: KernelScalar, Result>(
    _ weight: [S], gates: Int, hidden: Int, transposed: Bool, _ body: (UnsafeRawPointer) -> Result
)
    -> Result
{
    let bytes = unroll_packed_recurrent_bytes(S.tag, gates, hidden)
    let packed = unroll_allocate(bytes)!
    defer { unroll_release(packed, bytes) }
    unroll_pack_recurrent(S.tag, gates, hidden, transposed, weight, packed)
    return body(packed)
}

extension SequenceProblem {
    /// Calls with the gates' weight packed, and before it that of a multiplicative LSTM's transition.
    private func withPacks<S: KernelScalar>(
        _ type: S.Type, transposed: Bool, _ body: (_ gates: UnsafeRawPointer, _ transition: UnsafeRawPointer) -> Void
    ) {
        let weight = weight.map { S($0) }
        let first = cell == .mlstm ? hidden * hidden : 0
        withPacked(Array(weight[first...]), gates: cell.gates - (cell == .mlstm ? 1 : 0), hidden: hidden, transposed: transposed) { gates in
            withPacked(Array(weight[..<(hidden * hidden)]), gates: 1, hidden: hidden, transposed: transposed) { body(gates, $0) }
        }
    }

    private func withSequence<Result>(_ body: (UnsafePointer<unroll_sequence>) -> Result) -> Result {
        func call(_ lengths: UnsafePointer<Int32>?) -> Result {
            var sequence = unroll_sequence(time: time, batch: batch, hidden: hidden, reversed: reversed, lengths: lengths)
            return body(&sequence)
        }
        guard let lengths else { return call(nil) }
        return lengths.withUnsafeBufferPointer { call($0.baseAddress) }
    }

    /// `bare`: without the gates and the outputs, which a caller may leave out.
    func forward<S: KernelScalar>(_ type: S.Type, bare: Bool = false) -> SequenceValues {
        let inputs = inputs.map { S($0) }
        // What the kernel must write starts as NaN.
        var gates = [S](repeating: .nan, count: inputs.count)
        var hiddenStates = [S](repeating: .nan, count: (time + 1) * state)
        var cellStates = hiddenStates
        var outputs = [S](repeating: .nan, count: time * state)
        var products = outputs
        var factors = outputs
        let initial = firstSlot * state..<(firstSlot + 1) * state
        hiddenStates.replaceSubrange(initial, with: initialHidden.map { S($0) })
        cellStates.replaceSubrange(initial, with: initialCell.map { S($0) })
        let bias = bias.map { S($0) }
        withPacks(S.self, transposed: false) { packed, packedTransition in
            outputs.withUnsafeMutableBytes { outputBytes in
                gates.withUnsafeMutableBytes { gateBytes in
                    products.withUnsafeMutableBytes { productBytes in
                        factors.withUnsafeMutableBufferPointer { factorBuffer in
                            let outputs = bare ? nil : outputBytes.baseAddress, gates = bare ? nil : gateBytes.baseAddress
                            let products = bare ? nil : productBytes.baseAddress
                            let factors = bare ? nil : factorBuffer.baseAddress
                            withSequence { sequence in
                                switch cell {
                                case .lstm: unroll_lstm_forward(S.tag, sequence, packed, inputs, gates, &hiddenStates, &cellStates, outputs)
                                case .gru, .gruResetAfter:
                                    let resetAfter = cell == .gruResetAfter
                                    unroll_gru_forward(
                                        S.tag, sequence, resetAfter, packed, bias, inputs, gates, products, &hiddenStates, outputs)
                                case .rnn, .rnnRelu:
                                    unroll_rnn_forward(S.tag, sequence, cell == .rnnRelu, packed, inputs, gates, &hiddenStates, outputs)
                                case .mlstm:
                                    unroll_mlstm_forward(
                                        S.tag, sequence, packedTransition, packed, inputs, gates, products, factors, &hiddenStates,
                                        &cellStates, outputs)
                                }
                            }
                        }
                    }
                }
            }
        }
        return SequenceValues(
            gates: gates.map { Double($0) }, hiddenStates: hiddenStates.map { Double($0) },
            cellStates: cell.hasCell ? cellStates.map { Double($0) } : [], outputs: outputs.map { Double($0) },
            products: cell.hasProducts ? products.map { Double($0) } : [], factors: cell == .mlstm ? factors.map { Double($0) } : [])
    }

    /// `bare`: without gradients of the outputs and without those of every step's state, which a caller may leave out.
    func backward<S: KernelScalar>(_ type: S.Type, _ values: SequenceValues, bare: Bool = false) -> SequenceGradients {
        var gates = values.gates.map { S($0) }
        var products = values.products.map { S($0) }
        var hidden = dhidden.map { S($0) }
        var cell = dcell.map { S($0) }
        var hiddenSteps = [S](repeating: .nan, count: time * state)
        var cellSteps = hiddenSteps
        let doutputs = bare ? nil : doutputs.map { S($0) }
        let hiddenStates = values.hiddenStates.map { S($0) }
        let cellStates = values.cellStates.map { S($0) }
        let isResetAfter = self.cell == .gruResetAfter
        withPacks(S.self, transposed: true) { packed, packedTransition in
            hiddenSteps.withUnsafeMutableBytes { hiddenBytes in
                cellSteps.withUnsafeMutableBytes { cellBytes in
                    let (dh, dc) = bare ? (nil, nil) : (hiddenBytes.baseAddress, cellBytes.baseAddress)
                    withSequence { sequence in
                        switch self.cell {
                        case .lstm: unroll_lstm_backward(S.tag, sequence, packed, &gates, cellStates, doutputs, &hidden, &cell, dh, dc)
                        case .gru, .gruResetAfter:
                            unroll_gru_backward(
                                S.tag, sequence, isResetAfter, packed, &gates, &products, hiddenStates, doutputs, &hidden, dh)
                        case .rnn, .rnnRelu:
                            unroll_rnn_backward(S.tag, sequence, self.cell == .rnnRelu, packed, &gates, doutputs, &hidden, dh)
                        case .mlstm:
                            unroll_mlstm_backward(
                                S.tag, sequence, packedTransition, packed, &gates, &products, cellStates, doutputs, &hidden, &cell, dh, dc)
                        }
                    }
                }
            }
        }
        let hasCell = self.cell.hasCell
        return SequenceGradients(
            gates: gates.map { Double($0) }, products: products.map { Double($0) }, hidden: hidden.map { Double($0) },
            cell: hasCell ? cell.map { Double($0) } : [], hiddenSteps: hiddenSteps.map { Double($0) },
            cellSteps: hasCell ? cellSteps.map { Double($0) } : [])
    }

    /// The gradient of the recurrent weight, which a caller makes of what the backward pass leaves.
    func weightGradient(_ values: SequenceValues, _ gradients: SequenceGradients) -> [Double] {
        var result = [Double](repeating: 0, count: weight.count)
        for t in 0..<time {
            for row in 0..<batch {
                let at = (t * batch + row) * hidden
                let before = slotBefore(t) * state + row * hidden
                for gate in 0..<cell.gates {
                    let isTransition = cell == .mlstm && gate == 0
                    let isCandidate = cell.isGRU && gate == 2
                    for unit in 0..<hidden {
                        let da =
                            isTransition || (isCandidate && cell == .gruResetAfter)
                            ? gradients.products[at + unit] : gradients.gates[at * cell.gates + gate * hidden + unit]
                        for k in 0..<hidden {
                            let h =
                                cell == .mlstm && !isTransition
                                ? values.factors[at + k]
                                : isCandidate && cell == .gru ? values.products[at + k] : values.hiddenStates[before + k]
                            result[(gate * hidden + unit) * hidden + k] += da * h
                        }
                    }
                }
            }
        }
        return result
    }
}
