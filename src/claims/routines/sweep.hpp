#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "claims/products/findings.hpp"
#include "claims/routines/instance.hpp"

/// Which calls of a routine are looked at, and how one is compared with what it should have done.
namespace sqrtn::claims {

/// One routine in one type under judgement.
struct Inquiry {
  const blas::Operation& operation;
  char type;
  const std::vector<blas::Interface>& interfaces;
  TestData& data;
  Findings& found;
  std::size_t every = 1;  ///< only every so many a call is made, for a quick look
  bool in_depth = false;  ///< all forms of all shapes, each without gaps and with some
};

/// Every combination of small lengths, in ascending order of work, so that the first failure is small. In depth,
/// vectors are up to 130 long instead of 70, and products of two lengths up to 17 instead of 8.
std::vector<Choice> small_shapes(const blas::Operation& operation, bool in_depth = false);
/// Around the sizes of vectors, kernels and blocks; long beside short.
std::vector<Choice> large_shapes(const blas::Operation& operation);
/// These lengths, as far as the routine has them; k of a band is a few diagonals.
Choice shape_of(const blas::Operation& operation, std::size_t m, std::size_t n, std::size_t k);
/// Sizes at which rounding errors are compared with their bound.
std::vector<Choice> rounding_shapes(const blas::Operation& operation);
/// Of every kind of path.
std::vector<Choice> typical_shapes(const blas::Operation& operation);

/// These and larger ones, for claims that take no sum of their own.
std::vector<Choice> varied_shapes(const blas::Operation& operation);

/// Of the typical ones, those for claims that call other routines after it in the same process: an operand that is
/// changed where it lies is square, since a library whose buffer is too small for others corrupts the heap, OpenBLAS
/// 0.3.21's imatcopy.
std::vector<Choice> harmless_shapes(const blas::Operation& operation);

/// Every way to ask for that shape by that interface; increments and paddings change from one to the next.
std::vector<Choice> forms(const blas::Operation& operation, char type, const Choice& shape, bool row_major_too);

/// action(instance's choice, interface) for each form of each shape by each interface, until one fails. Of shapes with
/// more than `all_forms_up_to` entries only `n_forms` are taken, in turn, unless the inquiry is one in depth.
void for_calls(const Inquiry& inquiry, const std::vector<Choice>& shapes,
               const std::function<void(const Choice&, const blas::Interface&)>& action,
               std::size_t all_forms_up_to = 2000, std::size_t n_forms = 5);

/// Whether increments may be negative: of a routine with one vector alone they may not.
bool takes_negative_increments(const blas::Operation& operation);

}  // namespace sqrtn::claims
