#pragma once

#include "sqrtn/blas/interface.hpp"

namespace sqrtn::blas {

/// One product as a batch of several by C's interface, each of which makes some of the result: of its columns in two
/// groups, the first of two products; or two or three products at equal distances, of columns or, by rows, of rows,
/// where that many parts are equally wide. Source: OpenBLAS's cblas.h and oneMKL's reference, "cblas_?gemm_batch" and
/// "cblas_?gemm_batch_strided".
void call_batch(void* function, int integer_bits, const Call& call);

}  // namespace sqrtn::blas
