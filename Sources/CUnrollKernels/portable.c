// The compiler's baseline: SSE2 on x86-64. A panel of four registers × 2 rows leaves eight registers for the operands.
#define PANEL_VECTORS 1
#define ROW_TILE 2
#define WIDE_TILE 2
#include "instructions.h"
#include "scalars.inc"

const unroll_instructions unroll_portable = {"portable", {&table_f32, &table_f64}};
