#include "claims/products/state.hpp"

#include <algorithm>
#include <cfenv>
#include <limits>

#include "claims/judge.hpp"
#include "claims/products/findings.hpp"
#include "claims/products/operands.hpp"

namespace sqrtn::claims {
namespace {

template <class T>
void fill_with_nan(Operands<T>& operands) {
  for (Matrix<T>* matrix : {&operands.a, &operands.b, &operands.c}) {
    std::ranges::fill(matrix->storage(), std::numeric_limits<T>::quiet_NaN());
  }
}

ProductShape larger(const ProductShape& shape) { return {shape.m + 13, shape.n + 7, shape.k + 11}; }

}  // namespace

template <class T>
Outcome history(const Product& product, const blas::Functions& blas, TestData& data) {
  Findings found;
  for (const ProductShape& shape : typical_shapes(product.routine)) {
    for (const Form& form : product.forms) {
      Operands<T> operands(product, form, shape, Inputs::normal, 1, data);
      Operands<T> poison(product, form, fitted(product.routine, larger(shape)), Inputs::normal, 0, data);
      Operands<T> tiny(product, form, fitted(product.routine, {1, 1, 1}), Inputs::normal, 0, data);
      fill_with_nan(poison);
      fill_registers_and_stack(0);
      const Buffer<T> first = answer(product, blas, operands);
      const auto compare = [&](const char* after, bool dirty_registers = false) {
        operands.reset();
        if (dirty_registers) fill_registers_and_stack(~0U);
        call(product.routine, blas, operands.arguments());
        ++found.n_compared;
        if (found.failed() || same_bits(operands.c, first.span())) return;
        found.n_wrong = 1;
        found.reason =
            fmt::format("{}: other bits than before, after {}", describe(product.routine, operands.arguments()), after);
      };
      compare("NaN in registers and stack", true);
      call(product.routine, blas, poison.arguments());
      compare("the same call on larger operands, all NaN");
      call(product.routine, blas, tiny.arguments());
      compare("the same call on operands of size 1");
      if (found.failed()) return exact_outcome(found);
    }
  }
  return exact_outcome(found);
}

std::string floating_point_fault() {
  if (std::fegetround() != FE_TONEAREST) return "the rounding mode is no longer to nearest";
  if (fegetexcept() != 0) return "floating-point exceptions trap";
  const volatile float smallest = std::numeric_limits<float>::denorm_min(), least = std::numeric_limits<float>::min();
  if (smallest * 2 == 0) return "subnormal operands are taken for 0 (DAZ)";
  if (least / 2 == 0) return "subnormal results are flushed to 0 (FTZ)";
  const volatile double least_double = std::numeric_limits<double>::min();
  if (least_double / 2 == 0) return "subnormal results are flushed to 0 (FTZ)";
  const volatile long double one = 1, step = std::numeric_limits<long double>::epsilon();
  if (one + step == one) return "long double has lost digits (x87 precision control)";
  return {};
}

template <class T>
Outcome keeps_environment(const Subject& subject, TestData& data) {
  Findings found;
  std::string fault = floating_point_fault();
  if (!fault.empty()) fault = "before the first call here: " + fault;
  for (const Product& product : products()) {
    if (!fault.empty()) break;
    if (!has<T>(product.routine, subject.products)) continue;
    for (const ProductShape& shape : typical_shapes(product.routine)) {
      Operands<T> operands(product, product.forms.front(), shape, Inputs::normal, 0, data);
      call(product.routine, subject.products, operands.arguments());
      ++found.n_compared;
      fault = floating_point_fault();
      if (fault.empty()) continue;
      fault = fmt::format("after {}: {}", describe(product.routine, operands.arguments()), fault);
      break;
    }
  }
  std::fesetenv(FE_DFL_ENV);
  return exact_outcome(fault, found.n_compared);
}

#define SQRTN_INSTANTIATE(T)                                                      \
  template Outcome history<T>(const Product&, const blas::Functions&, TestData&); \
  template Outcome keeps_environment<T>(const Subject&, TestData&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
