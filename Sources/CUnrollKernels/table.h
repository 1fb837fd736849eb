// Every kernel once. From this list come the table of function pointers of an instruction set and a scalar, its entries, and the public
// functions unroll_<name>(scalar, …) that forward through it: a new kernel is one line here and one `static … NAME(name)(…)` in a part.
#ifndef UNROLL_TABLE_H
#define UNROLL_TABLE_H

#include "CUnrollKernels.h"

// ACTION(name, (parameters), (arguments)) returns nothing; VALUE(result, name, (parameters), (arguments)) returns something.
#define UNROLL_KERNELS(ACTION, VALUE) \
    UNROLL_ELEMENTWISE(ACTION) \
    UNROLL_MOVING(ACTION) \
    UNROLL_REDUCTIONS(ACTION, VALUE) \
    UNROLL_RANDOM(ACTION) \
    UNROLL_PRODUCTS(ACTION, VALUE) \
    UNROLL_OPTIMISERS(ACTION) \
    UNROLL_ROWS(ACTION) \
    UNROLL_ATTENTION(ACTION) \
    UNROLL_RECURRENCE(ACTION, VALUE)

#define UNROLL_ELEMENTWISE(ACTION) \
    ACTION(apply, (unroll_unary function, ptrdiff_t count, const void *x, void *y), (function, count, x, y)) \
    ACTION(apply_gradient, (unroll_unary function, ptrdiff_t count, const void *x, const void *y, const void *dy, void *dx), \
           (function, count, x, y, dy, dx)) \
    ACTION(combine, (unroll_binary function, ptrdiff_t rows, ptrdiff_t columns, const void *a, ptrdiff_t a_row, ptrdiff_t a_column, \
                     const void *b, ptrdiff_t b_row, ptrdiff_t b_column, void *y), \
           (function, rows, columns, a, a_row, a_column, b, b_row, b_column, y)) \
    ACTION(affine, (ptrdiff_t count, double scale, double shift, const void *x, void *y), (count, scale, shift, x, y)) \
    ACTION(accumulate, (ptrdiff_t count, double scale, const void *x, void *y), (count, scale, x, y)) \
    ACTION(fill, (ptrdiff_t count, double value, void *y), (count, value, y)) \
    ACTION(select, (ptrdiff_t count, const uint8_t *condition, const void *a, const void *b, void *y), (count, condition, a, b, y))

#define UNROLL_MOVING(ACTION) \
    ACTION(gather_rows, (ptrdiff_t count, ptrdiff_t width, const void *table, const int32_t *indices, void *y), \
           (count, width, table, indices, y)) \
    ACTION(scatter_add_rows, (ptrdiff_t count, ptrdiff_t width, const void *x, const int32_t *indices, void *table), \
           (count, width, x, indices, table)) \
    ACTION(encode_lists, (const unroll_token_lists *lists, ptrdiff_t tables, ptrdiff_t width, const void *ramp, \
                          const void *const *x, void *const *y), \
           (lists, tables, width, ramp, x, y)) \
    ACTION(encode_lists_gradient, (const unroll_token_lists *lists, ptrdiff_t tables, ptrdiff_t width, const void *ramp, \
                                   const void *const *dy, void *const *dtables), \
           (lists, tables, width, ramp, dy, dtables))

#define UNROLL_REDUCTIONS(ACTION, VALUE) \
    ACTION(reduce, (unroll_reduction reduction, ptrdiff_t outer, ptrdiff_t axis, ptrdiff_t inner, const void *x, void *y), \
           (reduction, outer, axis, inner, x, y)) \
    VALUE(double, sum_of_squares, (ptrdiff_t count, const void *x), (count, x)) \
    VALUE(bool, all_finite, (ptrdiff_t count, const void *x), (count, x)) \
    ACTION(argmax, (ptrdiff_t rows, ptrdiff_t columns, const void *x, int32_t *y), (rows, columns, x, y))

#define UNROLL_RANDOM(ACTION) \
    ACTION(random_uniform, (ptrdiff_t count, uint64_t key, double low, double high, void *y), (count, key, low, high, y)) \
    ACTION(random_normal, (ptrdiff_t count, uint64_t key, double mean, double deviation, void *y), (count, key, mean, deviation, y)) \
    ACTION(dropout, (ptrdiff_t count, uint64_t key, double probability, const void *x, void *y), (count, key, probability, x, y))

#define UNROLL_OPTIMISERS(ACTION) \
    ACTION(sgd, (ptrdiff_t count, double rate, double momentum, bool nesterov, double weight_decay, double scale, const void *gradient, \
                 void *velocity, void *weights), \
           (count, rate, momentum, nesterov, weight_decay, scale, gradient, velocity, weights)) \
    ACTION(adam, (ptrdiff_t count, double rate, double beta1, double beta2, double epsilon, double correction1, double correction2, \
                  double weight_decay, bool decoupled, double scale, const void *gradient, void *first, void *second, void *weights), \
           (count, rate, beta1, beta2, epsilon, correction1, correction2, weight_decay, decoupled, scale, gradient, first, second, weights)) \
    ACTION(adadelta, (ptrdiff_t count, double rate, double rho, double epsilon, double weight_decay, double scale, const void *gradient, \
                      void *square_average, void *update_average, void *weights), \
           (count, rate, rho, epsilon, weight_decay, scale, gradient, square_average, update_average, weights)) \
    ACTION(rmsprop, (ptrdiff_t count, double rate, double alpha, double epsilon, double momentum, double weight_decay, \
                     double scale, const void *gradient, void *square_average, void *velocity, void *weights), \
           (count, rate, alpha, epsilon, momentum, weight_decay, scale, gradient, square_average, velocity, weights))

#define UNROLL_PRODUCTS(ACTION, VALUE) \
    VALUE(size_t, packed_bytes, (ptrdiff_t k, ptrdiff_t n), (k, n)) \
    ACTION(pack, (ptrdiff_t k, ptrdiff_t n, const void *b, ptrdiff_t b_row, ptrdiff_t b_column, void *packed), \
           (k, n, b, b_row, b_column, packed)) \
    ACTION(unpack, (ptrdiff_t k, ptrdiff_t first, ptrdiff_t count, const void *packed, void *b), (k, first, count, packed, b)) \
    ACTION(product_packed, (ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const void *a, ptrdiff_t a_row, ptrdiff_t a_column, const void *packed, \
                            const void *bias, bool accumulate, void *c, ptrdiff_t c_row), \
           (m, n, k, a, a_row, a_column, packed, bias, accumulate, c, c_row)) \
    VALUE(size_t, packed_narrow_bytes, (unroll_narrow type, ptrdiff_t k, ptrdiff_t n), (type, k, n)) \
    ACTION(pack_narrow, (unroll_narrow type, ptrdiff_t k, ptrdiff_t n, const void *b, ptrdiff_t b_row, ptrdiff_t b_column, \
                         const void *scales, void *packed), \
           (type, k, n, b, b_row, b_column, scales, packed)) \
    ACTION(unpack_narrow, (unroll_narrow type, ptrdiff_t k, ptrdiff_t first, ptrdiff_t count, const void *packed, const void *scales, \
                           void *b), \
           (type, k, first, count, packed, scales, b)) \
    ACTION(product_narrow, (unroll_narrow type, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const void *a, ptrdiff_t a_row, \
                            ptrdiff_t a_column, const void *packed, const void *scales, const void *bias, bool accumulate, void *c, \
                            ptrdiff_t c_row), \
           (type, m, n, k, a, a_row, a_column, packed, scales, bias, accumulate, c, c_row)) \
    VALUE(size_t, packed_integer_bytes, (ptrdiff_t k, ptrdiff_t n), (k, n)) \
    ACTION(pack_integers, (ptrdiff_t k, ptrdiff_t n, const void *b, ptrdiff_t b_row, ptrdiff_t b_column, const void *scales, void *packed), \
           (k, n, b, b_row, b_column, scales, packed)) \
    ACTION(unpack_integers, (ptrdiff_t k, ptrdiff_t first, ptrdiff_t count, const void *packed, const void *scales, void *b), \
           (k, first, count, packed, scales, b)) \
    ACTION(product_integers, (ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const void *a, ptrdiff_t a_row, const void *packed, \
                              const void *scales, const void *bias, bool accumulate, void *c, ptrdiff_t c_row), \
           (m, n, k, a, a_row, packed, scales, bias, accumulate, c, c_row)) \
    ACTION(product, (ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const void *a, ptrdiff_t a_row, ptrdiff_t a_column, const void *b, \
                     ptrdiff_t b_row, ptrdiff_t b_column, const void *bias, bool accumulate, void *c, ptrdiff_t c_row), \
           (m, n, k, a, a_row, a_column, b, b_row, b_column, bias, accumulate, c, c_row)) \
    ACTION(product_batched, (ptrdiff_t batch, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const void *a, ptrdiff_t a_batch, ptrdiff_t a_row, \
                             ptrdiff_t a_column, const void *b, ptrdiff_t b_batch, ptrdiff_t b_row, ptrdiff_t b_column, bool accumulate, \
                             void *c, ptrdiff_t c_batch, ptrdiff_t c_row), \
           (batch, m, n, k, a, a_batch, a_row, a_column, b, b_batch, b_row, b_column, accumulate, c, c_batch, c_row))

#define UNROLL_ROWS(ACTION) \
    ACTION(softmax, (ptrdiff_t rows, ptrdiff_t columns, const void *x, const int32_t *lengths, void *y), (rows, columns, x, lengths, y)) \
    ACTION(softmax_gradient, (ptrdiff_t rows, ptrdiff_t columns, const void *y, const void *dy, void *dx), (rows, columns, y, dy, dx)) \
    ACTION(log_softmax, (ptrdiff_t rows, ptrdiff_t columns, const void *x, void *y), (rows, columns, x, y)) \
    ACTION(log_softmax_gradient, (ptrdiff_t rows, ptrdiff_t columns, const void *y, const void *dy, void *dx), (rows, columns, y, dy, dx)) \
    ACTION(layer_norm, (ptrdiff_t rows, ptrdiff_t columns, const void *x, const void *scale, const void *shift, double epsilon, \
                        void *normalised, void *inverse_deviation, void *y), \
           (rows, columns, x, scale, shift, epsilon, normalised, inverse_deviation, y)) \
    ACTION(layer_norm_gradient, (ptrdiff_t rows, ptrdiff_t columns, const void *normalised, const void *inverse_deviation, \
                                 const void *scale, const void *dy, void *dx, void *dscale, void *dshift), \
           (rows, columns, normalised, inverse_deviation, scale, dy, dx, dscale, dshift)) \
    ACTION(cross_entropy, (ptrdiff_t rows, ptrdiff_t columns, const int32_t *targets, double smoothing, double scale, void *logits, \
                           void *losses), \
           (rows, columns, targets, smoothing, scale, logits, losses))

#define UNROLL_ATTENTION(ACTION) \
    ACTION(attention_forward, (const unroll_attention_shape *shape, const void *query, const void *keys, const void *v, \
                               const void *values, void *weights, void *context), \
           (shape, query, keys, v, values, weights, context)) \
    ACTION(attention_backward, (const unroll_attention_shape *shape, const void *query, const void *keys, const void *v, \
                                const void *values, const void *weights, const void *dcontext, const void *dweights, void *dquery, \
                                void *dkeys, bool accumulate_dkeys, void *dv, void *dvalues, bool accumulate_dvalues), \
           (shape, query, keys, v, values, weights, dcontext, dweights, dquery, dkeys, accumulate_dkeys, dv, dvalues, accumulate_dvalues)) \
    ACTION(addressing_forward, (const unroll_addressing *shape, const void *memory, const void *said, const void *previous, void *kept, \
                                void *weights), \
           (shape, memory, said, previous, kept, weights)) \
    ACTION(addressing_backward, (const unroll_addressing *shape, const void *memory, const void *said, const void *previous, \
                                 const void *kept, const void *weights, const void *dweights, void *dmemory, bool accumulate, \
                                 void *dsaid, void *dprevious), \
           (shape, memory, said, previous, kept, weights, dweights, dmemory, accumulate, dsaid, dprevious)) \
    ACTION(memory_write, (const unroll_addressing *shape, const void *memory, const void *weights, const void *erase, const void *add, \
                          void *y), \
           (shape, memory, weights, erase, add, y)) \
    ACTION(memory_write_gradient, (const unroll_addressing *shape, const void *memory, const void *weights, const void *erase, \
                                   const void *add, const void *dy, void *dmemory, bool accumulate, void *dweights, void *derase, \
                                   void *dadd), \
           (shape, memory, weights, erase, add, dy, dmemory, accumulate, dweights, derase, dadd)) \
    ACTION(memory_read, (const unroll_addressing *shape, const void *memory, const void *weights, void *y), (shape, memory, weights, y)) \
    ACTION(memory_read_gradient, (const unroll_addressing *shape, const void *memory, const void *weights, const void *dy, void *dmemory, \
                                  bool accumulate, void *dweights), \
           (shape, memory, weights, dy, dmemory, accumulate, dweights)) \
    ACTION(heads_forward, (const unroll_heads_shape *shape, const void *queries, const void *keys, const void *values, void *weights, \
                           void *contexts), \
           (shape, queries, keys, values, weights, contexts)) \
    ACTION(heads_backward, (const unroll_heads_shape *shape, const void *queries, const void *keys, const void *values, \
                            const void *weights, const void *dcontexts, const void *dweights, void *dqueries, void *dkeys, void *dvalues), \
           (shape, queries, keys, values, weights, dcontexts, dweights, dqueries, dkeys, dvalues)) \
    ACTION(heads_read, (const unroll_heads_lists *lists, const void *queries, const void *keys, const void *values, void *weights, \
                        void *contexts), \
           (lists, queries, keys, values, weights, contexts))

#define UNROLL_RECURRENCE(ACTION, VALUE) \
    VALUE(size_t, packed_recurrent_bytes, (ptrdiff_t gates, ptrdiff_t hidden), (gates, hidden)) \
    ACTION(pack_recurrent, (ptrdiff_t gates, ptrdiff_t hidden, bool transposed, const void *weight, void *packed), \
           (gates, hidden, transposed, weight, packed)) \
    ACTION(lstm_forward, (const unroll_sequence *sequence, const void *packed, const void *inputs, void *gates, void *hidden_states, \
                          void *cell_states, void *outputs), \
           (sequence, packed, inputs, gates, hidden_states, cell_states, outputs)) \
    ACTION(lstm_backward, (const unroll_sequence *sequence, const void *packed_transposed, void *gates, const void *cell_states, \
                           const void *doutputs, void *dhidden, void *dcell, void *dhidden_steps, void *dcell_steps), \
           (sequence, packed_transposed, gates, cell_states, doutputs, dhidden, dcell, dhidden_steps, dcell_steps)) \
    ACTION(gru_forward, (const unroll_sequence *sequence, bool reset_after, const void *packed, const void *recurrent_bias, \
                         const void *inputs, void *gates, void *products, void *hidden_states, void *outputs), \
           (sequence, reset_after, packed, recurrent_bias, inputs, gates, products, hidden_states, outputs)) \
    ACTION(gru_backward, (const unroll_sequence *sequence, bool reset_after, const void *packed_transposed, void *gates, void *products, \
                          const void *hidden_states, const void *doutputs, void *dhidden, void *dhidden_steps), \
           (sequence, reset_after, packed_transposed, gates, products, hidden_states, doutputs, dhidden, dhidden_steps)) \
    ACTION(rnn_forward, (const unroll_sequence *sequence, bool relu, const void *packed, const void *inputs, void *gates, \
                         void *hidden_states, void *outputs), \
           (sequence, relu, packed, inputs, gates, hidden_states, outputs)) \
    ACTION(rnn_backward, (const unroll_sequence *sequence, bool relu, const void *packed_transposed, void *gates, const void *doutputs, \
                          void *dhidden, void *dhidden_steps), \
           (sequence, relu, packed_transposed, gates, doutputs, dhidden, dhidden_steps)) \
    ACTION(mlstm_forward, (const unroll_sequence *sequence, const void *packed_transition, const void *packed, const void *inputs, \
                           void *gates, void *products, void *factors, void *hidden_states, void *cell_states, void *outputs), \
           (sequence, packed_transition, packed, inputs, gates, products, factors, hidden_states, cell_states, outputs)) \
    ACTION(mlstm_backward, (const unroll_sequence *sequence, const void *packed_transition_transposed, const void *packed_transposed, \
                            void *gates, void *products, const void *cell_states, const void *doutputs, void *dhidden, void *dcell, \
                            void *dhidden_steps, void *dcell_steps), \
           (sequence, packed_transition_transposed, packed_transposed, gates, products, cell_states, doutputs, dhidden, dcell, \
            dhidden_steps, dcell_steps)) \
    ACTION(hyper_lstm_forward, (const unroll_sequence *sequence, const unroll_hyper_lstm *hyper), (sequence, hyper)) \
    ACTION(hyper_lstm_backward, (const unroll_sequence *sequence, const unroll_hyper_lstm *hyper), (sequence, hyper))

#define UNROLL_FIELD(name, parameters, arguments) void (*name) parameters;
#define UNROLL_FIELD_VALUE(result, name, parameters, arguments) result (*name) parameters;
typedef struct unroll_table { UNROLL_KERNELS(UNROLL_FIELD, UNROLL_FIELD_VALUE) } unroll_table;
#undef UNROLL_FIELD
#undef UNROLL_FIELD_VALUE

/// An instruction set: its name, and its tables in the order of unroll_scalar.
typedef struct unroll_instructions {
    const char *name;
    const unroll_table *tables[2];
} unroll_instructions;

extern const unroll_instructions unroll_portable;
#if defined(__x86_64__)
extern const unroll_instructions unroll_avx2;
extern const unroll_instructions unroll_avx512;
#elif defined(__aarch64__)
extern const unroll_instructions unroll_neon;
#endif

#endif
