import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and its like: the first one asks the training to save and end, the second ends at once.
final class Interruption: Sendable {
    private let requested = Atomic(false)
    private let sources: [any DispatchSourceSignal]

    init() {
        let queue = DispatchQueue(label: "unroll.interruption")
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        for source in sources {
            source.setEventHandler { [unowned self] in
                if requested.exchange(true, ordering: .relaxed) { _exit(130) }
                Terminal.note("stopping after this step and saving; once more to stop at once")
            }
            source.activate()
        }
    }

    var isRequested: Bool { requested.load(ordering: .relaxed) }
}
