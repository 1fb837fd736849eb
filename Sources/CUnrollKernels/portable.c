// The compiler's baseline: SSE2 on x86-64.
#define PANEL_VECTORS 1
#define ROW_TILE 3
#include "instructions.h"
#include "scalars.inc"

const unroll_instructions unroll_portable = {"portable", {&table_f32, &table_f64}};
