// A pool of memory in size classes: powers of two with four steps between, so that at most a fifth of a block is unused. AddressSanitizer is
// told what is not to be touched: that fifth, and blocks that are idle.
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(memory, bytes) ((void)(memory), (void)(bytes))
#define ASAN_UNPOISON_MEMORY_REGION(memory, bytes) ((void)(memory), (void)(bytes))
#endif

#include "CUnrollKernels.h"

#define LINE_BYTES ((size_t)64)
#define HUGE_PAGE_BYTES ((size_t)2 << 20)
// Blocks from this size on come from the system itself: fresh ones are zero, and take no memory until they are touched.
#define MAPPED_BYTES ((size_t)1 << 18)
#define STEPS 4
#define CLASSES (STEPS * 60)

typedef struct block { struct block *next; } block;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static block *idle[CLASSES];
static size_t bytes_in_use, bytes_pooled, most_pooled;

/// The class of a size, and the size of that class: 1 to 4 lines, then (STEPS + step) / STEPS · 2^power for step = 1 … STEPS.
static size_t class_of(size_t bytes, size_t *class_bytes) {
    if (bytes <= LINE_BYTES * STEPS) {
        size_t lines = bytes == 0 ? 1 : (bytes + LINE_BYTES - 1) / LINE_BYTES;
        *class_bytes = lines * LINE_BYTES;
        return lines - 1;
    }
    size_t power = 63 - (size_t)__builtin_clzll((unsigned long long)(bytes - 1));
    size_t step_bytes = ((size_t)1 << power) / STEPS;
    size_t step = (bytes - ((size_t)1 << power) + step_bytes - 1) / step_bytes;
    *class_bytes = ((size_t)1 << power) + step * step_bytes;
    return STEPS * (power - 7) + step - 1;
}

static size_t bytes_of(size_t class) {
    if (class < STEPS) return (class + 1) * LINE_BYTES;
    const size_t power = class / STEPS + 7, step = class % STEPS + 1;
    return ((size_t)1 << power) / STEPS * (STEPS + step);
}

static void lock_pool(void) { pthread_mutex_lock(&mutex); }
static void unlock_pool(void) { pthread_mutex_unlock(&mutex); }

/// A forked child has none of its parent's other threads, so none of them may hold the lock that it gets.
__attribute__((constructor)) static void survive_forks(void) { pthread_atfork(lock_pool, unlock_pool, unlock_pool); }

static void *mapped_memory(size_t bytes) {
    const bool large = bytes >= 2 * HUGE_PAGE_BYTES;
    const size_t wanted = bytes + (large ? HUGE_PAGE_BYTES : 0);
    char *memory = mmap(NULL, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    if (!large) return memory;
    // From the first whole huge page on; what lies before it, and what is too much behind, goes back.
    const size_t before = (HUGE_PAGE_BYTES - (uintptr_t)memory % HUGE_PAGE_BYTES) % HUGE_PAGE_BYTES;
    if (before > 0) munmap(memory, before);
    if (HUGE_PAGE_BYTES - before > 0) munmap(memory + before + bytes, HUGE_PAGE_BYTES - before);
#if defined(__linux__)
    madvise(memory + before, bytes, MADV_HUGEPAGE);
#endif
    return memory + before;
}

static void *fresh_memory(size_t bytes) {
    if (bytes >= MAPPED_BYTES) return mapped_memory(bytes);
    void *memory = NULL;
    return posix_memalign(&memory, LINE_BYTES, bytes) == 0 ? memory : NULL;
}

static void free_memory(void *memory, size_t bytes) {
    if (bytes >= MAPPED_BYTES) munmap(memory, bytes);
    else free(memory);
}

static void free_idle_blocks(void) {
    for (size_t class = 0; class < CLASSES; class++) {
        while (idle[class] != NULL) {
            ASAN_UNPOISON_MEMORY_REGION(idle[class], bytes_of(class));
            block *next = idle[class]->next;
            free_memory(idle[class], bytes_of(class));
            idle[class] = next;
        }
    }
    bytes_pooled = 0;
}

static void *allocate(size_t bytes, bool zeros) {
    if (bytes > SIZE_MAX / 4) {
        fprintf(stderr, "unroll: cannot allocate %zu bytes: no machine has that much memory.\n", bytes);
        abort();
    }
    size_t class_bytes;
    size_t class = class_of(bytes, &class_bytes);
    pthread_mutex_lock(&mutex);
    void *memory = zeros && class_bytes >= MAPPED_BYTES ? NULL : idle[class];
    if (memory != NULL) {
        ASAN_UNPOISON_MEMORY_REGION(memory, class_bytes);
        idle[class] = idle[class]->next;
        bytes_pooled -= class_bytes;
    } else if ((memory = fresh_memory(class_bytes)) == NULL) {
        free_idle_blocks();
        memory = fresh_memory(class_bytes);
    }
    if (memory == NULL) {
        fprintf(stderr, "unroll: out of memory: the system refused %zu bytes (%zu are in use). Use a smaller model or batch.\n", bytes,
                bytes_in_use);
        abort();
    }
    bytes_in_use += class_bytes;
    pthread_mutex_unlock(&mutex);
    if (zeros && class_bytes < MAPPED_BYTES) memset(memory, 0, bytes);
    ASAN_POISON_MEMORY_REGION((char *)memory + bytes, class_bytes - bytes);
    return memory;
}

void *unroll_allocate(size_t bytes) { return allocate(bytes, false); }

void *unroll_allocate_zeros(size_t bytes) { return allocate(bytes, true); }

static void release(void *memory, size_t bytes, bool zeros) {
    if (memory == NULL) return;
    size_t class_bytes;
    size_t class = class_of(bytes, &class_bytes);
    pthread_mutex_lock(&mutex);
    if (most_pooled == 0) {
        long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
        most_pooled = pages > 0 && page_bytes > 0 ? (size_t)pages / 8 * (size_t)page_bytes : (size_t)1 << 30;
    }
    bytes_in_use -= class_bytes;
    // The pool would write to a block that may never have been touched.
    bool keep = bytes_pooled + class_bytes <= most_pooled && !(zeros && class_bytes >= MAPPED_BYTES);
    if (keep) {
        ASAN_UNPOISON_MEMORY_REGION(memory, class_bytes);
        ((block *)memory)->next = idle[class];
        idle[class] = memory;
        bytes_pooled += class_bytes;
        ASAN_POISON_MEMORY_REGION(memory, class_bytes);
    }
    pthread_mutex_unlock(&mutex);
    if (!keep) {
        ASAN_UNPOISON_MEMORY_REGION(memory, class_bytes);
        free_memory(memory, class_bytes);
    }
}

void unroll_release(void *memory, size_t bytes) { release(memory, bytes, false); }

void unroll_release_zeros(void *memory, size_t bytes) { release(memory, bytes, true); }

size_t unroll_bytes_in_use(void) {
    pthread_mutex_lock(&mutex);
    size_t bytes = bytes_in_use;
    pthread_mutex_unlock(&mutex);
    return bytes;
}

size_t unroll_bytes_pooled(void) {
    pthread_mutex_lock(&mutex);
    size_t bytes = bytes_pooled;
    pthread_mutex_unlock(&mutex);
    return bytes;
}

void unroll_trim(void) {
    pthread_mutex_lock(&mutex);
    free_idle_blocks();
    pthread_mutex_unlock(&mutex);
}
