// AVX2 with fused multiply-add: a panel of two registers × 6 rows leaves four registers for the operands.
#if defined(__x86_64__)
#define PANEL_VECTORS 1
#define ROW_TILE 6
#define WIDE_TILE 4
#define HAS_FUSED 1
#define HAS_AVX2 1
#include "instructions.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "scalars.inc"
#pragma clang attribute pop

const unroll_instructions unroll_avx2 = {"avx2", {&table_f32, &table_f64}};
#endif
