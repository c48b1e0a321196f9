#include <algorithm>
#include <cmath>

#include "claims/products/checks.hpp"
#include "claims/products/rounding.hpp"
#include "claims/routines/answer.hpp"

namespace sqrtn::claims {
namespace {

/// The leading bits that survive a product with the identity, the entries being on the left or the right.
template <class T>
int kept_bits(const blas::Interface& interface, std::size_t size, bool left) {
  constexpr int digits = std::numeric_limits<T>::digits;
  const auto place = [](std::size_t i, std::size_t j) { return 1 + static_cast<int>((i + j) % (digits - 1)); };
  Matrix<T> entries(size, size), one(size, size, size, T(0)), c(size, size);
  for_entries(entries.view(), [&](std::size_t i, std::size_t j) {
    entries(i, j) = 1 + std::ldexp(T(1), -place(i, j));
    if (i == j) one(i, j) = 1;
  });
  multiply(interface, left ? entries : one, left ? one : entries, c);
  int bits = digits;
  for_entries(c.view(), [&](std::size_t i, std::size_t j) {
    if (c(i, j) != entries(i, j)) bits = std::min(bits, place(i, j));
  });
  return bits;
}

/// Whether terms x·2^e · y·2^−e, e over the exponents of T, are all there in their sum.
template <class T>
bool keeps_far_terms(const blas::Interface& interface, std::size_t size) {
  const int range = std::numeric_limits<T>::max_exponent - 8;
  Matrix<T> a(size, size), b(size, size), c(size, size);
  for_entries(a.view(), [&](std::size_t i, std::size_t p) {
    const auto exponent = static_cast<int>(p * 2 * range / std::max<std::size_t>(size - 1, 1)) - range;
    a(i, p) = std::ldexp(static_cast<T>(1 + (i + p) % 3), exponent);
    b(p, i) = std::ldexp(static_cast<T>(1 + (2 * i + p) % 5), -exponent);
  });
  multiply(interface, a, b, c);
  bool all = true;
  for_entries(c.view(), [&](std::size_t i, std::size_t j) {
    T expected = 0;
    for (std::size_t p = 0; p < size; ++p) expected += static_cast<T>((1 + (i + p) % 3) * (1 + (2 * j + p) % 5));
    all = all && c(i, j) == expected;
  });
  return all;
}

/// Fails with the reason, which names the likely formats.
template <class T>
void precision(const Inquiry& inquiry) {
  constexpr int digits = std::numeric_limits<T>::digits;
  const blas::Interface& interface = inquiry.interfaces.front();
  for (const std::size_t size : {4, 64, 131}) {
    if (inquiry.found.failed()) return;
    const int bits = std::min(kept_bits<T>(interface, size, true), kept_bits<T>(interface, size, false));
    if (bits < digits) {
      inquiry.found.fail([&] {
        return fmt::format(
            "{0}gemm m=n=k={1}: of the {2} significant bits of a factor {3} are used (TF32 and half have 11, bfloat16 "
            "8, float 24): reduced precision",
            blas_type<T>, size, digits, bits);
      });
    } else if (!keeps_far_terms<T>(interface, size)) {
      inquiry.found.fail([&] {
        return fmt::format("{}gemm m=n=k={}: terms whose factors lie far apart are lost, as in fixed-point emulation",
                           blas_type<T>, size);
      });
    }
    inquiry.found.worst = bits;
    inquiry.found.n_compared = size * size;
  }
}

/// The worst is the number of bits that are left.
template <class T>
Outcome outcome_in_bits(const Findings& found) {
  Outcome outcome = exact_outcome(found);
  outcome.observed = found.worst;
  outcome.expected = std::numeric_limits<T>::digits;
  return outcome;
}

/// A fault at random, once in 17 calls, escapes 342 calls with probability (16/17)³⁴² = 10⁻⁹, and 64 with 2 %.
template <class T>
void repeatable(const Inquiry& inquiry) {
  const blas::Interface& interface = inquiry.interfaces.front();
  struct Repetition {
    std::size_t m, n, k;
    int n_calls;
  };
  for (const auto& [m, n, k, n_calls] :
       {Repetition{8, 8, 8, 9}, {65, 33, 129, 9}, {129, 65, 257, 9}, {130, 129, 131, 342}, {256, 257, 256, 64}}) {
    if (inquiry.found.failed()) return;
    Instance<T> instance =
        rounding_instance<T>(inquiry.operation, {.row_major = true, .m = m, .n = n, .k = k}, inquiry.data);
    const int other = first_other_answer(instance, interface, n_calls);
    inquiry.found.n_compared += static_cast<std::size_t>(other > 0 ? other : n_calls);
    if (other == 0) continue;
    inquiry.found.fail(
        [&] { return fmt::format("{}: call {} gave other bits than the first", instance.describe(interface), other); });
  }
}

}  // namespace

template <class T>
std::vector<Check> checks_of_precision() {
  return {{.name = "repeatable",
           .of = {"gemm"},
           .statement = ": the same call gives the same bits, 342 times where a library blocks and has threads",
           .source = design_source,
           .check = repeatable<T>},
          {.name = "precision",
           .of = {"gemm"},
           .statement = ": all significant bits and all exponents of the factors count",
           .source = "Demmel and others, How to grade the accuracy of an implementation of the BLAS; pytorch#67384",
           .check = precision<T>,
           .outcome = outcome_in_bits<T>}};
}

template std::vector<Check> checks_of_precision<float>();
template std::vector<Check> checks_of_precision<double>();

}  // namespace sqrtn::claims
