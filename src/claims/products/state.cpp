#include <algorithm>
#include <cfenv>
#include <limits>

#include "claims/judge.hpp"
#include "claims/products/checks.hpp"
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

/// Neither what registers and stack hold matters, nor an earlier call, be it with NaN in larger operands or a tiny one.
template <class T>
void history(Trial& trial) {
  const Product& product = trial.product;
  for (const ProductShape& shape : typical_shapes(product.routine)) {
    for (const Form& form : product.forms) {
      if (trial.found.failed()) return;
      Operands<T> operands(product, form, shape, Inputs::normal, 1, trial.data);
      Operands<T> poison(product, form, fitted(product.routine, larger(shape)), Inputs::normal, 0, trial.data);
      Operands<T> tiny(product, form, fitted(product.routine, {1, 1, 1}), Inputs::normal, 0, trial.data);
      fill_with_nan(poison);
      fill_registers_and_stack(0);
      const Buffer<T> first = answer(product, trial.blas, operands);
      const auto compare = [&](const char* after, bool dirty_registers = false) {
        operands.reset();
        if (dirty_registers) fill_registers_and_stack(~0U);
        trial.call(operands.arguments());
        ++trial.found.n_compared;
        if (trial.found.failed() || same_bits(operands.c, first.span())) return;
        trial.found.fail([&] {
          return fmt::format("{}: other bits than before, after {}", trial.describe(operands.arguments()), after);
        });
      };
      compare("NaN in registers and stack", true);
      trial.call(poison.arguments());
      compare("the same call on larger operands, all NaN");
      trial.call(tiny.arguments());
      compare("the same call on operands of size 1");
    }
  }
}

/// What about this thread's floating-point arithmetic is not as IEEE 754's defaults have it, found by
/// doing some; empty if nothing.
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

/// The defaults are there again at the end.
template <class T>
Outcome keeps_environment(const Subject& subject, TestData& data) {
  std::size_t n_calls = 0;
  std::string fault = floating_point_fault();
  if (!fault.empty()) fault = "before the first call here: " + fault;
  for (const Product& product : products()) {
    if (!has<T>(product.routine, subject.products)) continue;
    for (const ProductShape& shape : typical_shapes(product.routine)) {
      if (!fault.empty()) break;
      Operands<T> operands(product, product.forms.front(), shape, Inputs::normal, 0, data);
      call(product.routine, subject.products, operands.arguments());
      ++n_calls;
      fault = floating_point_fault();
      if (!fault.empty()) fault = fmt::format("after {}: {}", describe(product.routine, operands.arguments()), fault);
    }
  }
  std::fesetenv(FE_DFL_ENV);
  return exact_outcome(fault, n_calls);
}

}  // namespace

template <class T>
std::vector<Check> checks_of_state() {
  return {{.name = "history",
           .statement = ": the same bits whatever registers hold and whatever was called before",
           .source = design_source,
           .check = history<T>}};
}

template <class T>
std::vector<CommonCheck> common_checks_of_state() {
  return {{.name = "environment",
           .statement = "rounding, traps and subnormals are after each call as IEEE 754's defaults have them",
           .source = "IEEE 754-2019, 4.3 and 7.1; System V ABI, 3.2.3: control bits are preserved by a call",
           .check = keeps_environment<T>}};
}

template std::vector<Check> checks_of_state<float>();
template std::vector<Check> checks_of_state<double>();
template std::vector<CommonCheck> common_checks_of_state<float>();
template std::vector<CommonCheck> common_checks_of_state<double>();

}  // namespace sqrtn::claims
