// How many processors this process may use.
#ifndef UNROLL_PROCESSORS_H
#define UNROLL_PROCESSORS_H

#include <stddef.h>

/// Processors in the affinity mask of this process (on a Mac, its performance cores).
ptrdiff_t unroll_affine_processors(void);

/// The cgroup quota in whole processors, rounded up: `membership` is /proc/self/cgroup, `root` where cgroups are mounted. PTRDIFF_MAX where
/// there is none.
ptrdiff_t unroll_quota_processors(const char *membership, const char *root);

#endif
