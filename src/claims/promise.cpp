#include "claims/promise.hpp"

#include <algorithm>
#include <array>

#include "claims/area.hpp"

namespace sqrtn::claims {
namespace {

struct Promise {
  std::string_view name;  ///< last part of the id
  ClaimClass claim_class = ClaimClass::values;
  std::string_view symptom;
};

// Underflow is one of the five exceptions of IEEE 754, so that subnormal numbers are with these.
constexpr std::array promises{
    Promise{"exact", ClaimClass::values, "gets integers wrong"},
    Promise{"exact_small", ClaimClass::values, "gets integers wrong"},
    Promise{"exact_large", ClaimClass::values, "gets integers wrong at larger shapes"},
    Promise{"exact_blocks", ClaimClass::values, "gets integers wrong at large shapes"},
    Promise{"bound", ClaimClass::values, "errs beyond the error bound"},
    Promise{"random_bound", ClaimClass::values, "errs beyond the error bound"},
    Promise{"hard_bound", ClaimClass::values, "errs beyond the error bound"},
    Promise{"increments", ClaimClass::values, "errs where an increment is 0"},
    Promise{"extremes", ClaimClass::values, "overflows or underflows where the answer does not"},
    Promise{"precision", ClaimClass::values, "loses digits"},
    Promise{"beta_zero", ClaimClass::values, "reads the result where β = 0"},
    Promise{"repeatable", ClaimClass::values, "does not repeat its bits"},
    Promise{"history", ClaimClass::values, "answers by what was called before"},
    Promise{"threaded", ClaimClass::values, "errs with several of its own threads"},
    Promise{"large_counts", ClaimClass::values, "errs where one dimension is past 2¹⁶ or 2²³"},
    Promise{"growth", ClaimClass::values, "loses digits in long sums"},
    Promise{"small_stack", ClaimClass::memory, "needs more than 512 KiB of stack"},
    Promise{"empty", ClaimClass::memory, "touches memory where there is nothing to do"},
    Promise{"inside", ClaimClass::memory, "reads or writes outside its operands"},
    Promise{"environment", ClaimClass::process, "changes rounding or other floating-point state"},
    Promise{"fork", ClaimClass::process, "hangs, crashes or errs after fork()"},
    Promise{"loading", ClaimClass::process, "changes the process that loads it"},
    Promise{"flags", ClaimClass::process, "raises floating-point exceptions for right answers"},
    Promise{"concurrent", ClaimClass::process, "is not safe from several threads"},
    Promise{"exceptional", ClaimClass::exceptions, "loses or spreads a NaN or Inf"},
    Promise{"exceptional_scalars", ClaimClass::exceptions, "ignores a NaN or Inf in α or β"},
    Promise{"unset", ClaimClass::exceptions, "reads imaginary parts that need not be set"},
    Promise{"alpha_zero", ClaimClass::exceptions, "lets NaN through where α = 0"},
    Promise{"zero_factor", ClaimClass::exceptions, "returns numbers where 0·NaN is due"},
    Promise{"subnormals", ClaimClass::exceptions, "flushes subnormal numbers to zero"},
};

const Promise* promise_of(std::string_view id) {
  if (!is_in(Area::products, id)) return nullptr;
  const auto found = std::ranges::find(promises, id.substr(id.rfind('/') + 1), &Promise::name);
  return found == promises.end() ? nullptr : &*found;
}

}  // namespace

ClaimClass class_of(std::string_view id) {
  const Promise* promise = promise_of(id);
  return promise == nullptr ? ClaimClass::values : promise->claim_class;
}

std::string_view symptom_of(std::string_view id) {
  const Promise* promise = promise_of(id);
  return promise == nullptr ? "fails" : promise->symptom;
}

std::string_view symptom_of(const Result& result) {
  if (!result.outcome.at_random) return symptom_of(result.claim.id);
  return std::ranges::find(promises, "repeatable", &Promise::name)->symptom;
}

}  // namespace sqrtn::claims
