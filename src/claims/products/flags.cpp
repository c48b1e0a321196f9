#include <array>
#include <cfenv>
#include <complex>

#include "blas/x87.hpp"
#include "claims/judge.hpp"
#include "claims/products/checks.hpp"
#include "claims/products/operands.hpp"
#include "claims/routines/lasting.hpp"
#include "claims/routines/sweep.hpp"

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
      inquiry, harmless_shapes(inquiry.operation),
      [&](const Choice& choice, const blas::Interface& interface) {
        Instance<T> instance(inquiry.operation, choice);
        instance.fill(inquiry.data, Inputs::normal);
        instance.set_scalars(T(Real<T>(-0.7)), T(Real<T>(1.3)));
        instance.store();
        for (const std::uint32_t leftover : leftovers) {
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

/// Of the nine alone, where nothing else is to be called.
template <class T>
void flags_of_products(const Subject& subject, TestData& data, Findings& found) {
  for (const Product& product : products()) {
    if (!has<T>(product.routine, subject.products)) continue;
    for (const ProductShape& shape : typical_shapes(product.routine)) {
      for (const Form& form : product.forms) {
        if (found.failed()) return;
        Operands<T> operands(product, form, shape, Inputs::normal, 1, data);
        std::feclearexcept(FE_ALL_EXCEPT);
        call(product.routine, subject.products, operands.arguments());
        const std::string left = left_behind(blas::empty_x87());
        ++found.n_compared;
        if (!left.empty()) found.fail([&] { return describe(product.routine, operands.arguments()) + ": " + left; });
      }
    }
  }
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
  flags_of_products<T>(subject, data, found);
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
