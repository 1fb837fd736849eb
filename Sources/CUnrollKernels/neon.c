// NEON, the baseline of every 64-bit Arm: a panel of four registers × 6 rows leaves eight registers for the operands.
#if defined(__aarch64__)
#define PANEL_VECTORS 1
#define ROW_TILE 6
#define WIDE_TILE 6
#define HAS_FUSED 1
#include "instructions.h"
#include "scalars.inc"

const unroll_instructions unroll_neon = {"neon", {&table_f32, &table_f64}};
#endif
