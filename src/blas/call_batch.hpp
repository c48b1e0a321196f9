#pragma once

#include <array>
#include <cstdint>

#include "sqrtn/blas/interface.hpp"

namespace sqrtn::blas {

/// What says how one product is parted: flags N, T or C, lengths of C, leading dimensions.
struct PartedProduct {
  bool row_major;
  std::int64_t op_a, op_b, m, n, lda, ldb, ldc;
};

/// Two groups of products, the first of two, or one product where there are not enough columns. Of each group its
/// columns and its number of products; of each product the elements from the begin of B and C to its own.
struct BatchGroups {
  std::int64_t n_groups;
  std::array<std::int64_t, 2> n, sizes;
  std::array<std::int64_t, 3> at_b, at_c;
};
BatchGroups groups_of(const PartedProduct& product);

/// `count` products of m × n, and elements from one to the next.
struct BatchStrides {
  std::int64_t m, n, a, b, c, count;
};
BatchStrides strides_of(const PartedProduct& product);

/// One product as a batch of several by C's interface, each of which makes some of the result: of its columns in two
/// groups, the first of two products; or two or three products at equal distances, of columns or, by rows, of rows,
/// where that many parts are equally wide. Source: OpenBLAS's cblas.h and oneMKL's reference, "cblas_?gemm_batch" and
/// "cblas_?gemm_batch_strided".
void call_batch(void* function, int integer_bits, const Call& call);

}  // namespace sqrtn::blas
