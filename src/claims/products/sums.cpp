#include "claims/products/checks.hpp"
#include "claims/products/sweep.hpp"

namespace sqrtn::claims {
namespace {

/// Integers, all α and β, packed and with gaps that hold NaN.
template <class T>
void exact_small(Trial& trial) {
  check_shapes<T>(trial, trial.product.small, trial.product.scalars.exact);
}

template <class T>
void exact_large(Trial& trial) {
  check_shapes<T>(trial, joined({trial.product.medium, trial.product.large}), trial.product.scalars.few);
}

template <class T, Inputs... kinds>
void within_bound(Trial& trial) {
  for (const Inputs inputs : {kinds...}) {
    check_shapes<T>(trial, up_to_medium(trial.product), trial.product.scalars.rounding,
                    {.inputs = inputs, .exact = false});
  }
}

}  // namespace

template <class T>
std::vector<Check> checks_of_sums() {
  const std::string bound = ": |error| ≤ γ_{k+2}(|α||A||B| + |β||C|) entry by entry, worst case, ";
  return {{.name = "exact_small",
           .of = routines_of_sums,
           .statement = " is exact for integers, at every small shape; gaps are neither read nor written",
           .source = exact_source,
           .check = exact_small<T>},
          {.name = "exact_large",
           .of = routines_of_sums,
           .statement = " is exact for integers, around the block sizes of kernels and caches, and past 2¹⁶",
           .source = exact_source,
           .check = exact_large<T>},
          {.name = "random_bound",
           .of = routines_of_sums,
           .statement = bound + "N(0,1) inputs",
           .source = bound_source,
           .check = within_bound<T, Inputs::normal>,
           .outcome = bound_outcome},
          {.name = "hard_bound",
           .of = routines_of_sums,
           .statement = bound + "positive, cancelling and badly scaled inputs",
           .source = bound_source,
           .check = within_bound<T, Inputs::positive, Inputs::cancelling, Inputs::scaled>,
           .outcome = bound_outcome}};
}

template std::vector<Check> checks_of_sums<float>();
template std::vector<Check> checks_of_sums<double>();

}  // namespace sqrtn::claims
