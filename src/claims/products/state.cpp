#include <cfenv>
#include <limits>

#include "claims/judge.hpp"
#include "claims/products/checks.hpp"
#include "claims/routines/answer.hpp"

namespace sqrtn::claims {
namespace {

Choice larger(Choice choice) {
  choice.m += 13;
  choice.n += 7;
  choice.k += 11;
  return choice;
}

Choice of_size_1(Choice choice) {
  choice.m = choice.n = choice.k = 1;
  return choice;
}

/// Neither what registers and stack hold matters, nor an earlier call, be it with NaN in larger operands or a tiny one.
template <class T>
void history(const Inquiry& inquiry) {
  for_calls(inquiry, varied_shapes(inquiry.operation), [&](const Choice& choice, const blas::Interface& interface) {
    Instance<T> instance = rounding_instance<T>(inquiry.operation, choice, inquiry.data);
    Instance<T> poison(inquiry.operation, larger(choice));
    for (Stored<T>& operand : poison.operands) operand.memory.fill(std::numeric_limits<T>::quiet_NaN());
    Instance<T> tiny = rounding_instance<T>(inquiry.operation, of_size_1(choice), inquiry.data);
    fill_registers_and_stack(0);
    const std::vector<T> first = answer(instance, interface);
    const auto compare = [&](const char* after, std::optional<std::uint32_t> registers = {}) {
      ++inquiry.found.n_compared;
      if (inquiry.found.failed() || answers(instance, interface, first, registers)) return;
      inquiry.found.fail(
          [&] { return fmt::format("{}: other bits than before, after {}", instance.describe(interface), after); });
    };
    compare("NaN in registers and stack", ~0U);
    poison.call(interface);
    compare("the same call on larger operands, all NaN");
    tiny.call(interface);
    compare("the same call on operands of size 1");
  });
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
  const blas::Interface products = products_of(subject);
  for (const blas::Operation* operation : nine_of<T>(products)) {
    for (Choice choice : varied_shapes(*operation)) {
      if (!fault.empty()) break;
      choice.row_major = true;
      Instance<T> instance = rounding_instance<T>(*operation, choice, data);
      instance.call(products);
      ++n_calls;
      fault = floating_point_fault();
      if (!fault.empty()) fault = fmt::format("after {}: {}", instance.describe(products), fault);
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
