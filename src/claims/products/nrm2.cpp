#include <cmath>
#include <limits>

#include "claims/products/checks.hpp"

namespace sqrtn::claims {

namespace {

/// nrm2 of x in steps of 1 and 3 against the reference. Relative worst-case bound γ_{3n+2}: the
/// classic scaled sum of squares rounds at most 5 times an entry, and the root halves what it made.
template <class T>
void check_norm(const Inquiry& inquiry, std::span<const T> values, std::string_view kind) {
  const std::size_t n = values.size();
  const auto [expected, magnitude] = blas::reference::nrm2(VectorView<const T>(values.data(), n));
  const auto bound = static_cast<blas::reference::Wide<T>>(magnitude * gamma<T>(3 * n + 2));
  for (const std::int64_t increment : {1, 3}) {
    if (inquiry.found.failed()) return;
    Instance<T> norm(inquiry.operation, {.n = n, .increment_x = increment});
    std::ranges::copy(values, norm.operands.front().entries.begin());
    norm.store();
    norm.call(inquiry.interfaces.front());
    inquiry.found.compare(norm.returned_number(), expected, bound,
                          [&] { return fmt::format("{}, {}", norm.describe(inquiry.interfaces.front()), kind); });
  }
}

template <class T>
void bound(const Inquiry& inquiry) {
  for (const Inputs inputs : {Inputs::normal, Inputs::positive, Inputs::scaled}) {
    for (std::size_t n = 0; n <= 4097 && !inquiry.found.failed(); n = n < 130 ? n + 1 : 2 * n - 3) {
      Buffer<T> x(n);
      inquiry.data.fill(x.span(), inputs);
      check_norm<T>(inquiry, x.span(), to_string(inputs));
    }
  }
}

/// The norm is an ordinary number.
template <class T>
void extremes(const Inquiry& inquiry) {
  using Limits = std::numeric_limits<T>;
  for (const int exponent : {Limits::max_exponent - 8, Limits::max_exponent / 2 + 1, Limits::min_exponent / 2 - 20,
                             Limits::min_exponent + 20, Limits::min_exponent}) {
    for (const std::size_t n : {1, 2, 3, 4, 7, 8, 16, 31, 64, 129, 1000}) {
      Buffer<T> x(n);
      inquiry.data.fill(x.span(), Inputs::positive);
      for (T& entry : x.span()) entry = std::ldexp(1 + entry, exponent);
      check_norm<T>(inquiry, x.span(), fmt::format("entries of size 2^{}", exponent));
    }
  }
}

template <class T>
void exceptional(const Inquiry& inquiry) {
  using Limits = std::numeric_limits<T>;
  for (const std::size_t n : {2, 3, 4, 7, 8, 16, 31, 64, 129, 1000}) {
    for (const std::size_t place : {std::size_t{0}, n / 2, n - 1}) {
      for (const T special : {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()}) {
        Buffer<T> x(n, T(3));
        x[place] = special;
        check_norm<T>(inquiry, x.span(), fmt::format("{} at {} among 3s", special, place));
      }
      // (3, 4)·s has the norm 5s.
      Buffer<T> x(n, T(0));
      x[place] = 3 * Limits::denorm_min();
      x[(place + 1) % n] = -4 * Limits::denorm_min();
      check_norm<T>(inquiry, x.span(), "3 and 4 times the smallest subnormal among zeros");
    }
  }
}

}  // namespace

template <class T>
std::vector<Check> checks_of_nrm2() {
  const std::vector<std::string_view> nrm2{"nrm2"};
  return {{.name = "bound",
           .of = nrm2,
           .statement = ": |error| ≤ γ_{3n+2}‖x‖, worst case",
           .source = bound_source,
           .check = bound<T>,
           .outcome = bound_outcome},
          {.name = "extremes",
           .of = nrm2,
           .statement = ": |error| ≤ γ_{3n+2}‖x‖, worst case, where the squares overflow or underflow",
           .source = exact_source,
           .check = extremes<T>,
           .outcome = bound_outcome},
          {.name = "exceptional",
           .of = nrm2,
           .statement = ": NaN gives NaN, Inf gives Inf, subnormals are kept",
           .source = ieee_source,
           .check = exceptional<T>}};
}

template std::vector<Check> checks_of_nrm2<float>();
template std::vector<Check> checks_of_nrm2<double>();

}  // namespace sqrtn::claims
