#include "product_checks.hpp"

#include <cstring>
#include <optional>

#include "product_findings.hpp"

namespace sqrtn::claims {

using blas::Op;
using blas::reference::Wide;

namespace {

/// How a sweep looks at its cases.
struct Sweep {
  Inputs inputs = Inputs::integers;
  bool exact = true;
  bool poison_c = false;  ///< C holds NaN before the call
};

/// One call, compared entry by entry; the padding of C must still be NaN.
template <class T>
void check_call(const blas::Functions& blas, const Product& product, const Problem<T>& problem,
                const Arguments<T>& arguments, const Sweep& sweep, Findings& found) {
  call(product.routine, blas, arguments);
  const MatrixView<T> c = arguments.c;
  const Wide<T> alpha = arguments.alpha, beta = arguments.beta;
  const std::size_t n_roundings = problem.shape.k + 2;
  const auto factor = sweep.exact ? 0 : static_cast<Wide<T>>(gamma<T>(n_roundings) + gamma<Wide<T>>(n_roundings));
  for (std::size_t i = 0; i < c.rows; ++i) {
    for (std::size_t j = 0; j < c.cols; ++j) {
      const Wide<T> old = problem.c(i, j);
      const Wide<T> expected = alpha * problem.value(i, j) + beta * old;
      const Wide<T> bound = factor * (std::abs(alpha) * problem.magnitude(i, j) + std::abs(beta * old));
      found.compare(c(i, j), expected, bound, [&] {
        return fmt::format("{}, {} inputs, entry ({}, {})", describe(product, arguments), to_string(sweep.inputs), i,
                           j);
      });
    }
    for (std::size_t j = c.cols; j < c.ld; ++j) {
      if (std::isnan(c.data[i * c.ld + j])) continue;
      if (found.n_wrong++ == 0) {
        found.reason = fmt::format("{}: padding {} of row {} was overwritten with {}", describe(product, arguments),
                                   j - c.cols, i, c.data[i * c.ld + j]);
      }
    }
  }
}

/// All scalars, transpositions and paddings of one shape, until one fails.
template <class T>
void check_shape(const blas::Functions& blas, const Product& product, const Problem<T>& problem,
                 const std::vector<std::pair<double, double>>& scalars, const Sweep& sweep, Findings& found) {
  constexpr T nan = std::numeric_limits<T>::quiet_NaN();
  for (const std::size_t padding : {0, 1}) {
    for (const Op trans_a : product.trans_a) {
      const Matrix<T> a = stored(problem.a.view(), trans_a, padding);
      for (const Op trans_b : product.trans_b) {
        const Matrix<T> b = stored(problem.b.view(), trans_b, 2 * padding);
        for (const auto& [alpha, beta] : scalars) {
          Matrix<T> c = stored(problem.c.view(), Op::none, 3 * padding);
          if (sweep.poison_c) std::ranges::fill(c.storage(), nan);
          const Arguments<T> arguments{trans_a, trans_b, T(alpha), a.view(), b.view(), T(beta), c.view()};
          check_call(blas, product, problem, arguments, sweep, found);
          if (found.failed()) return;
        }
      }
    }
  }
}

template <class T>
void check_shapes(const blas::Functions& blas, const Product& product, const std::vector<ProductShape>& shapes,
                  const std::vector<std::pair<double, double>>& scalars, const Sweep& sweep, TestData& data,
                  Findings& found) {
  for (const ProductShape& shape : shapes) {
    if (found.failed()) return;
    check_shape(blas, product, Problem<T>(product, shape, sweep.inputs, data), scalars, sweep, found);
  }
}

template <class T>
Outcome within_bound(const Product& product, const std::vector<Inputs>& kinds, const blas::Functions& blas,
                     TestData& data) {
  Findings found;
  for (const Inputs inputs : kinds) {
    const Sweep sweep{.inputs = inputs, .exact = false};
    check_shapes<T>(blas, product, product.small, product.rounding_scalars, sweep, data, found);
    check_shapes<T>(blas, product, product.medium, product.rounding_scalars, sweep, data, found);
  }
  return bound_outcome(found);
}
}  // namespace

template <class T>
Outcome exact_small(const Product& product, const blas::Functions& blas, TestData& data) {
  Findings found;
  check_shapes<T>(blas, product, product.small, product.exact_scalars, {}, data, found);
  return exact_outcome(found);
}

template <class T>
Outcome exact_large(const Product& product, const blas::Functions& blas, TestData& data) {
  Findings found;
  check_shapes<T>(blas, product, product.medium, product.few_scalars, {}, data, found);
  check_shapes<T>(blas, product, product.large, product.few_scalars, {}, data, found);
  return exact_outcome(found);
}

template <class T>
Outcome beta_zero(const Product& product, const blas::Functions& blas, TestData& data) {
  Findings found;
  const std::vector<std::pair<double, double>> scalars{{1, 0}, {-1, 0}};
  const Sweep sweep{.poison_c = true};
  if (product.routine == Routine::gemm) {
    check_shapes<T>(blas, product, {{1, 1, 0}, {3, 2, 0}, {17, 33, 0}, {257, 65, 0}}, scalars, sweep, data, found);
  }
  check_shapes<T>(blas, product, product.small, scalars, sweep, data, found);
  check_shapes<T>(blas, product, product.medium, scalars, sweep, data, found);
  return exact_outcome(found);
}

template <class T>
Outcome random_bound(const Product& product, const blas::Functions& blas, TestData& data) {
  return within_bound<T>(product, {Inputs::normal}, blas, data);
}
template <class T>
Outcome hard_bound(const Product& product, const blas::Functions& blas, TestData& data) {
  return within_bound<T>(product, {Inputs::positive, Inputs::cancelling, Inputs::scaled}, blas, data);
}

template <class T>
Outcome repeatable(const Product& product, const blas::Functions& blas, TestData& data) {
  Findings found;
  for (const ProductShape& shape : {ProductShape{8, 8, 8}, {65, 33, 129}, {129, 65, 257}}) {
    const Problem<T> problem(product, shape, Inputs::normal, data);
    std::optional<Matrix<T>> first;
    for (int repeat = 0; repeat < 10; ++repeat) {
      Matrix<T> c = stored(problem.c.view(), Op::none, 0);
      const Arguments<T> arguments{Op::none, Op::none, T(-0.7), problem.a.view(), problem.b.view(), T(1.3), c.view()};
      call(product.routine, blas, arguments);
      if (!first) {
        first = std::move(c);
        continue;
      }
      ++found.n_compared;
      if (std::memcmp(first->storage().data(), c.storage().data(), c.storage().size_bytes()) == 0) continue;
      ++found.n_wrong;
      found.reason = fmt::format("{}: call {} gave other bits than the first", describe(product, arguments), repeat);
      return exact_outcome(found);
    }
  }
  return exact_outcome(found);
}

#define SQRTN_INSTANTIATE(T)                                                           \
  template Outcome exact_small<T>(const Product&, const blas::Functions&, TestData&);  \
  template Outcome exact_large<T>(const Product&, const blas::Functions&, TestData&);  \
  template Outcome beta_zero<T>(const Product&, const blas::Functions&, TestData&);    \
  template Outcome random_bound<T>(const Product&, const blas::Functions&, TestData&); \
  template Outcome hard_bound<T>(const Product&, const blas::Functions&, TestData&);   \
  template Outcome repeatable<T>(const Product&, const blas::Functions&, TestData&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
