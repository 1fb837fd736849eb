// AVX-512: a panel of two registers × 12 rows leaves eight registers for the operands.
#if defined(__x86_64__)
#define PANEL_VECTORS 2
#define ROW_TILE 12
#define WIDE_TILE 12
#define HAS_FUSED 1
#define HAS_AVX512 1
#include "instructions.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#include "scalars.inc"
#pragma clang attribute pop

const unroll_instructions unroll_avx512 = {"avx512", {&table_f32, &table_f64}};
#endif
