#include "claims/products/sums.hpp"

#include <cstring>
#include <optional>

#include "claims/products/sweep.hpp"

namespace sqrtn::claims {

using blas::Op;

namespace {

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
  const std::vector<std::pair<double, double>> scalars{{1, 0}, {-1, 0}, {1, -0.0}};
  const Sweep sweep{.poison_c = true};
  if (product.routine == Routine::gemm) {
    check_shapes<T>(blas, product, {{17, 33, 0}, {257, 65, 0}}, scalars, sweep, data, found);
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
      const Arguments<T> arguments{{}, T(-0.7), problem.a.view(), problem.b.view(), T(1.3), c.view()};
      call(product.routine, blas, arguments);
      if (!first) {
        first = std::move(c);
        continue;
      }
      ++found.n_compared;
      if (std::memcmp(first->storage().data(), c.storage().data(), c.storage().size_bytes()) == 0) continue;
      ++found.n_wrong;
      found.reason =
          fmt::format("{}: call {} gave other bits than the first", describe(product.routine, arguments), repeat);
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
