// The vector kernels, the matrix products and the thread pool of Unroll.
//
// Every kernel takes the scalar type first and untyped buffers after it; lengths count elements, never bytes. All buffers are
// dense and row-major unless a stride is passed. Kernels never allocate what they return and never fail: whoever calls has
// checked the shapes.
//
// What holds for all of them:
//  - an element's result does not depend on its position, on the number of rows beside it, or on the number of threads;
//  - a sum runs over a fixed number of logical lanes (by index) or in index order; it is never split between threads.
#ifndef CUNROLLKERNELS_H
#define CUNROLLKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum unroll_scalar { UNROLL_FLOAT32 = 0, UNROLL_FLOAT64 = 1 } unroll_scalar;

// MARK: - Instruction sets

/// The name of the instruction set in use: "portable", "avx2", "avx512" or "neon". The environment variable
/// UNROLL_INSTRUCTIONS chooses a lower one at start-up.
const char *unroll_instruction_set(void);
/// Chooses an instruction set by name for the calling thread; returns false, changing nothing, where the processor or the build lacks it.
/// What was packed under one set must not be read under another.
bool unroll_select_instruction_set(const char *name);

// MARK: - Memory

/// 64-byte aligned memory from a pool of size classes; never returns NULL (the process ends with a message when the system has none left).
void *unroll_allocate(size_t bytes);
/// The same, all zeros. A large block takes no memory before it is touched.
void *unroll_allocate_zeros(size_t bytes);
/// Gives memory back to the pool; `bytes` is what was asked for.
void unroll_release(void *memory, size_t bytes);
/// The same for what unroll_allocate_zeros gave: a large block goes back to the system, since it may still take no memory.
void unroll_release_zeros(void *memory, size_t bytes);
/// Bytes now handed out, and bytes held for reuse.
size_t unroll_bytes_in_use(void);
size_t unroll_bytes_pooled(void);
/// Returns pooled memory to the system.
void unroll_trim(void);

// MARK: - Threads

/// The processors that this process may use: its affinity and its cgroup quota.
ptrdiff_t unroll_available_processors(void);
/// How many threads kernels use. Starts as UNROLL_THREADS from the environment, else `unroll_available_processors`.
ptrdiff_t unroll_threads(void);
void unroll_set_threads(ptrdiff_t count);

// MARK: - Element by element

typedef enum unroll_unary {
    UNROLL_NEGATE, UNROLL_EXP, UNROLL_LOG, UNROLL_SQRT, UNROLL_SQUARE, UNROLL_RECIPROCAL, UNROLL_ABS,
    UNROLL_SIGMOID, UNROLL_TANH, UNROLL_RELU, UNROLL_SOFTPLUS, UNROLL_GELU, UNROLL_SILU
} unroll_unary;
/// y = f(x); x and y may be the same buffer.
void unroll_apply(unroll_scalar, unroll_unary, ptrdiff_t count, const void *x, void *y);
/// dx = dy ⊙ f′(x), from x and y = f(x).
void unroll_apply_gradient(unroll_scalar, unroll_unary, ptrdiff_t count, const void *x, const void *y, const void *dy, void *dx);

typedef enum unroll_binary { UNROLL_ADD, UNROLL_SUBTRACT, UNROLL_MULTIPLY, UNROLL_DIVIDE, UNROLL_MAXIMUM, UNROLL_MINIMUM } unroll_binary;
/// y[r, c] = a[r, c] ∘ b[r, c] over `rows` × `columns`; y is dense, each operand has its own row stride and a column stride of 0
/// (one value a row) or 1.
void unroll_combine(unroll_scalar, unroll_binary, ptrdiff_t rows, ptrdiff_t columns,
                    const void *a, ptrdiff_t a_row_stride, ptrdiff_t a_column_stride,
                    const void *b, ptrdiff_t b_row_stride, ptrdiff_t b_column_stride, void *y);
/// y = scale · x + shift.
void unroll_affine(unroll_scalar, ptrdiff_t count, double scale, double shift, const void *x, void *y);
/// y = y + scale · x.
void unroll_accumulate(unroll_scalar, ptrdiff_t count, double scale, const void *x, void *y);
void unroll_fill(unroll_scalar, ptrdiff_t count, double value, void *y);
/// y[i] = condition[i] ≠ 0 ? a[i] : b[i].
void unroll_select(unroll_scalar, ptrdiff_t count, const uint8_t *condition, const void *a, const void *b, void *y);
/// Converts between scalar types.
void unroll_convert(unroll_scalar from, unroll_scalar to, ptrdiff_t count, const void *x, void *y);

// MARK: - Moving

/// Copies `rows` rows of `row_bytes` bytes between buffers with row strides in bytes.
void unroll_copy_rows(ptrdiff_t rows, size_t row_bytes, const void *x, size_t x_stride_bytes, void *y, size_t y_stride_bytes);
/// y (dense, of the permuted shape) = x with its axes permuted: axis i of y is axis axes[i] of x. Rank at most 8. Element width in bytes: 4 or 8.
void unroll_permute(size_t width, ptrdiff_t rank, const ptrdiff_t *x_shape, const ptrdiff_t *axes, const void *x, void *y);
/// y[i, :] = table[indices[i], :].
void unroll_gather_rows(unroll_scalar, ptrdiff_t count, ptrdiff_t width, const void *table, const int32_t *indices, void *y);
/// table[indices[i], :] += x[i, :], in the order of i.
void unroll_scatter_add_rows(unroll_scalar, ptrdiff_t count, ptrdiff_t width, const void *x, const int32_t *indices, void *table);

/// Lists of tokens laid end to end: list s ends before ends[s], and begins where the one before it ends. A token's row counts base + slope · ramp.
typedef struct unroll_token_lists {
    ptrdiff_t count;
    const int32_t *ends;    // [count]
    const int32_t *tokens;  // [ends[count - 1]]
    const float *bases, *slopes;
} unroll_token_lists;
/// y_t[s, k] = Σ_j (base_j + slope_j · ramp[k]) · x_t[token_j, k] over the tokens of list s, by each of `tables` tables x_t [rows, width].
void unroll_encode_lists(unroll_scalar, const unroll_token_lists *, ptrdiff_t tables, ptrdiff_t width, const void *ramp,
                         const void *const *x, void *const *y);
/// dx_t[token_j, k] += (base_j + slope_j · ramp[k]) · dy_t[s, k], in the order of the tokens.
void unroll_encode_lists_gradient(unroll_scalar, const unroll_token_lists *, ptrdiff_t tables, ptrdiff_t width, const void *ramp,
                                  const void *const *dy, void *const *dx);

// MARK: - Reductions

typedef enum unroll_reduction { UNROLL_SUM, UNROLL_MAX } unroll_reduction;
/// y[o, i] = Σ_a x[o, a, i] (or the maximum).
void unroll_reduce(unroll_scalar, unroll_reduction, ptrdiff_t outer, ptrdiff_t axis, ptrdiff_t inner, const void *x, void *y);
/// Σ x² in double precision: of blocks of fixed size, whose sums are added in their order.
double unroll_sum_of_squares(unroll_scalar, ptrdiff_t count, const void *x);
/// Whether every element is finite.
bool unroll_all_finite(unroll_scalar, ptrdiff_t count, const void *x);
/// The index of the first largest element of each row.
void unroll_argmax(unroll_scalar, ptrdiff_t rows, ptrdiff_t columns, const void *x, int32_t *y);

// MARK: - Random numbers (Philox 4×32-10: element i is a function of (key, i) alone)

/// Uniform in [low, high).
void unroll_random_uniform(unroll_scalar, ptrdiff_t count, uint64_t key, double low, double high, void *y);
/// Normal with the given mean and deviation.
void unroll_random_normal(unroll_scalar, ptrdiff_t count, uint64_t key, double mean, double deviation, void *y);
/// Inverted dropout: y[i] = keep(key, i) ? x[i] / (1 − probability) : 0. Its own gradient when applied to dy with the same key.
void unroll_dropout(unroll_scalar, ptrdiff_t count, uint64_t key, double probability, const void *x, void *y);
/// Four 32-bit words of the Philox block (key, counter).
void unroll_philox(uint64_t key, uint64_t counter, uint32_t *words);

// MARK: - Matrix products
//
// c[i, j] = start + Σ_k a[i, k] b[k, j], summed over k in index order. start is c itself (accumulate), the bias of column j, or 0.
// a[i, k] lies at a[i · a_row + k · a_column]; b[k, j] at b[k · b_row + j · b_column]; c has unit column stride.

/// The bytes that a packed copy of a k × n matrix takes.
size_t unroll_packed_bytes(unroll_scalar, ptrdiff_t k, ptrdiff_t n);
void unroll_pack(unroll_scalar, ptrdiff_t k, ptrdiff_t n, const void *b, ptrdiff_t b_row, ptrdiff_t b_column, void *packed);
/// Columns first..<first + count of the packed matrix, one after the other: b [count, k].
void unroll_unpack(unroll_scalar, ptrdiff_t k, ptrdiff_t first, ptrdiff_t count, const void *packed, void *b);
void unroll_product_packed(unroll_scalar, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const void *a, ptrdiff_t a_row, ptrdiff_t a_column,
                           const void *packed, const void *bias, bool accumulate, void *c, ptrdiff_t c_row);
/// Elements of fewer bits: integers from -127 to 127 with a factor for each column, and the upper halves of single-precision numbers.
typedef enum unroll_narrow { UNROLL_INT8, UNROLL_BFLOAT16 } unroll_narrow;
/// A packed copy whose elements are the nearest that the type has. `scales`, one for each of the n columns, are for UNROLL_INT8, and NULL otherwise.
size_t unroll_packed_narrow_bytes(unroll_scalar, unroll_narrow, ptrdiff_t k, ptrdiff_t n);
void unroll_pack_narrow(unroll_scalar, unroll_narrow, ptrdiff_t k, ptrdiff_t n, const void *b, ptrdiff_t b_row, ptrdiff_t b_column,
                        const void *scales, void *packed);
/// Columns of the rounded matrix, as unroll_unpack has them; `scales` are those of all columns.
void unroll_unpack_narrow(unroll_scalar, unroll_narrow, ptrdiff_t k, ptrdiff_t first, ptrdiff_t count, const void *packed, const void *scales,
                          void *b);
/// The product with the rounded matrix, to the bit.
void unroll_product_narrow(unroll_scalar, unroll_narrow, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const void *a, ptrdiff_t a_row,
                           ptrdiff_t a_column, const void *packed, const void *scales, const void *bias, bool accumulate, void *c,
                           ptrdiff_t c_row);
/// A packed copy for products of integers alone: each element the nearest integer from -127 to 127 times its column's factor.
size_t unroll_packed_integer_bytes(unroll_scalar, ptrdiff_t k, ptrdiff_t n);
void unroll_pack_integers(unroll_scalar, ptrdiff_t k, ptrdiff_t n, const void *b, ptrdiff_t b_row, ptrdiff_t b_column, const void *scales,
                          void *packed);
void unroll_unpack_integers(unroll_scalar, ptrdiff_t k, ptrdiff_t first, ptrdiff_t count, const void *packed, const void *scales, void *b);
/// The same with a rounded too, each row to integers q from -63 to 63 times a factor of its own, s = max |a[i, k]| / 63:
/// c[i, j] = start + (Σ_k q[i, k] b[k, j] / scales[j]) · (s scales[j]). The rows of a are contiguous.
void unroll_product_integers(unroll_scalar, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const void *a, ptrdiff_t a_row, const void *packed,
                             const void *scales, const void *bias, bool accumulate, void *c, ptrdiff_t c_row);
void unroll_product(unroll_scalar, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const void *a, ptrdiff_t a_row, ptrdiff_t a_column,
                    const void *b, ptrdiff_t b_row, ptrdiff_t b_column, const void *bias, bool accumulate, void *c, ptrdiff_t c_row);
/// `batch` independent products at fixed distances.
void unroll_product_batched(unroll_scalar, ptrdiff_t batch, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k,
                            const void *a, ptrdiff_t a_batch, ptrdiff_t a_row, ptrdiff_t a_column,
                            const void *b, ptrdiff_t b_batch, ptrdiff_t b_row, ptrdiff_t b_column,
                            bool accumulate, void *c, ptrdiff_t c_batch, ptrdiff_t c_row);

// MARK: - Rows: softmax, normalisation, cross entropy

/// y[r, :] = softmax(x[r, :]) over the first lengths[r] columns (all of them where `lengths` is NULL); the others become 0.
void unroll_softmax(unroll_scalar, ptrdiff_t rows, ptrdiff_t columns, const void *x, const int32_t *lengths, void *y);
/// dx = y ⊙ (dy − Σ dy ⊙ y).
void unroll_softmax_gradient(unroll_scalar, ptrdiff_t rows, ptrdiff_t columns, const void *y, const void *dy, void *dx);
/// y[r, :] = x[r, :] − log Σ exp x[r, :].
void unroll_log_softmax(unroll_scalar, ptrdiff_t rows, ptrdiff_t columns, const void *x, void *y);
/// dx = dy − exp(y) · Σ dy.
void unroll_log_softmax_gradient(unroll_scalar, ptrdiff_t rows, ptrdiff_t columns, const void *y, const void *dy, void *dx);
/// y = scale ⊙ (x − mean) / √(variance + epsilon) + shift; keeps the normalised rows and 1/√(…) of each row for the gradient.
void unroll_layer_norm(unroll_scalar, ptrdiff_t rows, ptrdiff_t columns, const void *x, const void *scale, const void *shift,
                       double epsilon, void *normalised, void *inverse_deviation, void *y);
/// dx, dscale and dshift of the layer norm.
void unroll_layer_norm_gradient(unroll_scalar, ptrdiff_t rows, ptrdiff_t columns, const void *normalised, const void *inverse_deviation,
                                const void *scale, const void *dy, void *dx, void *dscale, void *dshift);
/// Cross entropy of rows of logits against smoothed targets: q = (1 − ε) onehot(target) + ε / columns; a negative target leaves its row out.
/// losses[r] = −Σ q log softmax(x[r, :]), 0 for a row left out; the logits become scale (softmax(x) − q), 0 for a row left out.
void unroll_cross_entropy(unroll_scalar, ptrdiff_t rows, ptrdiff_t columns, const int32_t *targets, double smoothing, double scale,
                          void *logits, void *losses);

// MARK: - Attention
//
// One query a batch element over `time` keys: scores, softmax over the first lengths[b] of them, Σ weights · values.
// query [batch, key_width], keys [time, batch, key_width], values [time, batch, value_width], weights [batch, time].

typedef enum unroll_score {
    UNROLL_SCORE_DOT,      // scale · query · key
    UNROLL_SCORE_ADDITIVE  // v · tanh(query + key)
} unroll_score;
typedef struct unroll_attention_shape {
    unroll_score score;
    bool linear;  // the weights are the scores themselves, without the softmax
    double scale;
    ptrdiff_t time, batch, key_width, value_width;
    ptrdiff_t slots;         // so many keys share the softmax: those behind a row's length have score and value 0; 0 for none
    const int32_t *lengths;  // [batch], or NULL
} unroll_attention_shape;
void unroll_attention_forward(unroll_scalar, const unroll_attention_shape *, const void *query, const void *keys, const void *v,
                              const void *values, void *weights, void *context);
/// Writes dquery and dv; adds to dkeys and dvalues where `accumulate` says so, else writes them. dweights may be NULL; v and dv are NULL for the dot score.
void unroll_attention_backward(unroll_scalar, const unroll_attention_shape *, const void *query, const void *keys, const void *v,
                               const void *values, const void *weights, const void *dcontext, const void *dweights,
                               void *dquery, void *dkeys, bool accumulate_dkeys, void *dv, void *dvalues, bool accumulate_dvalues);

// Several heads over whole sequences: for each head, row and query the scores scale · query · key, softmax over the first lengths[b] keys and, where it
// is causal, over no more than query + 1 + source − target of them, and Σ weights · values.
// queries [target, batch, heads · width], keys [source, batch, heads · width], values [source, batch, heads · value_width], contexts
// [target, batch, heads · value_width], weights [batch, heads, target, source]. What the sums weigh by is dropout of the weights, which keep their values.

typedef struct unroll_heads_shape {
    double scale;
    ptrdiff_t target, source, batch, heads, width, value_width;
    bool causal;
    const int32_t *lengths;  // [batch], or NULL
    double dropout;          // the probability
    uint64_t key;            // what it is drawn from
} unroll_heads_shape;
void unroll_heads_forward(unroll_scalar, const unroll_heads_shape *, const void *queries, const void *keys, const void *values,
                          void *weights, void *contexts);
/// dweights may be NULL.
void unroll_heads_backward(unroll_scalar, const unroll_heads_shape *, const void *queries, const void *keys, const void *values,
                           const void *weights, const void *dcontexts, const void *dweights, void *dqueries, void *dkeys, void *dvalues);

// One query for each row, over keys and values that lie where a list says: row r reads places[starts[r] ..< starts[r] + counts[r]] of them. Each result
// is the same sum as that of heads_forward.
// queries [rows, heads · width], keys [places, heads · width], values [places, heads · value_width], contexts [rows, heads · value_width], weights
// [rows, heads, longest], 0 behind a row's count.

typedef struct unroll_heads_lists {
    double scale;
    ptrdiff_t rows, heads, width, value_width;
    ptrdiff_t longest;  // the largest count
    const int32_t *places, *starts, *counts;
} unroll_heads_lists;
/// weights may be NULL.
void unroll_heads_read(unroll_scalar, const unroll_heads_lists *, const void *queries, const void *keys, const void *values, void *weights,
                       void *contexts);

// MARK: - Memories that are written
//
// A memory of `slots` rows of `width` numbers for each batch element: [batch, slots, width].

typedef struct unroll_addressing {
    ptrdiff_t batch, slots, width, shifts;
} unroll_addressing;
/// Where a head attends next. said [batch, width + 3 + shifts]: the key, then what becomes strength, gate, sharpness and shifts; previous, weights
/// [batch, slots]; kept [batch, 5, slots] is read on the way back.
void unroll_addressing_forward(unroll_scalar, const unroll_addressing *, const void *memory, const void *said, const void *previous,
                               void *kept, void *weights);
/// Writes dsaid and dprevious; adds to dmemory where `accumulate` says so, else writes it.
void unroll_addressing_backward(unroll_scalar, const unroll_addressing *, const void *memory, const void *said, const void *previous,
                                const void *kept, const void *weights, const void *dweights, void *dmemory, bool accumulate, void *dsaid,
                                void *dprevious);
/// y[b, i, :] = memory[b, i, :] ⊙ (1 − weights[b, i] erase[b, :]) + weights[b, i] add[b, :].
void unroll_memory_write(unroll_scalar, const unroll_addressing *, const void *memory, const void *weights, const void *erase,
                         const void *add, void *y);
/// Writes dweights, derase and dadd; adds to dmemory where `accumulate` says so, else writes it.
void unroll_memory_write_gradient(unroll_scalar, const unroll_addressing *, const void *memory, const void *weights, const void *erase,
                                  const void *add, const void *dy, void *dmemory, bool accumulate, void *dweights, void *derase, void *dadd);
/// y[b, :] = Σ weights[b, i] memory[b, i, :], y [batch, width].
void unroll_memory_read(unroll_scalar, const unroll_addressing *, const void *memory, const void *weights, void *y);
/// Writes dweights; adds to dmemory where `accumulate` says so, else writes it.
void unroll_memory_read_gradient(unroll_scalar, const unroll_addressing *, const void *memory, const void *weights, const void *dy,
                                 void *dmemory, bool accumulate, void *dweights);

// MARK: - Recurrence
//
// A whole sequence in one call and one parallel region. `inputs` holds x(t) W_ihᵀ + b for every step, computed beforehand.
// States are kept for time + 1 slots: forward in time, slot t holds the state before step t and slot t + 1 the one after;
// reversed, slot t + 1 holds the state before step t and slot t the one after. A row whose length is reached keeps its state, and its
// output there is 0. The first slot (the last one when reversed) is the initial state and is set by the caller.
// Packed weights come from unroll_pack_recurrent. `gates` gets the values of the gates, which the way back reads: it may be the inputs
// themselves, or NULL where there is no way back.

typedef struct unroll_sequence {
    ptrdiff_t time, batch, hidden;
    bool reversed;
    const int32_t *lengths;  // [batch], or NULL where every row has `time` steps
} unroll_sequence;

/// Bytes and packing of a recurrent weight W [gates · hidden, hidden] (PyTorch's layout). `transposed` is what the backward pass reads.
/// Gates are packed apart, so that a thread that owns a slice of the units reads all gates of that slice.
size_t unroll_packed_recurrent_bytes(unroll_scalar, ptrdiff_t gates, ptrdiff_t hidden);
void unroll_pack_recurrent(unroll_scalar, ptrdiff_t gates, ptrdiff_t hidden, bool transposed, const void *weight, void *packed);

/// Gates i, f, g, o. inputs, gates [time, batch, 4 hidden]; the gates after their non-linearities (i, f, o = σ; g = tanh).
/// hidden_states, cell_states [time + 1, batch, hidden]; outputs [time, batch, hidden], or NULL where lengths is NULL and the caller reads the states.
void unroll_lstm_forward(unroll_scalar, const unroll_sequence *, const void *packed, const void *inputs, void *gates,
                         void *hidden_states, void *cell_states, void *outputs);
/// doutputs [time, batch, hidden] or NULL; dhidden, dcell [batch, hidden]: on entry the gradient of the final state, on return that of the initial state.
/// `gates` becomes the gradient before the non-linearities. dhidden_steps, dcell_steps [time, batch, hidden] or NULL: the loss's gradient
/// with respect to the state after each step (h and c), for those who look inside.
void unroll_lstm_backward(unroll_scalar, const unroll_sequence *, const void *packed_transposed, void *gates, const void *cell_states,
                          const void *doutputs, void *dhidden, void *dcell, void *dhidden_steps, void *dcell_steps);

/// Gates r, z, n. h = z ⊙ h' + (1 − z) ⊙ n. Without reset_after: n = tanh(inputs_n + U_n(r ⊙ h')); with it: n = tanh(inputs_n + r ⊙ (U_n h' + recurrent_bias_n)).
/// recurrent_bias [hidden] belongs to n and is read with reset_after only. inputs, gates [time, batch, 3 hidden]; the gates after their
/// non-linearities. `products` [time, batch, hidden] keeps r ⊙ h', or U_n h' + b with reset_after, for the backward pass; NULL where gates is.
void unroll_gru_forward(unroll_scalar, const unroll_sequence *, bool reset_after, const void *packed, const void *recurrent_bias,
                        const void *inputs, void *gates, void *products, void *hidden_states, void *outputs);
/// `gates` becomes the gradient before the non-linearities (with respect to inputs). With reset_after `products` becomes the gradient with respect to
/// U_n h' + b; without it, it is left as it is (r ⊙ h', what dU_n is made of).
void unroll_gru_backward(unroll_scalar, const unroll_sequence *, bool reset_after, const void *packed_transposed, void *gates, void *products,
                         const void *hidden_states, const void *doutputs, void *dhidden, void *dhidden_steps);

/// h = f(inputs + U h'), f = tanh or relu; the gates are f's values.
void unroll_rnn_forward(unroll_scalar, const unroll_sequence *, bool relu, const void *packed, const void *inputs, void *gates,
                        void *hidden_states, void *outputs);
/// `gates` holds f's values (as forward left them) and becomes the gradient before the non-linearity.
void unroll_rnn_backward(unroll_scalar, const unroll_sequence *, bool relu, const void *packed_transposed, void *gates,
                         const void *doutputs, void *dhidden, void *dhidden_steps);

/// Multiplicative LSTM: inputs [time, batch, 5 hidden] are u = x W_mx and the gates' i, f, g, o; m = u ⊙ (W_mh h') takes the place of h' in an
/// LSTM's step. packed_transition is W_mh, packed with one gate, and packed the gates' weight. `gates` [time, batch, 5 hidden] gets the gates'
/// values and keeps u, so it may be the inputs themselves; `products` and `factors` [time, batch, hidden] keep W_mh h' and m. All three are
/// NULL where there is no way back.
void unroll_mlstm_forward(unroll_scalar, const unroll_sequence *, const void *packed_transition, const void *packed, const void *inputs,
                          void *gates, void *products, void *factors, void *hidden_states, void *cell_states, void *outputs);
/// As unroll_lstm_backward. `gates`, with u before its gates, becomes the gradient with respect to inputs, `products` that with respect to W_mh h'.
void unroll_mlstm_backward(unroll_scalar, const unroll_sequence *, const void *packed_transition_transposed, const void *packed_transposed,
                           void *gates, void *products, const void *cell_states, const void *doutputs, void *dhidden, void *dcell,
                           void *dhidden_steps, void *dcell_steps);

/// The buffers of a HyperLSTM with n = hidden units whose small LSTM has m, and codes of w numbers for each of 12 blocks: what scales the gates' sums
/// from h' (4 blocks, i, f, g, o), what scales those from x (4), and what is added (4). Weights are packed by unroll_pack.
typedef struct unroll_hyper_lstm {
    ptrdiff_t small, embedding;  // m, w
    // Forward [n, 4n], [n, 4m], [m, 4m] and [m, 12w]: h' for the large gates and for the small ones, ĥ' for the small gates, ĥ for the codes.
    // Backward their transposes.
    const void *packed_hidden, *packed_from_hidden, *packed_small, *packed_embedding;
    const void *embedding_bias;  // [12w]
    const void *modulation;      // [12, w, n]
    const void *bias;            // [4n]
    const void *inputs;          // [time, batch, 4n + 4m]: x W of the large gates, and x W + b of the small ones
    // Of all steps where keeps_steps, else of one: the values of the gates [batch, 4n + 4m], W_h h' [batch, 4n], and the codes [batch, 12w].
    bool keeps_steps;
    void *gates, *products, *codes;
    void *hidden_states, *cell_states, *small_hidden_states, *small_cell_states;  // [time + 1, batch, n or m]
    void *outputs;                                                                // [time, batch, n], or NULL as in unroll_lstm_forward
    // Backward alone. `gates` becomes the gradient of inputs, `products` that of W_h h'.
    const void *doutputs;                                    // or NULL
    void *dhidden, *dcell, *dsmall_hidden, *dsmall_cell;     // [batch, n or m]: of the final states, then of the initial ones
    void *dcodes;                                            // [time, batch, 12w]
    void *dmodulation, *dbias;                               // added to
    void *dhidden_steps, *dcell_steps;                       // [time, batch, n] or NULL, as in unroll_lstm_backward
} unroll_hyper_lstm;
void unroll_hyper_lstm_forward(unroll_scalar, const unroll_sequence *, const unroll_hyper_lstm *);
void unroll_hyper_lstm_backward(unroll_scalar, const unroll_sequence *, const unroll_hyper_lstm *);

// MARK: - Optimisers
//
// One parameter's update in place. gradient may be NULL, which stands for zeros (the rows of an embedding that no token used); it is
// multiplied by scale first, which is how clipping by norm costs no walk of its own.

void unroll_sgd(unroll_scalar, ptrdiff_t count, double rate, double momentum, bool nesterov, double weight_decay, double scale,
                const void *gradient, void *velocity /* NULL without momentum */, void *weights);
/// correction1 = 1 − β1^t, correction2 = 1 − β2^t. Decoupled: AdamW's weight decay; else it is added to the gradient.
void unroll_adam(unroll_scalar, ptrdiff_t count, double rate, double beta1, double beta2, double epsilon, double correction1, double correction2,
                 double weight_decay, bool decoupled, double scale, const void *gradient, void *first, void *second, void *weights);
void unroll_adadelta(unroll_scalar, ptrdiff_t count, double rate, double rho, double epsilon, double weight_decay, double scale,
                     const void *gradient, void *square_average, void *update_average, void *weights);
void unroll_rmsprop(unroll_scalar, ptrdiff_t count, double rate, double alpha, double epsilon, double momentum, double weight_decay,
                    double scale, const void *gradient, void *square_average, void *velocity /* NULL without momentum */, void *weights);

#ifdef __cplusplus
}
#endif
#endif
