// A small pool of threads that run regions together. A waiting thread spins for a moment, then yields its processor, then sleeps: a region
// that follows soon starts at once, and a machine that is shared loses little to waiting.
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "CUnrollKernels.h"
#include "parallel.h"

#define MOST_THREADS 256
#define LINE_BYTES 64
#define STACK_BYTES ((size_t)4 << 20)
#define SPINS 400
#define YIELDING_NANOSECONDS 100000

/// A word that one thread changes and others wait for.
typedef struct gate {
    _Alignas(LINE_BYTES) atomic_uint value;
    atomic_int sleepers;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
} gate;

typedef struct pool {
    atomic_bool busy;
    ptrdiff_t workers;
    gate starts[MOST_THREADS];
    gate finish;
    gate meeting;
    _Alignas(LINE_BYTES) atomic_int unfinished;
    _Alignas(LINE_BYTES) atomic_int arrived;
    _Alignas(LINE_BYTES) unroll_body body;
    void *context;
    ptrdiff_t threads;
} pool;

static pool shared;
static atomic_long wanted_threads;
static _Thread_local ptrdiff_t region_threads;

static void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static long long nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void open_gate(gate *gate) {
    atomic_fetch_add(&gate->value, 1);
    // A sleeper announces itself before it looks at the value for the last time, so one of the two sees the other.
    if (atomic_load(&gate->sleepers) > 0) {
        pthread_mutex_lock(&gate->mutex);
        pthread_cond_broadcast(&gate->changed);
        pthread_mutex_unlock(&gate->mutex);
    }
}

/// Waits until the gate's value differs from `seen`; returns the new one.
static unsigned pass_gate(gate *gate, unsigned seen) {
    unsigned value;
    for (int spin = 0; spin < SPINS; spin++) {
        if ((value = atomic_load_explicit(&gate->value, memory_order_acquire)) != seen) return value;
        relax();
    }
    long long end = nanoseconds() + YIELDING_NANOSECONDS;
    do {
        if ((value = atomic_load_explicit(&gate->value, memory_order_acquire)) != seen) return value;
        sched_yield();
    } while (nanoseconds() < end);
    pthread_mutex_lock(&gate->mutex);
    atomic_fetch_add(&gate->sleepers, 1);
    while ((value = atomic_load(&gate->value)) == seen) pthread_cond_wait(&gate->changed, &gate->mutex);
    atomic_fetch_sub(&gate->sleepers, 1);
    pthread_mutex_unlock(&gate->mutex);
    return value;
}

static void *work(void *argument) {
    ptrdiff_t thread = (ptrdiff_t)argument;
    unsigned seen = 0;
    unroll_enter_kernel();
    for (;;) {
        seen = pass_gate(&shared.starts[thread], seen);
        region_threads = shared.threads;
        shared.body(shared.context, thread, shared.threads);
        if (atomic_fetch_sub(&shared.unfinished, 1) == 1) open_gate(&shared.finish);
    }
    return NULL;
}

static void set_up_gate(gate *gate) {
    atomic_store(&gate->value, 0);
    atomic_store(&gate->sleepers, 0);
    pthread_mutex_init(&gate->mutex, NULL);
    pthread_cond_init(&gate->changed, NULL);
}

/// A forked child has none of its parent's workers.
static void forget_workers(void) {
    shared.workers = 0;
    region_threads = 0;
    for (ptrdiff_t thread = 0; thread < MOST_THREADS; thread++) set_up_gate(&shared.starts[thread]);
    set_up_gate(&shared.finish);
    set_up_gate(&shared.meeting);
    atomic_store(&shared.arrived, 0);
    atomic_store(&shared.busy, false);
}

__attribute__((constructor)) static void set_up_pool(void) {
    forget_workers();
    pthread_atfork(NULL, NULL, forget_workers);
    const char *text = getenv("UNROLL_THREADS");
    long wanted = text == NULL ? 0 : strtol(text, NULL, 10);
    unroll_set_threads(wanted > 0 ? wanted : unroll_available_processors());
}

ptrdiff_t unroll_threads(void) { return atomic_load_explicit(&wanted_threads, memory_order_relaxed); }

void unroll_set_threads(ptrdiff_t count) {
    if (count < 1) count = 1;
    if (count > MOST_THREADS) count = MOST_THREADS;
    atomic_store_explicit(&wanted_threads, count, memory_order_relaxed);
}

/// Starts workers until there are `count`; returns how many there are (the system may refuse some).
static ptrdiff_t start_workers(ptrdiff_t count) {
    if (shared.workers >= count) return shared.workers;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    // Signals belong to the threads of the program.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (shared.workers < count) {
        pthread_t thread;
        ptrdiff_t number = shared.workers + 1;
        if (pthread_create(&thread, &attributes, work, (void *)number) != 0) break;
        shared.workers = number;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return shared.workers;
}

void unroll_parallel(ptrdiff_t useful_threads, unroll_body body, void *context) {
    ptrdiff_t threads = unroll_threads();
    if (useful_threads < threads) threads = useful_threads;
    ptrdiff_t outer = region_threads;
    if (threads > 1 && outer == 0 && !atomic_exchange_explicit(&shared.busy, true, memory_order_acquire)) {
        ptrdiff_t workers = start_workers(threads - 1);
        if (workers < threads - 1) threads = workers + 1;
        shared.body = body;
        shared.context = context;
        shared.threads = threads;
        atomic_store(&shared.unfinished, (int)threads - 1);
        unsigned finish = atomic_load(&shared.finish.value);
        for (ptrdiff_t thread = 1; thread < threads; thread++) open_gate(&shared.starts[thread]);
        region_threads = threads;
        body(context, 0, threads);
        region_threads = 0;
        if (threads > 1) pass_gate(&shared.finish, finish);
        atomic_store_explicit(&shared.busy, false, memory_order_release);
        return;
    }
    region_threads = 1;
    body(context, 0, 1);
    region_threads = outer;
}

void unroll_barrier(void) {
    if (region_threads <= 1) return;
    unsigned round = atomic_load(&shared.meeting.value);
    if (atomic_fetch_add(&shared.arrived, 1) == (int)region_threads - 1) {
        atomic_store(&shared.arrived, 0);
        open_gate(&shared.meeting);
    } else {
        pass_gate(&shared.meeting, round);
    }
}
