import Testing
import UnrollBenchmarks

@Suite struct WorkloadTests {
    private static let small = [
        "lm-ptb-small-lstm:vocabulary=31,hidden=6,batch=3,time=5", "lm-ptb-medium-lstm:vocabulary=31,hidden=5,batch=1,time=1,layers=1",
        "lm-char-gru256:hidden=7,batch=3,time=6", "lm-char-gru256-lecture:hidden=7,batch=3,time=6",
        "lm-char-rnn256:hidden=7,batch=2,time=6",
        "seq2seq-attention:source-vocabulary=19,target-vocabulary=17,embedding=5,hidden=6,batch=3,source-time=4,target-time=5",
        "transformer:source-vocabulary=19,target-vocabulary=17,width=6,heads=2,inner=5,batch=3,source-time=4,target-time=5",
        "transformer:width=1,heads=1,inner=1,encoder-layers=1,decoder-layers=1,batch=1,source-time=1,target-time=1,dropout=0",
        "lstm-adding400:hidden=7,batch=4,time=11", "lstm-adding400:input=1,hidden=1,batch=1,time=2",
        "memn2n-babi:vocabulary=9,hops=2,embedding=5,sentences=3,words=2,batch=2",
        "memn2n-babi:vocabulary=6,hops=1,embedding=1,sentences=1,words=1,batch=1", "ntm-copy20-b1:bits=2,length=3,hidden=4,slots=5,width=3",
        "ntm-copy20-b16:bits=1,length=1,hidden=1,slots=3,width=1,batch=2", "tiny-ops:repetitions=1,side=1",
        "lstm-forward-b1:hidden=5,time=1", "lstm-forward-b32:hidden=5,input=3,batch=2,time=3", "lstm-forward-h128:time=1",
        "gemm:rows=3,inputs=5,outputs=7", "gemm-unpacked:rows=1,inputs=1,outputs=1", "bandwidth:elements=7",
    ]

    @Test(arguments: small)
    func stepsGiveFiniteResults(_ name: String) throws {
        let workload = try Workload(named: name)
        #expect(workload.name == name)
        let measurement = Measurement(of: workload, runs: 2, warmUp: 1)
        #expect(measurement.result.isFinite && measurement.result != 0)
        #expect((measurement.runs, measurement.best > 0, measurement.median >= measurement.best) == (2, true, true))
        let trains = ["lm", "seq2seq", "transformer", "lstm-adding400", "memn2n", "ntm"].contains { name.hasPrefix($0) }
        #expect((measurement.shares != nil) == trains)
        if let shares = measurement.shares { #expect(abs(shares.forward + shares.backward + shares.update - 1) < 1e-9) }
    }

    @Test func everyWorkloadIsTried() {
        let tried = Set(Self.small.map { String($0.prefix { $0 != ":" }) })
        #expect(tried == Set(Workload.all.map(\.name)))
        #expect(Set(Workload.all.map(\.name)).count == Workload.all.count)
    }

    /// Counted by hand, one product after the other: rows × inputs × outputs, twice for multiplication and addition.
    @Test func operationsAreThoseOfTheProducts() throws {
        let operations = { (name: String) in try Workload(named: name).operations }
        // 6 tokens; two layers of 4 gates with 3 units and 3 inputs; 5 words. Each product has two gradients of its own size.
        let layer = 6 * (12 * 3 + 12 * 3)
        #expect(try operations("lm-ptb-small-lstm:vocabulary=5,hidden=3,batch=2,time=3") == Double(2 * 3 * (2 * layer + 6 * 3 * 5)))
        #expect(
            try operations("lm-char-gru256:vocabulary=5,hidden=3,batch=2,time=3,layers=1")
                == Double(2 * 3 * (6 * (9 * 3 + 9 * 3) + 6 * 3 * 5)))
        #expect(
            try operations("lm-char-rnn256:vocabulary=5,hidden=3,batch=2,time=3,layers=1")
                == Double(2 * 3 * (6 * (3 * 3 + 3 * 3) + 6 * 3 * 5)))
        // 4 steps of 2 rows, 12 gates of 3 units: input [2] forward and for its weight, state [3] forward and for both; the last line thrice.
        #expect(
            try operations("lstm-adding400:hidden=3,batch=2,time=4")
                == Double(2 * (8 * 12 * 2 * 2 + 8 * 12 * 3 * 3 + 3 * 2 * 3 * 1)))
        // Two directions of 3 gates with 3 units over inputs of 2; keys 6 → 3; bridge 6 → 3; cell 2 + 6 + 3 → 9; query 3 → 3; scores over 5
        // places of 3 and sums of 6; output 3 + 6 + 2 → 7. Batch 2, 5 source and 4 target steps.
        let encoder = 2 * 10 * (9 * 2 + 9 * 3)
        let reading = 10 * 6 * 3 + 2 * 6 * 3 + 8 * 3 * 3 + 8 * 5 * (3 + 6)
        let writing = 8 * (2 + 6 + 3) * 9 + 8 * (3 + 6 + 2) * 7
        #expect(
            try operations("seq2seq-attention:target-vocabulary=7,embedding=2,hidden=3,batch=2,source-time=5,target-time=4")
                == Double(2 * 3 * (encoder + reading + writing)))
        // An encoder's layer: four projections, scores and sums over 5 places, 4 → 3 → 4; a decoder's layer the same over 6 places, and once more two
        // projections of its own and two of the 5 places. Output 4 → 7. Batch 2, 5 source and 6 target steps.
        let encoderLayer = 10 * (4 * 4 * 4 + 2 * 5 * 4 + 2 * 4 * 3)
        let decoderLayer = 12 * (4 * 4 * 4 + 2 * 6 * 4 + 2 * 4 * 3) + 12 * (2 * 4 * 4 + 2 * 5 * 4) + 10 * 2 * 4 * 4
        #expect(
            try operations(
                "transformer:target-vocabulary=7,width=4,heads=2,inner=3,encoder-layers=2,decoder-layers=1,batch=2,source-time=5,target-time=6"
            )
                == Double(2 * 3 * (2 * encoderLayer + decoderLayer + 12 * 4 * 7)))
        #expect(try operations("lstm-forward-b1:input=2,hidden=3,batch=4,time=5") == Double(2 * 20 * (12 * 2 + 12 * 3)))
        // Two hops over 3 slots of 5 numbers, scores and reading; 5 words are answers. Two questions.
        #expect(
            try operations("memn2n-babi:vocabulary=9,hops=2,embedding=5,sentences=3,batch=2") == Double(2 * 3 * 2 * (2 * 2 * 3 * 5 + 5 * 5))
        )
        // 7 steps of 2 rows: 16 gates over 3 numbers of data, 3 that were read and 4 of the state; two heads of 9 and 6 more over 4; 2 outputs over
        // 7; two similarities and a reading of 5 slots of 3 numbers.
        let turing = 16 * (2 * 3 + 3 * 3 + 3 * 4) + 3 * 4 * (2 * 9 + 6) + 3 * 7 * 2 + 3 * 3 * 5 * 3
        #expect(try operations("ntm-copy20-b16:bits=2,length=3,hidden=4,slots=5,width=3,batch=2") == Double(2 * 14 * turing))
        #expect(try operations("gemm:rows=2,inputs=3,outputs=5") == 60)
        #expect(try operations("gemm-unpacked:rows=2,inputs=3,outputs=5") == 60)
        #expect(try operations("tiny-ops") == 0)
        #expect(try (Workload(named: "tiny-ops").parts, Workload(named: "bandwidth:elements=10").bytes) == (200, 120))
    }

    /// The floors that these workloads are known by, at 125 GFLOP/s.
    @Test(arguments: [
        ("lm-ptb-small-lstm", 51.0), ("lm-ptb-medium-lstm", 445), ("lm-char-gru256", 79), ("lm-char-rnn256", 27), ("lstm-adding400", 41),
        ("seq2seq-attention", 1420), ("lstm-forward-h128", 13.5), ("lstm-forward-b32", 54),
    ])
    func floorsAtTheStatedPeak(_ name: String, _ milliseconds: Double) throws {
        #expect(abs(try Workload(named: name).floor() / milliseconds - 1) < 0.02)
        #expect(try Workload(named: name).floor(at: 250e9) == Workload(named: name).floor() / 2)
    }

    @Test func otherSizesAreOthersWorkloads() throws {
        let workload = try Workload(named: "lm-char-gru256:hidden=37,batch=1")
        #expect(workload.name == "lm-char-gru256:hidden=37,batch=1")
        #expect(workload.sizes.map { "\($0.name) \($0.value)" } == ["vocabulary 65", "layers 2", "hidden 37", "batch 1", "time 64"])
    }

    @Test(arguments: [
        (
            "lm-ptb-smal-lstm",
            "no workload is called 'lm-ptb-smal-lstm'; did you mean 'lm-ptb-small-lstm'? The workloads are lm-ptb-small-lstm, "
        ),
        ("", "no workload is called ''. The workloads are lm-ptb-small-lstm, lm-ptb-medium-lstm, "),
        ("gemm:row=3", "'gemm' has no size 'row'; did you mean 'rows'? Its sizes are rows, inputs, outputs"),
        ("gemm:wörter=3", "'gemm' has no size 'wörter'. Its sizes are rows, inputs, outputs"),
        ("gemm:rows", "'gemm:rows': 'rows' is not a size such as 'batch=8', from 1 to 100000000"),
        ("gemm:", "'gemm:': '' is not a size such as 'batch=8', from 1 to 100000000"),
        ("gemm:rows=0", "'gemm:rows=0': 'rows=0' is not a size such as 'batch=8', from 1 to 100000000"),
        ("gemm:rows=-1", "'gemm:rows=-1': 'rows=-1' is not a size such as 'batch=8', from 1 to 100000000"),
        ("gemm:rows=9223372036854775808", "'gemm:rows=9223372036854775808': 'rows=9223372036854775808' is not a size"),
        ("gemm:rows=3,", "'gemm:rows=3,': '' is not a size such as 'batch=8', from 1 to 100000000"),
    ])
    func whatThereIsNotIsSaid(_ name: String, _ message: String) {
        let error = #expect(throws: WorkloadError.self) { try Workload(named: name) }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }
}
