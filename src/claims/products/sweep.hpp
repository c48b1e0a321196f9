#pragma once

#include <map>
#include <string_view>
#include <tuple>
#include <vector>

#include "claims/products/cases.hpp"
#include "claims/products/findings.hpp"
#include "claims/routines/comparison.hpp"

/// Calls over shapes, forms, gaps and scalars, whose forms share what is drawn and multiplied.
namespace sqrtn::claims {

/// Whether op(A) is an upper triangle.
inline bool is_upper(const Choice& choice) { return (choice.triangle == 'U') == (choice.transpose_a == 'N'); }

/// Every form of every shape, until one fails; triangles to be solved with are not huge. `fill` prepares a call whose
/// flags transpose nothing, one a shape; of triangles one for all forms whose op(A) is the same one on the same side.
/// `judge` gets each form with those entries in memory.
template <class T, class Fill, class Judge>
void for_forms(const Inquiry& inquiry, const std::vector<Choice>& shapes, Fill fill, Judge judge) {
  constexpr std::size_t largest_order = 1100;
  for (const Choice& shape : shapes) {
    std::map<std::tuple<char, bool, char>, Instance<T>> prepared;
    for_calls(inquiry, {shape}, [&](const Choice& choice, const blas::Interface& interface) {
      if (inquiry.operation.solves && choice.length('s') > largest_order) return;
      std::tuple kind(choice.side, is_upper(choice), choice.diagonal);
      if (!inquiry.operation.solves) kind = {};
      Choice plain = choice;
      plain.transpose_a = plain.transpose_b = 'N';
      if (inquiry.operation.solves) plain.triangle = is_upper(choice) ? 'U' : 'L';
      const auto [known, is_new] = prepared.try_emplace(kind, inquiry.operation, plain);
      if (is_new) fill(known->second);
      Instance<T> instance(inquiry.operation, choice);
      instance.take(known->second);
      instance.store();
      judge(instance, interface);
    });
  }
}

/// The call with each of these scalars, exactly or within the bound.
template <class T>
void compare_each(Instance<T>& instance, const blas::Interface& interface, const std::vector<Scalars>& scalars,
                  bool exact, std::string_view note, Findings& found) {
  for (const auto& [alpha, beta] : scalars) {
    if (found.failed()) return;
    instance.set_scalars(T(alpha), T(beta));
    call_and_compare(instance, interface, exact, note, found);
    instance.restore_results();
  }
}

/// All forms of these shapes, exactly.
template <class T, class Fill>
void compare_forms(const Inquiry& inquiry, const std::vector<Choice>& shapes, const std::vector<Scalars>& scalars,
                   std::string_view note, Fill fill) {
  for_forms<T>(inquiry, shapes, fill, [&](Instance<T>& instance, const blas::Interface& interface) {
    compare_each(instance, interface, scalars, true, note, inquiry.found);
  });
}

}  // namespace sqrtn::claims
