#include <array>
#include <cmath>
#include <complex>
#include <limits>
#include <vector>

#include "claims/routines/counts.hpp"
#include "claims/routines/routine_call.hpp"

namespace sqrtn::claims {
namespace {

using blas::Reduction;

constexpr std::size_t n_terms = 10'000'000;

/// One part of the answer: the sum, and the sum of squares of its partial sums.
template <class Wide>
struct PartialSums {
  Wide sum = 0, squares = 0;
  void add(Wide term) {
    sum += term;
    squares += sum * sum;
  }
  /// See counts.hpp.
  [[nodiscard]] Wide bound(Wide unit) const {
    const Wide lambda = std::sqrt(2 * std::log(Wide(2e9)));
    return lambda * unit * std::sqrt(squares) + 8 * unit * std::abs(sum);
  }
};

/// Vectors whose terms, products, sizes or squares, are uniform. Of a product the factors are scaled by powers of two.
template <class T>
struct Terms {
  Terms(const blas::Operation& operation, TestData& data) : x(n_terms) {
    const std::span<Real<T>> parts(reinterpret_cast<Real<T>*>(x.data()), n_terms * (is_complex<T> ? 2 : 1));
    data.fill(parts, Inputs::positive);
    if (is_complex<T>) {
      for (Real<T>& part : parts) part /= 2;
    }
    if (operation.reduction == Reduction::norm) {
      for (Real<T>& part : parts) part = std::sqrt(part);
    }
    if (operation.operands.size() == 1) return;
    static constexpr std::array<Real<T>, 7> scales{0.125, 0.25, 0.5, 1, 2, 4, 8};
    y.resize(n_terms);
    for (std::size_t i = 0; i < n_terms;) {
      for (std::size_t j = 0; j < scales.size() && i < n_terms; ++i, ++j) {
        x[i] *= scales[j];
        y[i] = T(scales[6 - j]);
      }
    }
  }
  std::vector<T> x, y;
};

/// What any call should return.
template <class T>
struct Growth {
  using Wide = long double;
  Growth(const blas::Operation& operation, const Terms<T>& terms, const T& offset)
      : is_norm(operation.reduction == Reduction::norm), is_product(operation.operands.size() > 1) {
    if (has_argument(operation, blas::Argument::What::scalar, 'o')) re.add(real_part(offset));
    for (std::size_t i = 0; i < n_terms; ++i) {
      const Wide a = real_part(terms.x[i]), b = imaginary_part(terms.x[i]);
      const Wide factor = is_product ? static_cast<Wide>(real_part(terms.y[i])) : Wide(1);
      re.add(is_norm ? a * a + b * b : is_product ? a * factor : a + b);
      if (is_complex<T> && is_product) im.add(b * factor);
    }
  }
  bool is_norm, is_product;
  PartialSums<Wide> re, im;
};

template <class T>
void compare_growth(const Inquiry& inquiry, const Growth<T>& growth, const RoutineCall<T>& call,
                    const std::string& where) {
  using Wide = long double;
  constexpr auto unit_of_result = static_cast<Wide>(std::numeric_limits<Real<T>>::epsilon() / 2);
  const blas::Operation& operation = inquiry.operation;
  const auto& [is_norm, is_product, re, im] = growth;
  const Wide unit =
      operation.adds_in_double ? static_cast<Wide>(std::numeric_limits<double>::epsilon() / 2) : unit_of_result;
  const auto place = [&where] { return where; };
  if (is_norm) {
    const Wide norm = std::sqrt(re.sum), bound = re.bound(unit) / norm / 2 + 8 * unit * norm;
    return inquiry.found.compare_wide<Wide>(call.template returned<Real<T>>(), norm, bound, place);
  }
  if (operation.returns_double)
    return inquiry.found.compare_wide<Wide>(call.template returned<double>(), re.sum, re.bound(unit), place);
  const T got = call.returned_number();
  if (!is_complex<T> || !is_product) {
    const Wide bound = re.bound(unit) + (operation.adds_in_double ? unit_of_result * std::abs(re.sum) : 0);
    return inquiry.found.compare_wide<Wide>(real_part(got), re.sum, bound, place);
  }
  const Wide sign = operation.name == "dotc" ? -1 : 1;
  inquiry.found.compare_wide<Wide>(real_part(got), re.sum, re.bound(unit), place);
  inquiry.found.compare_wide<Wide>(imaginary_part(got), sign * im.sum, im.bound(unit), place);
}

}  // namespace

bool adds_all(const blas::Operation& operation) {
  return operation.reduction == Reduction::norm ||
         (operation.reduction == Reduction::none && operation.outputs.front().operand == '=' && !has_halves(operation));
}

template <class T>
void growth(const Inquiry& inquiry) {
  Terms<T> terms(inquiry.operation, inquiry.data);
  RoutineCall<T> call(inquiry.operation, {.n = n_terms});
  call.places.push_back(terms.x.data());
  if (inquiry.operation.operands.size() > 1) call.places.push_back(terms.y.data());
  const Growth<T> growth(inquiry.operation, terms, call.scalar('o'));
  for (const blas::Interface& interface : inquiry.interfaces) {
    if (inquiry.found.failed() || !interface.has(inquiry.operation, inquiry.type)) continue;
    call.call(interface);
    compare_growth(inquiry, growth, call, call.describe(interface) + ", terms uniform in (0, 1)");
  }
}

template void growth<float>(const Inquiry&);
template void growth<double>(const Inquiry&);
template void growth<std::complex<float>>(const Inquiry&);
template void growth<std::complex<double>>(const Inquiry&);

}  // namespace sqrtn::claims
