#include <cmath>

#include "claims/routines/rotations.hpp"

namespace sqrtn::claims {
namespace {

/// A modified rotation on its way.
template <class R>
struct Scaling {
  ModifiedRotation<R>& made;

  /// All of H is told once one of its ones is not one any more.
  void tell_all() {
    R& flag = made.h[0];
    if (flag == 0) made.h[1] = made.h[4] = 1;
    if (flag == 1) {
      made.h[2] = -1;
      made.h[3] = 1;
    }
    flag = -1;
  }
  /// Brings d into (2⁻²⁴, 2²⁴); the row of H and what it makes change by 2¹² each time.
  void bring_into_range(R& d, R& of_row, R& next_of_row, R* made_by_row) {
    constexpr R gamma = 4096;
    const auto times = [&](R factor) {
      tell_all();
      d /= factor * factor;
      of_row *= factor;
      next_of_row *= factor;
      if (made_by_row != nullptr) *made_by_row *= factor;
    };
    while (d != 0 && std::abs(d) <= 1 / (gamma * gamma)) times(1 / gamma);
    while (std::isfinite(d) && std::abs(d) >= gamma * gamma) times(gamma);
  }
};

}  // namespace

template <class R>
ModifiedRotation<R> modified_rotation(R d1, R d2, R x1, R y1) {
  ModifiedRotation<R> made{.d1 = d1, .d2 = d2, .x1 = x1};
  const R p2 = d2 * y1, p1 = d1 * x1, q1 = p1 * x1, q2 = p2 * y1;
  if (p2 == 0) {
    made.h[0] = -2;
    return made;
  }
  if (d1 < 0 || (std::abs(q1) <= std::abs(q2) && q2 < 0)) return {.d1 = 0, .d2 = 0, .x1 = 0, .h = {-1, 0, 0, 0, 0}};
  if (std::abs(q1) > std::abs(q2)) {
    made.h = {0, 0, -y1 / x1, p2 / p1, 0};
    const R u = 1 - made.h[3] * made.h[2];
    made.d1 /= u;
    made.d2 /= u;
    made.x1 *= u;
  } else {
    made.h = {1, p1 / p2, 0, 0, x1 / y1};
    const R u = 1 + made.h[1] * made.h[4];
    made.d1 = d2 / u;
    made.d2 = d1 / u;
    made.x1 = y1 * u;
  }
  Scaling<R> scaling{made};
  scaling.bring_into_range(made.d1, made.h[1], made.h[3], &made.x1);
  scaling.bring_into_range(made.d2, made.h[2], made.h[4], nullptr);
  return made;
}

template ModifiedRotation<float> modified_rotation(float, float, float, float);
template ModifiedRotation<double> modified_rotation(double, double, double, double);
template ModifiedRotation<long double> modified_rotation(long double, long double, long double, long double);

}  // namespace sqrtn::claims
