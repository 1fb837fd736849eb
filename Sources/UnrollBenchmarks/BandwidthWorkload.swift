import UnrollTensors

/// z = x + y over long arrays: what the memory gives, where nothing is computed to speak of.
struct BandwidthWorkload: WorkloadKind {
    private var elements = 32 << 20

    static let sizes: [WorkloadSize<Self>] = [WorkloadSize("elements", \.elements)]

    /// No product is made.
    var operations: Double { 0 }

    /// Two arrays are read and one is written.
    var bytes: Double { 3 * 4 * Double(elements) }

    func prepared(key: RandomKey) -> PreparedWorkload {
        let x = Tensor(repeating: 1, shape: [elements])
        let y = Tensor(repeating: 2, shape: [elements])
        return PreparedWorkload(parameters: []) {
            let z = x + y
            return WorkloadStep(phases: nil) { mean(z).scalar }
        }
    }
}
