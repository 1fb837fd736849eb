import Foundation
import Testing

@testable import UnrollTool

@Suite("Ctrl-C")
struct InterruptionTests {
    @Test func endsTheProcessAgainOnceNobodyWaitsForIt() {
        for number in [SIGINT, SIGTERM] {
            let before = signal(number, SIG_DFL)
            do { _ = Interruption() }
            #expect(unsafeBitCast(signal(number, before), to: Int.self) == unsafeBitCast(SIG_DFL, to: Int.self))
            var blocked = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &blocked)
            #expect(sigismember(&blocked, number) == 0)
        }
    }
}
