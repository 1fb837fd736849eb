#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#elif defined(__APPLE__)
#include <sys/sysctl.h>
#endif
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "CUnrollKernels.h"
#include "processors.h"

#define PATH_BYTES 4096

ptrdiff_t unroll_affine_processors(void) {
#if defined(__linux__)
    // The kernel refuses a mask smaller than its own; grow it until it fits.
    for (int processors = 1024; processors <= 1 << 20; processors *= 4) {
        cpu_set_t *mask = CPU_ALLOC(processors);
        if (mask == NULL) break;
        size_t bytes = CPU_ALLOC_SIZE(processors);
        int count = sched_getaffinity(0, bytes, mask) == 0 ? CPU_COUNT_S(bytes, mask) : 0;
        CPU_FREE(mask);
        if (count > 0) return count;
    }
#elif defined(__APPLE__)
    // Work is split evenly, so an efficiency core among the threads would hold up all the others.
    int count = 0;
    size_t bytes = sizeof count;
    if (sysctlbyname("hw.perflevel0.physicalcpu", &count, &bytes, NULL, 0) == 0 && count > 0) return count;
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (ptrdiff_t)online : 1;
}

static ptrdiff_t whole_processors(long long quota, long long period) {
    if (quota <= 0 || period <= 0) return PTRDIFF_MAX;
    return (ptrdiff_t)((quota + period - 1) / period);
}

static bool read_text(const char *path, char *text, size_t bytes) {
    FILE *file = fopen(path, "re");
    if (file == NULL) return false;
    size_t count = fread(text, 1, bytes - 1, file);
    fclose(file);
    text[count] = 0;
    return count > 0;
}

/// The quota that one group sets: cpu.max (version 2), or cpu.cfs_quota_us and cpu.cfs_period_us (version 1).
static ptrdiff_t quota_of_group(const char *root, const char *hierarchy, const char *group) {
    char path[PATH_BYTES + 64], text[128], period[128];
    snprintf(path, sizeof path, "%s%s%s/cpu.max", root, hierarchy, group);
    if (read_text(path, text, sizeof text)) {
        long long quota_microseconds, period_microseconds;
        if (sscanf(text, "%lld %lld", &quota_microseconds, &period_microseconds) == 2) {
            return whole_processors(quota_microseconds, period_microseconds);
        }
        return PTRDIFF_MAX;
    }
    snprintf(path, sizeof path, "%s%s%s/cpu.cfs_quota_us", root, hierarchy, group);
    if (!read_text(path, text, sizeof text)) return PTRDIFF_MAX;
    snprintf(path, sizeof path, "%s%s%s/cpu.cfs_period_us", root, hierarchy, group);
    if (!read_text(path, period, sizeof period)) return PTRDIFF_MAX;
    return whole_processors(atoll(text), atoll(period));
}

/// The least quota on the way from a group up to the root of its hierarchy.
static ptrdiff_t quota_on_path(const char *root, const char *hierarchy, char *group) {
    ptrdiff_t least = PTRDIFF_MAX;
    for (;;) {
        ptrdiff_t quota = quota_of_group(root, hierarchy, group);
        if (quota < least) least = quota;
        char *slash = strrchr(group, '/');
        if (slash == NULL) return least;
        *slash = 0;
    }
}

static bool lists_controller(const char *controllers, const char *name) {
    size_t length = strlen(name);
    for (const char *item = controllers; item != NULL; item = strchr(item, ',')) {
        if (*item == ',') item++;
        if (strncmp(item, name, length) == 0 && (item[length] == 0 || item[length] == ',')) return true;
    }
    return false;
}

ptrdiff_t unroll_quota_processors(const char *membership, const char *root) {
    FILE *file = fopen(membership, "re");
    if (file == NULL) return PTRDIFF_MAX;
    ptrdiff_t least = PTRDIFF_MAX;
    char line[PATH_BYTES];
    while (fgets(line, sizeof line, file) != NULL) {
        // "0::/group" (version 2) or "4:cpu,cpuacct:/group" (version 1).
        line[strcspn(line, "\n")] = 0;
        char *controllers = strchr(line, ':');
        if (controllers == NULL) continue;
        char *group = strchr(++controllers, ':');
        if (group == NULL) continue;
        *group++ = 0;
        if (strcmp(group, "/") == 0) *group = 0;
        char hierarchy[PATH_BYTES + 1] = "";
        if (*controllers != 0) {
            if (!lists_controller(controllers, "cpu")) continue;
            snprintf(hierarchy, sizeof hierarchy, "/%s", controllers);
        }
        ptrdiff_t quota = quota_on_path(root, hierarchy, group);
        if (quota < least) least = quota;
    }
    fclose(file);
    return least;
}

ptrdiff_t unroll_available_processors(void) {
    ptrdiff_t processors = unroll_affine_processors();
#if defined(__linux__)
    ptrdiff_t quota = unroll_quota_processors("/proc/self/cgroup", "/sys/fs/cgroup");
    if (quota < processors) processors = quota;
#endif
    return processors;
}
