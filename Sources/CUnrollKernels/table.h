// Every kernel once. From this list come the table of function pointers of an instruction set and a scalar, its entries, and the public
// functions unroll_<name>(scalar, …) that forward through it: a new kernel is one line here and one `static … NAME(name)(…)` in a part.
#ifndef UNROLL_TABLE_H
#define UNROLL_TABLE_H

#include "CUnrollKernels.h"

// ACTION(name, (parameters), (arguments)) returns nothing; VALUE(result, name, (parameters), (arguments)) returns something.
#define UNROLL_KERNELS(ACTION, VALUE) \
    UNROLL_PRODUCTS(ACTION, VALUE)

#define UNROLL_PRODUCTS(ACTION, VALUE) \
    VALUE(size_t, packed_bytes, (ptrdiff_t k, ptrdiff_t n), (k, n)) \
    ACTION(pack, (ptrdiff_t k, ptrdiff_t n, const void *b, ptrdiff_t b_row, ptrdiff_t b_column, void *packed), \
           (k, n, b, b_row, b_column, packed)) \
    ACTION(product_packed, (ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const void *a, ptrdiff_t a_row, ptrdiff_t a_column, const void *packed, \
                            const void *bias, bool accumulate, void *c, ptrdiff_t c_row), \
           (m, n, k, a, a_row, a_column, packed, bias, accumulate, c, c_row))

#define UNROLL_FIELD(name, parameters, arguments) void (*name) parameters;
#define UNROLL_FIELD_VALUE(result, name, parameters, arguments) result (*name) parameters;
typedef struct unroll_table { UNROLL_KERNELS(UNROLL_FIELD, UNROLL_FIELD_VALUE) } unroll_table;
#undef UNROLL_FIELD
#undef UNROLL_FIELD_VALUE

/// An instruction set: its name, and its tables in the order of unroll_scalar.
typedef struct unroll_instructions {
    const char *name;
    const unroll_table *tables[2];
} unroll_instructions;

extern const unroll_instructions unroll_portable;
#if defined(__x86_64__)
extern const unroll_instructions unroll_avx2;
extern const unroll_instructions unroll_avx512;
#elif defined(__aarch64__)
extern const unroll_instructions unroll_neon;
#endif

#endif
