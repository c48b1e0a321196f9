#pragma once

#include <vector>

#include "blas/operations.hpp"
#include "claims/routines/stored.hpp"

/// Products so large that all dimensions are past a library's blocks, checked without being computed a second time.
namespace sqrtn::claims {

struct Inquiry;

/// Exact for integers: C·v = α·op(A)·(op(B)·v) + β·(C·v) modulo 2⁶⁴ for a v of odd numbers, which any single wrong
/// entry contradicts. On failure the whole product names the entry. Source: Freivalds, "Probabilistic machines can use
/// less running time", IFIP Congress 1977.
template <class T>
void exact_blocks(const Inquiry& inquiry);
/// The same at these shapes, each called in so many ways.
template <class T>
void exact_blocks(const Inquiry& inquiry, const std::vector<Choice>& shapes, std::size_t n_forms);

/// Of which routines: those whose sum is of products of matrices that are stored in full.
bool multiplies_matrices(const blas::Operation& operation);

}  // namespace sqrtn::claims
