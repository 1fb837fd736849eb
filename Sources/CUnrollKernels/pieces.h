// Work that threads share as they can: each begins with its own pieces and, when done, takes over some of those that a slower one has left.
// Which thread does a piece changes no bit of it.
#ifndef PIECES_H
#define PIECES_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "parallel.h"

enum { PIECE_OWNERS = 64 };

typedef struct pieces {
    ptrdiff_t owners;
    // Of each owner the first piece left, and in the upper half the one after the last. A line each.
    struct { _Alignas(64) _Atomic uint64_t range; } left[PIECE_OWNERS];
} pieces;

/// Gives `count` pieces to `owners` threads in equal parts.
static inline void share_pieces(pieces *pieces, ptrdiff_t count, ptrdiff_t owners) {
    pieces->owners = owners < PIECE_OWNERS ? owners : PIECE_OWNERS;
    for (ptrdiff_t owner = 0; owner < pieces->owners; owner++) {
        ptrdiff_t first, last;
        range_of(count, 1, owner, pieces->owners, &first, &last);
        atomic_init(&pieces->left[owner].range, (uint64_t)last << 32 | (uint64_t)first);
    }
}

/// The next piece for a thread: its own first one, else the last one of another; −1 when none is left.
static inline ptrdiff_t next_piece(pieces *pieces, ptrdiff_t thread) {
    for (ptrdiff_t i = 0; i < pieces->owners; i++) {
        const ptrdiff_t owner = (thread + i) % pieces->owners;
        const bool own = owner == thread;
        _Atomic uint64_t *range = &pieces->left[owner].range;
        uint64_t seen = atomic_load_explicit(range, memory_order_relaxed);
        for (;;) {
            const uint64_t first = seen & UINT32_MAX, last = seen >> 32;
            if (first >= last) break;
            const uint64_t rest = own ? seen + 1 : seen - ((uint64_t)1 << 32);
            if (atomic_compare_exchange_weak_explicit(range, &seen, rest, memory_order_relaxed, memory_order_relaxed)) {
                return (ptrdiff_t)(own ? first : last - 1);
            }
        }
    }
    return -1;
}

#endif
