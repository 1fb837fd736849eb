// The thread pool, as kernels see it.
#ifndef UNROLL_PARALLEL_H
#define UNROLL_PARALLEL_H

#include <stddef.h>

/// One thread's share of a region: thread of threads.
typedef void (*unroll_body)(void *context, ptrdiff_t thread, ptrdiff_t threads);

/// Runs body on up to min(unroll_threads(), useful_threads) threads, the caller being thread 0, and returns when all are done.
/// Where the pool is busy, or inside a region, the caller runs it alone with threads = 1.
void unroll_parallel(ptrdiff_t useful_threads, unroll_body body, void *context);

/// All threads of the running region meet here; does nothing in a region of one thread.
void unroll_barrier(void);

/// The slice of 0..<total that belongs to a thread, in whole granules.
static inline void range_of(ptrdiff_t total, ptrdiff_t granule, ptrdiff_t thread, ptrdiff_t threads, ptrdiff_t *first, ptrdiff_t *last) {
    ptrdiff_t granules = (total + granule - 1) / granule;
    ptrdiff_t each = granules / threads, extra = granules % threads;
    ptrdiff_t start = each * thread + (thread < extra ? thread : extra);
    ptrdiff_t end = start + each + (thread < extra ? 1 : 0);
    *first = start * granule < total ? start * granule : total;
    *last = end * granule < total ? end * granule : total;
}

/// Kernels run with denormals flushed to zero, on every thread alike: a vanishing gradient would otherwise slow the processor a
/// hundredfold. Returns the caller's mode, which unroll_leave_kernel restores.
static inline unsigned long unroll_enter_kernel(void);
static inline void unroll_leave_kernel(unsigned long mode);

#if defined(__x86_64__)
#include <immintrin.h>
#define UNROLL_FLUSH_MODE 0x8040u
static inline unsigned long unroll_enter_kernel(void) {
    unsigned mode = _mm_getcsr();
    if ((mode & UNROLL_FLUSH_MODE) != UNROLL_FLUSH_MODE) _mm_setcsr(mode | UNROLL_FLUSH_MODE);
    return mode;
}
static inline void unroll_leave_kernel(unsigned long mode) {
    if ((mode & UNROLL_FLUSH_MODE) != UNROLL_FLUSH_MODE) _mm_setcsr((unsigned)mode);
}
#elif defined(__aarch64__)
#define UNROLL_FLUSH_MODE (1ul << 24)
static inline unsigned long unroll_enter_kernel(void) {
    unsigned long mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    if (!(mode & UNROLL_FLUSH_MODE)) __asm__ volatile("msr fpcr, %0" : : "r"(mode | UNROLL_FLUSH_MODE));
    return mode;
}
static inline void unroll_leave_kernel(unsigned long mode) {
    if (!(mode & UNROLL_FLUSH_MODE)) __asm__ volatile("msr fpcr, %0" : : "r"(mode));
}
#else
static inline unsigned long unroll_enter_kernel(void) { return 0; }
static inline void unroll_leave_kernel(unsigned long mode) { (void)mode; }
#endif

#endif
