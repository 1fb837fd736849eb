/// A heap whose first element is the one that precedes all others; the order comes with each call, since it may depend on tables that grow.
struct BinaryHeap<Element> {
    private var elements: [Element] = []

    mutating func push(_ element: Element, precedes: (Element, Element) -> Bool) {
        elements.append(element)
        var child = elements.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard precedes(elements[child], elements[parent]) else { return }
            elements.swapAt(child, parent)
            child = parent
        }
    }

    mutating func pop(precedes: (Element, Element) -> Bool) -> Element? {
        guard let first = elements.first, let last = elements.popLast() else { return nil }
        guard !elements.isEmpty else { return first }
        elements[0] = last
        var parent = 0
        while true {
            var best = parent
            let left = 2 * parent + 1
            let right = left + 1
            if left < elements.count && precedes(elements[left], elements[best]) { best = left }
            if right < elements.count && precedes(elements[right], elements[best]) { best = right }
            if best == parent { return first }
            elements.swapAt(parent, best)
            parent = best
        }
    }
}
