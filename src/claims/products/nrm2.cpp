#include "claims/products/nrm2.hpp"

#include <cmath>
#include <limits>

#include "claims/products/findings.hpp"

namespace sqrtn::claims {

using blas::Op;

namespace {

/// nrm2 of x in steps of 1 and 3 against the reference. Relative worst-case bound γ_{3n+2}: the
/// classic scaled sum of squares rounds at most 5 times an entry, and the root halves what it made.
template <class T>
void check_norm(const blas::Functions& blas, std::span<const T> values, std::string_view kind, Findings& found) {
  const std::size_t n = values.size();
  for (const std::size_t padding : {0, 2}) {
    const Matrix<T> x = stored(MatrixView<const T>(values.data(), n, 1), Op::none, padding);
    const VectorView<const T> view(x.storage().data(), n, x.ld());
    const auto [expected, magnitude] = blas::reference::nrm2(view);
    found.compare(
        blas::nrm2(blas, view), expected, static_cast<blas::reference::Wide<T>>(magnitude * gamma<T>(3 * n + 2)), [&] {
          return fmt::format("{}nrm2 n={} incx={}, {}", sizeof(T) == sizeof(float) ? 's' : 'd', n, x.ld(), kind);
        });
  }
}

}  // namespace

template <class T>
Outcome norm_bound(const blas::Functions& blas, TestData& data) {
  Findings found;
  for (const Inputs inputs : {Inputs::normal, Inputs::positive, Inputs::scaled}) {
    for (std::size_t n = 0; n <= 4097 && !found.failed(); n = n < 130 ? n + 1 : 2 * n - 3) {
      Buffer<T> x(n);
      data.fill(x.span(), inputs);
      check_norm<T>(blas, x.span(), to_string(inputs), found);
    }
  }
  return bound_outcome(found);
}

template <class T>
Outcome norm_extremes(const blas::Functions& blas, TestData& data) {
  Findings found;
  using Limits = std::numeric_limits<T>;
  for (const int exponent : {Limits::max_exponent - 8, Limits::max_exponent / 2 + 1, Limits::min_exponent / 2 - 20,
                             Limits::min_exponent + 20, Limits::min_exponent}) {
    for (const std::size_t n : {1, 2, 3, 4, 7, 8, 16, 31, 64, 129, 1000}) {
      if (found.failed()) break;
      Buffer<T> x(n);
      data.fill(x.span(), Inputs::positive);
      for (T& entry : x.span()) entry = std::ldexp(1 + entry, exponent);
      check_norm<T>(blas, x.span(), fmt::format("entries of size 2^{}", exponent), found);
    }
  }
  return bound_outcome(found);
}

template <class T>
Outcome norm_exceptional(const blas::Functions& blas, TestData&) {
  Findings found;
  using Limits = std::numeric_limits<T>;
  for (const std::size_t n : {2, 3, 4, 7, 8, 16, 31, 64, 129, 1000}) {
    for (const std::size_t place : {std::size_t{0}, n / 2, n - 1}) {
      for (const T special : {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()}) {
        Buffer<T> x(n, T(3));
        x[place] = special;
        if (!found.failed()) check_norm<T>(blas, x.span(), fmt::format("{} at {} among 3s", special, place), found);
      }
      // (3, 4)·s has the norm 5s.
      Buffer<T> x(n, T(0));
      x[place] = 3 * Limits::denorm_min();
      x[(place + 1) % n] = -4 * Limits::denorm_min();
      if (!found.failed()) check_norm<T>(blas, x.span(), "3 and 4 times the smallest subnormal among zeros", found);
    }
  }
  return exact_outcome(found);
}

#define SQRTN_INSTANTIATE(T)                                            \
  template Outcome norm_bound<T>(const blas::Functions&, TestData&);    \
  template Outcome norm_extremes<T>(const blas::Functions&, TestData&); \
  template Outcome norm_exceptional<T>(const blas::Functions&, TestData&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
