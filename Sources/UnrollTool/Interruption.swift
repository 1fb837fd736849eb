import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and its like: the first one asks the training to save and end, the second ends at once.
final class Interruption {
    private final class Request: Sendable {
        let isMade = Atomic(false)
    }

    private let request = Request()
    private let sources: [any DispatchSourceSignal]

    init() {
        let queue = DispatchQueue(label: "unroll.interruption")
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        for source in sources {
            source.setEventHandler { [request] in
                if request.isMade.exchange(true, ordering: .relaxed) { _exit(130) }
                Terminal.note("stopping after this step and saving; once more to stop at once")
            }
            source.activate()
        }
    }

    var isRequested: Bool { request.isMade.load(ordering: .relaxed) }
}
