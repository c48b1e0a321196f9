#include "claims/routines/lasting.hpp"

#include <algorithm>
#include <complex>

#include "claims/routines/sweep.hpp"

namespace sqrtn::claims {
namespace {

constexpr double limit_s = 30;

template <class T>
bool last(const std::vector<const blas::Operation*>& operations, const Subject& subject, TestData& data) {
  const ChildFault fault = fault_in_child(limit_s, [&](const Tell& tell) {
    for (const blas::Operation* operation : operations) call_plainly<T>(*operation, subject, data, tell, "");
    return std::string();
  });
  return fault.text.empty();
}

}  // namespace

template <class T>
void call_plainly(const blas::Operation& operation, const Subject& subject, TestData& data, const Tell& tell,
                  const std::string& when) {
  Findings found;
  for_calls(
      {operation, blas_type<T>, subject.interfaces, data, found}, harmless_shapes(operation),
      [&](const Choice& choice, const blas::Interface& interface) {
        Instance<T> instance(operation, choice);
        instance.fill(data, Inputs::normal);
        instance.store();
        tell(instance.describe(interface) + when);
        instance.call(interface);
      },
      0);
}

template <class T>
std::vector<const blas::Operation*> lasting_operations(const Subject& subject, TestData& data) {
  std::vector<const blas::Operation*> all;
  for (const blas::Operation& operation : blas::operations()) {
    if (operation.types.find(blas_type<T>) != std::string_view::npos) all.push_back(&operation);
  }
  if (is_sanitized() || last<T>(all, subject, data)) return all;
  std::vector<const blas::Operation*> lasting;
  std::ranges::copy_if(all, std::back_inserter(lasting),
                       [&](const blas::Operation* operation) { return last<T>({operation}, subject, data); });
  return lasting.empty() ? all : lasting;
}

#define SQRTN_INSTANTIATE(T)                                                                                         \
  template void call_plainly<T>(const blas::Operation&, const Subject&, TestData&, const Tell&, const std::string&); \
  template std::vector<const blas::Operation*> lasting_operations<T>(const Subject&, TestData&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
SQRTN_INSTANTIATE(std::complex<float>)
SQRTN_INSTANTIATE(std::complex<double>)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
