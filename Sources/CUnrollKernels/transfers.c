// What moves and converts elements whatever the instruction set, and the scalar form of Philox.
#include <string.h>

#include "CUnrollKernels.h"
#include "parallel.h"
#include "philox.h"

#define BYTES_A_THREAD ((size_t)65536)
#define MOST_AXES 8
#define TILE 16

void unroll_philox(uint64_t key, uint64_t counter, uint32_t *words) {
    uint32_t word[4] = {(uint32_t)counter, (uint32_t)(counter >> 32), 0, 0};
    uint32_t key_0 = (uint32_t)key, key_1 = (uint32_t)(key >> 32);
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        uint64_t product_0 = (uint64_t)word[0] * PHILOX_MULTIPLIER_0, product_1 = (uint64_t)word[2] * PHILOX_MULTIPLIER_1;
        word[0] = (uint32_t)(product_1 >> 32) ^ word[1] ^ key_0;
        word[1] = (uint32_t)product_1;
        word[2] = (uint32_t)(product_0 >> 32) ^ word[3] ^ key_1;
        word[3] = (uint32_t)product_0;
        key_0 += PHILOX_KEY_STEP_0;
        key_1 += PHILOX_KEY_STEP_1;
    }
    memcpy(words, word, sizeof word);
}

// MARK: - Converting

typedef struct convert_task {
    unroll_scalar from, to;
    ptrdiff_t count;
    const void *x;
    void *y;
} convert_task;

static void convert_body(void *context, ptrdiff_t thread, ptrdiff_t threads) {
    const convert_task *task = context;
    ptrdiff_t first, last;
    range_of(task->count, 64, thread, threads, &first, &last);
    if (task->from == UNROLL_FLOAT32) {
        const float *x = task->x;
        double *y = task->y;
        for (ptrdiff_t i = first; i < last; i++) y[i] = (double)x[i];
    } else {
        const double *x = task->x;
        float *y = task->y;
        for (ptrdiff_t i = first; i < last; i++) y[i] = (float)x[i];
    }
}

void unroll_convert(unroll_scalar from, unroll_scalar to, ptrdiff_t count, const void *x, void *y) {
    if (from == to) {
        if (count > 0) memmove(y, x, (size_t)count * (from == UNROLL_FLOAT32 ? sizeof(float) : sizeof(double)));
        return;
    }
    unsigned long mode = unroll_enter_kernel();
    convert_task task = {from, to, count, x, y};
    unroll_parallel((ptrdiff_t)((size_t)count * sizeof(double) / BYTES_A_THREAD), convert_body, &task);
    unroll_leave_kernel(mode);
}

// MARK: - Copying rows

typedef struct copy_task {
    ptrdiff_t rows;
    size_t row_bytes;
    const char *x;
    size_t x_stride;
    char *y;
    size_t y_stride;
} copy_task;

static void copy_body(void *context, ptrdiff_t thread, ptrdiff_t threads) {
    const copy_task *task = context;
    ptrdiff_t first, last;
    range_of(task->rows, 1, thread, threads, &first, &last);
    for (ptrdiff_t r = first; r < last; r++) {
        memcpy(task->y + (size_t)r * task->y_stride, task->x + (size_t)r * task->x_stride, task->row_bytes);
    }
}

void unroll_copy_rows(ptrdiff_t rows, size_t row_bytes, const void *x, size_t x_stride_bytes, void *y, size_t y_stride_bytes) {
    if (rows <= 0 || row_bytes == 0) return;
    copy_task task = {rows, row_bytes, x, x_stride_bytes, y, y_stride_bytes};
    unroll_parallel((ptrdiff_t)((size_t)rows * row_bytes / BYTES_A_THREAD), copy_body, &task);
}

// MARK: - Permuting axes

/// y's axes from the outermost in, with their lengths and their strides (in elements) in x and y. The last two are walked in tiles: the
/// innermost axis of y, and the one that is innermost in x.
typedef struct permute_task {
    size_t width;
    ptrdiff_t axes;
    ptrdiff_t lengths[MOST_AXES], x_strides[MOST_AXES], y_strides[MOST_AXES];
    const char *x;
    char *y;
} permute_task;

static void permute_plane(const permute_task *task, const char *x, char *y) {
    ptrdiff_t rows = task->lengths[task->axes - 2], columns = task->lengths[task->axes - 1];
    ptrdiff_t x_row = task->x_strides[task->axes - 2], x_column = task->x_strides[task->axes - 1];
    ptrdiff_t y_row = task->y_strides[task->axes - 2];
    if (x_column == 1) {
        for (ptrdiff_t r = 0; r < rows; r++) {
            memcpy(y + (size_t)(r * y_row) * task->width, x + (size_t)(r * x_row) * task->width, (size_t)columns * task->width);
        }
        return;
    }
    for (ptrdiff_t first_row = 0; first_row < rows; first_row += TILE) {
        ptrdiff_t last_row = first_row + TILE < rows ? first_row + TILE : rows;
        for (ptrdiff_t first = 0; first < columns; first += TILE) {
            ptrdiff_t last = first + TILE < columns ? first + TILE : columns;
            for (ptrdiff_t r = first_row; r < last_row; r++) {
                if (task->width == 4) {
                    const uint32_t *from = (const uint32_t *)x + r * x_row;
                    uint32_t *to = (uint32_t *)y + r * y_row;
                    for (ptrdiff_t c = first; c < last; c++) to[c] = from[c * x_column];
                } else {
                    const uint64_t *from = (const uint64_t *)x + r * x_row;
                    uint64_t *to = (uint64_t *)y + r * y_row;
                    for (ptrdiff_t c = first; c < last; c++) to[c] = from[c * x_column];
                }
            }
        }
    }
}

static void permute_body(void *context, ptrdiff_t thread, ptrdiff_t threads) {
    const permute_task *task = context;
    ptrdiff_t planes = 1, first, last;
    for (ptrdiff_t axis = 0; axis < task->axes - 2; axis++) planes *= task->lengths[axis];
    if (planes < threads) {
        // Few planes: share the rows of each.
        permute_task part = *task;
        ptrdiff_t row_axis = task->axes - 2;
        range_of(task->lengths[row_axis], TILE, thread, threads, &first, &last);
        part.lengths[row_axis] = last - first;
        part.x += (size_t)(first * task->x_strides[row_axis]) * task->width;
        part.y += (size_t)(first * task->y_strides[row_axis]) * task->width;
        if (first < last) permute_body(&part, 0, 1);
        return;
    }
    range_of(planes, 1, thread, threads, &first, &last);
    for (ptrdiff_t plane = first; plane < last; plane++) {
        ptrdiff_t rest = plane, x_offset = 0, y_offset = 0;
        for (ptrdiff_t axis = task->axes - 3; axis >= 0; axis--) {
            ptrdiff_t index = rest % task->lengths[axis];
            rest /= task->lengths[axis];
            x_offset += index * task->x_strides[axis];
            y_offset += index * task->y_strides[axis];
        }
        permute_plane(task, task->x + (size_t)x_offset * task->width, task->y + (size_t)y_offset * task->width);
    }
}

void unroll_permute(size_t width, ptrdiff_t rank, const ptrdiff_t *x_shape, const ptrdiff_t *axes, const void *x, void *y) {
    ptrdiff_t strides[MOST_AXES], count = 1;
    for (ptrdiff_t axis = rank - 1; axis >= 0; axis--) {
        strides[axis] = count;
        count *= x_shape[axis];
    }
    if (count == 0) return;
    // Axes of length 1 vanish, and neighbours that stay neighbours become one.
    permute_task task = {.width = width, .axes = 0, .x = x, .y = y};
    for (ptrdiff_t i = 0; i < rank; i++) {
        ptrdiff_t length = x_shape[axes[i]], stride = strides[axes[i]];
        if (length == 1) continue;
        ptrdiff_t previous = task.axes - 1;
        if (previous >= 0 && task.x_strides[previous] == stride * length) {
            task.lengths[previous] *= length;
            task.x_strides[previous] = stride;
        } else {
            task.lengths[task.axes] = length;
            task.x_strides[task.axes++] = stride;
        }
    }
    if (task.axes < 2) {
        // A scalar or one row: what is left is a copy.
        memcpy(y, x, (size_t)count * width);
        return;
    }
    ptrdiff_t stride = 1;
    for (ptrdiff_t axis = task.axes - 1; axis >= 0; axis--) {
        task.y_strides[axis] = stride;
        stride *= task.lengths[axis];
    }
    ptrdiff_t innermost_in_x = task.axes - 1;
    for (ptrdiff_t axis = 0; axis < task.axes; axis++) {
        if (task.x_strides[axis] == 1) innermost_in_x = axis;
    }
    if (innermost_in_x < task.axes - 2) {
        ptrdiff_t row_axis = task.axes - 2;
        ptrdiff_t length = task.lengths[row_axis], x_stride = task.x_strides[row_axis], y_stride = task.y_strides[row_axis];
        task.lengths[row_axis] = task.lengths[innermost_in_x];
        task.x_strides[row_axis] = task.x_strides[innermost_in_x];
        task.y_strides[row_axis] = task.y_strides[innermost_in_x];
        task.lengths[innermost_in_x] = length;
        task.x_strides[innermost_in_x] = x_stride;
        task.y_strides[innermost_in_x] = y_stride;
    }
    unroll_parallel((ptrdiff_t)((size_t)count * width / BYTES_A_THREAD), permute_body, &task);
}
