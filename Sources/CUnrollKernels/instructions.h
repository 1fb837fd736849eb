// What every instruction set's file includes before it sets its target: the standard headers and the names that kernels are written in.
//
// An instruction set defines, before it includes this: PANEL_VECTORS (vectors in a panel of packed columns), ROW_TILE (rows that a
// product's innermost loop keeps in registers), WIDE_TILE (rows times panels that it keeps there where it takes several panels), and
// HAS_FUSED where the processor has a fused multiply-add.
#ifndef UNROLL_INSTRUCTIONS_H
#define UNROLL_INSTRUCTIONS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "CUnrollKernels.h"
#include "parallel.h"
#include "philox.h"
#include "table.h"

// No function that takes or returns a vector is ever called (all are inlined), so no calling convention is at stake.
#pragma clang diagnostic ignored "-Wpsabi"
// The compiler must not choose where a product and a sum are fused: `fused` says it.
#pragma clang fp contract(off)

/// Whether one instruction can fetch a scalar and multiply a vector by it.
#if defined(HAS_AVX512)
#define SCALARS_IN_PRODUCTS 1
#else
#define SCALARS_IN_PRODUCTS 0
#endif

#define INLINE static inline __attribute__((always_inline, unused))
#define KERNEL static __attribute__((unused))

#define PASTE(a, b) a##_##b
#define PASTE_EXPANDED(a, b) PASTE(a, b)
/// The name of a function or type for the scalar in hand.
#define NAME(name) PASTE_EXPANDED(name, SUFFIX)

/// 64 bytes of scalars, whatever the processor's registers: the compiler splits it, so that results do not depend on their width.
#define VECTOR NAME(vector)
#define INTVECTOR NAME(intvector)
#define UINTVECTOR NAME(uintvector)
#define MASK NAME(intvector)
#define VECTOR_BYTES 64
#define LANES ((ptrdiff_t)(VECTOR_BYTES / sizeof(REAL)))
/// Columns that are packed side by side.
#define PANEL (PANEL_VECTORS * LANES)

#define load NAME(load)
#define load_partial NAME(load_partial)
#define store NAME(store)
#define store_partial NAME(store_partial)
#define splat NAME(splat)
#define fused NAME(fused)
#define fused_scalar NAME(fused_scalar)
#define select_vector NAME(select_vector)
#define larger_of NAME(larger_of)
#define smaller_of NAME(smaller_of)
#define sum_lanes NAME(sum_lanes)
#define max_lanes NAME(max_lanes)
#define root_vector NAME(root_vector)
#define exp_vector NAME(exp_vector)
#define log_vector NAME(log_vector)
#define tanh_vector NAME(tanh_vector)
#define sigmoid_vector NAME(sigmoid_vector)
#define erf_vector NAME(erf_vector)

/// Elements that are worth another thread, and the granule (whole cache lines) in which threads share them.
#define ELEMENTS_A_THREAD 16384
#define GRANULE (4 * LANES)

/// Runs a statement for every vector of first..<last: at(p) loads the lanes of p, put(p, v) stores them. The tail goes through the same
/// arithmetic with its missing lanes zero.
#define FOR_EACH_VECTOR(first, last, ...) \
    do { \
        ptrdiff_t i = (first); \
        for (; i + LANES <= (last); i += LANES) { \
            const ptrdiff_t width = LANES; \
            __VA_ARGS__ \
        } \
        if (i < (last)) { \
            const ptrdiff_t width = (last) - i; \
            __VA_ARGS__ \
        } \
    } while (0)
#define at(p) (width == LANES ? load((p) + i) : load_partial((p) + i, width))
#define put(p, v) \
    do { \
        VECTOR lanes = (v); \
        if (width == LANES) store((p) + i, lanes); \
        else store_partial((p) + i, lanes, width); \
    } while (0)

INLINE ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
INLINE ptrdiff_t larger(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }

#endif
