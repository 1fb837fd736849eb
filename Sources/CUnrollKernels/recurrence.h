// How a sequence is walked and shared among threads: what the recurrent kernels have in common and no scalar type changes.
//
// A region splits its work in one of two ways, and no bit depends on which:
//  - by units: each thread owns some panels of the units, so that its slice of the weights stays in its own cache; the threads meet
//    at a barrier wherever a step reads what all of them wrote;
//  - by rows: each thread walks some rows of the batch through the whole sequence alone, which needs no barrier but makes every
//    thread read all weights, so they must be few.
#ifndef RECURRENCE_H
#define RECURRENCE_H

#include "CUnrollKernels.h"
#include "instructions.h"
#include "parallel.h"

/// Rows a thread must have for the products to run near their speed.
enum { ROWS_A_THREAD = 4 };
/// Weights up to this size are read by every thread from its own cache.
enum { SHARED_WEIGHT_BYTES = 1 << 20 };
/// Multiplications a thread must find between two barriers (by units), or in all (by rows), to be worth waking.
enum { PRODUCTS_A_STEP = 1 << 15, PRODUCTS_A_THREAD = 1 << 17 };

/// The codes of a HyperLSTM: for what scales the sums from h', what scales those from x, and what is added, one for each gate.
enum { HYPER_BLOCKS = 12 };

typedef struct recurrent_plan {
    bool by_rows;
    ptrdiff_t useful_threads;
} recurrent_plan;

/// What one thread owns: rows first_row..<last_row, and of them the units first_unit..<last_unit, which are whole panels.
typedef struct recurrent_share {
    ptrdiff_t first_row, last_row;
    ptrdiff_t first_panel, last_panel;
    ptrdiff_t first_unit, last_unit;
    bool meets;
} recurrent_share;

/// The span of a share's rows that holds all rows still running at a step; `complete` when it holds no other.
typedef struct running_rows {
    ptrdiff_t first, count;
    bool complete;
} running_rows;

/// Threads that are worth it where they share units.
static inline ptrdiff_t recurrent_unit_threads(const unroll_sequence *sequence, ptrdiff_t gates, ptrdiff_t panel) {
    const ptrdiff_t panels = (sequence->hidden + panel - 1) / panel;
    const ptrdiff_t useful = smaller(panels, gates * sequence->hidden * sequence->hidden * sequence->batch / PRODUCTS_A_STEP);
    return useful > 1 ? useful : 1;
}

static inline recurrent_plan recurrent_plan_of(const unroll_sequence *sequence, ptrdiff_t gates, ptrdiff_t panel, size_t scalar_bytes) {
    const ptrdiff_t weights = gates * sequence->hidden * sequence->hidden;
    const ptrdiff_t threads = unroll_threads();
    const ptrdiff_t step = weights * sequence->batch;
    const ptrdiff_t row_threads = smaller(sequence->batch / ROWS_A_THREAD, step * sequence->time / PRODUCTS_A_THREAD);
    const ptrdiff_t unit_threads = recurrent_unit_threads(sequence, gates, panel);
    const bool few_weights = (size_t)weights * scalar_bytes <= SHARED_WEIGHT_BYTES;
    const bool by_rows = few_weights && smaller(row_threads, threads) >= smaller(unit_threads, threads);
    const ptrdiff_t useful = by_rows ? row_threads : unit_threads;
    return (recurrent_plan){by_rows, useful > 1 ? useful : 1};
}

static inline recurrent_share recurrent_share_of(const unroll_sequence *sequence, bool by_rows, ptrdiff_t panel, ptrdiff_t thread,
                                                 ptrdiff_t threads) {
    const ptrdiff_t panels = (sequence->hidden + panel - 1) / panel;
    recurrent_share share = {.first_row = 0, .last_row = sequence->batch, .first_panel = 0, .last_panel = panels};
    if (by_rows) {
        range_of(sequence->batch, 1, thread, threads, &share.first_row, &share.last_row);
    } else {
        // Counted from the end: the last panel is often narrower, so it belongs to a thread that has one more.
        ptrdiff_t first, last;
        range_of(panels, 1, threads - 1 - thread, threads, &first, &last);
        share.first_panel = panels - last;
        share.last_panel = panels - first;
    }
    share.first_unit = smaller(share.first_panel * panel, sequence->hidden);
    share.last_unit = smaller(share.last_panel * panel, sequence->hidden);
    share.meets = !by_rows && threads > 1;
    return share;
}

static inline void meet(const recurrent_share *share) {
    if (share->meets) unroll_barrier();
}

static inline bool is_running(const unroll_sequence *sequence, ptrdiff_t t, ptrdiff_t row) {
    return sequence->lengths == NULL || t < sequence->lengths[row];
}

static inline running_rows running_rows_at(const unroll_sequence *sequence, ptrdiff_t t, const recurrent_share *share) {
    ptrdiff_t first = share->first_row, last = share->last_row;
    while (first < last && !is_running(sequence, t, first)) first++;
    while (first < last && !is_running(sequence, t, last - 1)) last--;
    bool complete = true;
    for (ptrdiff_t row = first; row < last; row++) complete = complete && is_running(sequence, t, row);
    return (running_rows){first, last - first, complete};
}

/// The time index of the step-th step, and the state slots before and after it.
static inline ptrdiff_t time_of(const unroll_sequence *sequence, ptrdiff_t step) {
    return sequence->reversed ? sequence->time - 1 - step : step;
}
static inline ptrdiff_t slot_before(const unroll_sequence *sequence, ptrdiff_t t) { return sequence->reversed ? t + 1 : t; }
static inline ptrdiff_t slot_after(const unroll_sequence *sequence, ptrdiff_t t) { return sequence->reversed ? t : t + 1; }

#endif
