// Which instruction set runs, and the public functions that forward to it.
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "parallel.h"
#include "table.h"

static _Atomic(const unroll_instructions *) best = &unroll_portable;
static _Thread_local const unroll_instructions *chosen;

static const unroll_instructions *current(void) {
    return chosen != NULL ? chosen : atomic_load_explicit(&best, memory_order_acquire);
}

/// The sets that the processor has, best first.
static const unroll_instructions *available(ptrdiff_t index) {
    const unroll_instructions *found[4];
    ptrdiff_t count = 0;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma")) {
        found[count++] = &unroll_avx512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found[count++] = &unroll_avx2;
#elif defined(__aarch64__)
    found[count++] = &unroll_neon;
#endif
    found[count++] = &unroll_portable;
    return index < count ? found[index] : NULL;
}

static const unroll_instructions *find(const char *name) {
    const unroll_instructions *candidate;
    for (ptrdiff_t index = 0; (candidate = available(index)) != NULL; index++) {
        if (strcmp(candidate->name, name) == 0) return candidate;
    }
    return NULL;
}

bool unroll_select_instruction_set(const char *name) {
    const unroll_instructions *found = find(name);
    if (found != NULL) chosen = found;
    return found != NULL;
}

const char *unroll_instruction_set(void) { return current()->name; }

__attribute__((constructor)) static void choose_best(void) {
    const char *wanted = getenv("UNROLL_INSTRUCTIONS");
    const unroll_instructions *found = wanted == NULL ? NULL : find(wanted);
    atomic_store_explicit(&best, found != NULL ? found : available(0), memory_order_release);
}

#define UNROLL_LIST(...) __VA_ARGS__
#define UNROLL_FORWARD(name, parameters, arguments) \
    void unroll_##name(unroll_scalar scalar, UNROLL_LIST parameters) { \
        unsigned long mode = unroll_enter_kernel(); \
        current()->tables[scalar]->name arguments; \
        unroll_leave_kernel(mode); \
    }
#define UNROLL_FORWARD_VALUE(result, name, parameters, arguments) \
    result unroll_##name(unroll_scalar scalar, UNROLL_LIST parameters) { \
        unsigned long mode = unroll_enter_kernel(); \
        result value = current()->tables[scalar]->name arguments; \
        unroll_leave_kernel(mode); \
        return value; \
    }
UNROLL_KERNELS(UNROLL_FORWARD, UNROLL_FORWARD_VALUE)
