import Foundation

extension Double {
    /// The number with so many decimals, independent of the locale.
    func fixed(_ decimals: Int) -> String { String(format: "%.\(decimals)f", self) }

    /// Seconds as `1:02:03`, `2:03` or `3 s`.
    var asDuration: String {
        guard isFinite, abs(self) < 1e9 else { return "?" }
        let seconds = Int(rounded())
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 { return "\(seconds / 60):" + String(format: "%02d", seconds % 60) }
        return "\(seconds / 3600):" + String(format: "%02d:%02d", seconds / 60 % 60, seconds % 60)
    }

    /// A share of 1 as `98.7%`, rounded down: only all of them are 100.0%.
    var asPercentage: String { ((self * 1000).rounded(.down) / 10).fixed(1) + "%" }
}

extension Int {
    /// `1 tensor`, `2 tensors`.
    func counted(_ noun: String) -> String { self == 1 ? "1 \(noun)" : "\(self) \(noun)s" }
}
