#include <array>
#include <cfenv>
#include <complex>

#include "claims/judge.hpp"
#include "claims/products/checks.hpp"
#include "claims/routines/answer.hpp"
#include "claims/routines/lasting.hpp"
#include "claims/routines/registers.hpp"

namespace sqrtn::claims {
namespace {

/// "raised divide-by-zero, invalid": of the three flags that a right, finite answer does not raise; or that it forgot
/// numbers in registers. Empty if it did neither.
std::string left_behind(bool filled_x87) {
  if (filled_x87) return "left numbers in the x87 registers; once they are full, arithmetic in long double gives NaN";
  struct Flag {
    int bit;
    const char* name;
  };
  std::string names;
  for (const auto& [bit, name] :
       {Flag{FE_DIVBYZERO, "divide-by-zero"}, {FE_OVERFLOW, "overflow"}, {FE_INVALID, "invalid"}}) {
    if (std::fetestexcept(bit) != 0) names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return names.empty() ? "" : "raised " + names;
}

/// What idle lanes of vectors would compute with: 0/0 is invalid, the largest number plus itself overflows.
constexpr std::array<std::uint32_t, 2> leftovers{0, 0x7f7fffff};

template <class T>
void flags_of(const Inquiry& inquiry) {
  for_calls(
      inquiry, inquiry.in_depth ? varied_shapes(inquiry.operation) : harmless_shapes(inquiry.operation),
      [&](const Choice& choice, const blas::Interface& interface) {
        Instance<T> instance = rounding_instance<T>(inquiry.operation, choice, inquiry.data);
        for (const std::uint32_t leftover : leftovers) {
          if (inquiry.in_depth && (leftover == 0) != (choice.padding == 0))
            continue;  // the same call is made both ways
          instance.restore();
          fill_registers_and_stack(leftover);
          std::feclearexcept(FE_ALL_EXCEPT);
          instance.call(interface);
          const std::string left = left_behind(instance.filled_x87);
          ++inquiry.found.n_compared;
          if (!left.empty()) return inquiry.found.fail([&] { return instance.describe(interface) + ": " + left; });
        }
      },
      100);
}

template <class T>
void flags_of_all(const Subject& subject, TestData& data, Findings& found) {
  for (const blas::Operation* operation : lasting_operations<T>(subject, data)) {
    if (found.failed()) return;
    flags_of<T>({*operation, blas_type<T>, subject.interfaces, data, found});
  }
}

/// Real and complex numbers of one precision.
template <class T>
Outcome flags(const Subject& subject, TestData& data) {
  std::fesetenv(FE_DFL_ENV);
  Findings found;
  const std::vector<blas::Interface> products{products_of(subject)};
  for (const blas::Operation* operation : nine_of<T>(products.front())) {
    flags_of<T>({*operation, blas_type<T>, products, data, found, 1, true});
  }
  flags_of_all<T>(subject, data, found);
  flags_of_all<std::complex<T>>(subject, data, found);
  std::fesetenv(FE_DFL_ENV);
  return exact_outcome(found);
}

}  // namespace

template <class T>
std::vector<CommonCheck> common_checks_of_flags() {
  return {{.name = "flags",
           .statement = "finite operands with a finite answer raise neither divide-by-zero nor overflow nor invalid, "
                        "in real and complex numbers; no call leaves numbers in x87 registers",
           .source = "IEEE 754-2019, clause 7",
           .check = flags<T>}};
}

template std::vector<CommonCheck> common_checks_of_flags<float>();
template std::vector<CommonCheck> common_checks_of_flags<double>();

}  // namespace sqrtn::claims
