import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and its like: the first one asks the training to save and end, the second ends at once.
final class Interruption {
    private final class Request: Sendable {
        /// The signal's number; 0 before it came.
        let signal = Atomic<Int32>(0)
    }

    private let request = Request()
    private typealias Handler = @convention(c) (Int32) -> Void
    private var sources: [(signal: Int32, previous: Handler?, source: any DispatchSourceSignal)] = []

    init() {
        let queue = DispatchQueue(label: "unroll.interruption")
        for number in [SIGINT, SIGTERM, SIGHUP] {
            let previous = signal(number, SIG_IGN)
            // `nohup` asks that the end of the terminal be ignored.
            if number == SIGHUP, unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { continue }
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { [request] in
                if request.signal.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
                Terminal.note("stopping after this step and saving; once more to stop at once")
            }
            source.activate()
            sources.append((number, previous, source))
        }
    }

    /// From here on there is nothing to save.
    deinit {
        var numbers = sigset_t()
        sigemptyset(&numbers)
        for (number, previous, source) in sources {
            source.cancel()
            signal(number, previous)
            sigaddset(&numbers, number)
        }
        // On Linux a source of signals has blocked them in this thread.
        pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
    }

    var isRequested: Bool { request.signal.load(ordering: .relaxed) != 0 }

    /// 128 and the signal's number, as shells have it: 130 after Ctrl-C.
    var exitCode: Int32 { 128 + request.signal.load(ordering: .relaxed) }
}
