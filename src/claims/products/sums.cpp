#include "claims/products/checks.hpp"
#include "claims/products/sweep.hpp"

namespace sqrtn::claims {
namespace {

/// Integers, as dense as they can lie and with gaps that hold NaN.
template <class T>
void exact(const Inquiry& inquiry, const std::vector<Choice>& shapes, const std::vector<Scalars>& scalars) {
  compare_forms<T>(inquiry, shapes, scalars, ", integer inputs", [&](Instance<T>& sum) {
    sum.fill_integers(inquiry.data);
    sum.multiply();
  });
}

template <class T>
void exact_small(const Inquiry& inquiry) {
  exact<T>(inquiry, small_shapes(inquiry.operation, true), scalars_of(inquiry.operation).exact);
}

template <class T>
void exact_large(const Inquiry& inquiry) {
  const blas::Operation& operation = inquiry.operation;
  std::vector<Choice> shapes = medium_shapes(operation);
  if (inquiry.in_depth) shapes = joined({shapes, blocked_shapes(operation)});
  exact<T>(inquiry, shapes, scalars_of(operation).few);
}

template <class T, Inputs... kinds>
void within_bound(const Inquiry& inquiry) {
  const std::vector<Scalars> scalars = scalars_of(inquiry.operation).rounding;
  for (const Inputs inputs : {kinds...}) {
    const auto fill = [&](Instance<T>& sum) {
      sum.fill(inquiry.data, inputs);
      // What is added to is of the same size, whatever the factors are.
      const char output = inquiry.operation.outputs.front().operand;
      if (output != '=') inquiry.data.fill(std::span(sum.stored(output).entries), Inputs::normal);
      sum.template multiply<Wider<T>>();
    };
    const std::string note = fmt::format(", {} inputs", to_string(inputs));
    for_forms<T>(inquiry, up_to_medium(inquiry.operation), fill,
                 [&](Instance<T>& instance, const blas::Interface& interface) {
                   compare_each(instance, interface, scalars, false, note, inquiry.found);
                 });
  }
}

}  // namespace

template <class T>
std::vector<Check> checks_of_sums() {
  const std::string bound = ": |error| ≤ γ_{k+2}(|α||A||B| + |β||C|) entry by entry, worst case, ";
  return {{.name = "exact_small",
           .of = routines_of_sums(),
           .statement = " is exact for integers, at every small shape; gaps are neither read nor written",
           .source = exact_source,
           .check = exact_small<T>},
          {.name = "exact_large",
           .of = routines_of_sums(),
           .statement = " is exact for integers, around the block sizes of kernels and caches, and past 2¹⁶",
           .source = exact_source,
           .check = exact_large<T>},
          {.name = "random_bound",
           .of = routines_of_sums(),
           .statement = bound + "N(0,1) inputs",
           .source = bound_source,
           .check = within_bound<T, Inputs::normal>,
           .outcome = bound_outcome},
          {.name = "hard_bound",
           .of = routines_of_sums(),
           .statement = bound + "positive, cancelling and badly scaled inputs",
           .source = bound_source,
           .check = within_bound<T, Inputs::positive, Inputs::cancelling, Inputs::scaled>,
           .outcome = bound_outcome}};
}

template std::vector<Check> checks_of_sums<float>();
template std::vector<Check> checks_of_sums<double>();

}  // namespace sqrtn::claims
