#include "claims/routines/rotations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <complex>
#include <limits>
#include <vector>

#include "claims/routines/reproducer.hpp"
#include "claims/routines/sweep.hpp"

namespace sqrtn::claims {
namespace {

/// One call of rotg or rotmg after it was made.
template <class T>
struct RotationFound {
  using Wide = Real<Wider<T>>;
  const Instance<T>& instance;
  const blas::Interface& interface;
  Findings& found;

  [[nodiscard]] Wider<T> given(char operand) const { return convert<Wider<T>>(instance.before(operand)[0]); }

  void real(char operand, std::size_t at, Wide wanted, Wide bound, bool imaginary = false) const {
    const T& got = instance.stored(operand).memory[at];
    const std::size_t n_before = found.n_wrong;
    found.compare_wide<Wide>(imaginary ? imaginary_part(got) : real_part(got), wanted, bound, [&] {
      return fmt::format("{}{}, {} ({})", instance.describe(interface), numbers(), operand, at);
    });
    if (n_before > 0 || found.n_wrong == 0) return;
    const Symptom symptom{.operand = operand,
                          .at = at,
                          .imaginary = imaginary,
                          .expected = static_cast<double>(wanted),
                          .bound = static_cast<double>(bound)};
    found.program = c_program(instance, interface, symptom);
  }
  /// Relative to the number's size, and to what subnormal numbers cannot tell.
  void number(char operand, std::size_t at, const Wider<T>& wanted, Wide relative) const {
    const Wide bound = relative == 0 ? 0 : relative * std::abs(wanted) + std::numeric_limits<Real<T>>::denorm_min();
    real(operand, at, real_part(wanted), bound);
    if constexpr (is_complex<T>) real(operand, at, imaginary_part(wanted), bound, true);
  }
  [[nodiscard]] std::string numbers() const {
    std::string text;
    for (const Stored<T>& operand : instance.operands) {
      const char name = operand.placement.operand.name;
      if (operand.placement.rows > 1 || name == 'c' || name == 's') continue;
      const T value = instance.before(name)[0];
      text += fmt::format(" {}={}", name, real_part(value));
      if constexpr (is_complex<T>) text += fmt::format("+{}i", imaginary_part(value));
    }
    return text;
  }
};

template <class T>
Wider<T> scalar_of(const Instance<T>& instance, char name) {
  return convert<Wider<T>>(instance.scalar(name));
}

/// In complex types r and s have the phase of a, where there is one.
template <class T>
void compare_plane(const RotationFound<T>& call, bool exact) {
  using Wide = Real<Wider<T>>;
  const Wider<T> a = call.given('a'), b = call.given('b');
  const PlaneRotation<Wider<T>> wanted = plane_rotation(a, b);
  const Wide bound = exact ? 0 : static_cast<Wide>(gamma<Real<T>>(is_complex<T> ? 32 : 16));
  call.real('c', 0, wanted.c, bound * std::abs(wanted.c));
  if (is_complex<T> && exact && a == Wider<T>(0)) return;
  call.number('s', 0, wanted.s, bound);
  if (is_complex<T> && exact) return;
  call.number('a', 0, wanted.r, bound);
  if constexpr (!is_complex<T>) call.number('b', 0, wanted.z, bound);
}

template <class T>
void compare_modified(const RotationFound<T>& call, bool exact) {
  if constexpr (!is_complex<T>) {
    using Wide = Wider<T>;
    const ModifiedRotation<Wide> wanted =
        modified_rotation<Wide>(call.given('d'), call.given('e'), call.given('x'), scalar_of(call.instance, 'y'));
    const Wide bound = exact ? 0 : static_cast<Wide>(gamma<T>(16));
    call.number('H', 0, wanted.h[0], 0);
    for (std::size_t i = 1; i < 5; ++i) {
      const bool on_diagonal = i == 1 || i == 4;
      if (wanted.h[0] == -1 || wanted.h[0] == (on_diagonal ? 1 : 0)) call.number('H', i, wanted.h[i], bound);
    }
    call.number('d', 0, wanted.d1, bound);
    call.number('e', 0, wanted.d2, bound);
    call.number('x', 0, wanted.x1, bound);
  }
}

/// What rotg or rotmg is handed: a and b, or d₁, d₂, x₁ and y₁.
template <class T>
using Given = std::array<T, 4>;

template <class T>
void find_rotations(const Inquiry& inquiry, const std::vector<Given<T>>& all, bool exact) {
  const bool is_plane = inquiry.operation.reduction == blas::Reduction::plane_rotation;
  for (const blas::Interface& interface : inquiry.interfaces) {
    if (!interface.has(inquiry.operation, inquiry.type)) continue;
    for (const Given<T>& given : all) {
      if (inquiry.found.failed()) return;
      Instance<T> instance(inquiry.operation, {});
      const std::string_view names = is_plane ? "ab" : "dex";
      for (std::size_t i = 0; i < names.size(); ++i) instance.stored(names[i]).entries.front() = given.at(i);
      instance.second = given[3];
      instance.store();
      instance.call(interface);
      const RotationFound<T> call{instance, interface, inquiry.found};
      is_plane ? compare_plane(call, exact) : compare_modified(call, exact);
    }
  }
}

/// Whether q₁ and q₂ are so far apart that rounding does not choose between the two forms of H.
template <class T>
bool is_clear(const Given<T>& given) {
  const auto q1 = std::abs(real_part(given[0] * given[2] * given[2])),
             q2 = std::abs(real_part(given[1] * given[3] * given[3]));
  return std::max(q1, q2) > Real<T>(1.01) * std::min(q1, q2);
}

/// Normal numbers, weights positive; `scaled` makes what is wanted of them.
template <class T, class Scaled>
std::vector<Given<T>> drawn(const Inquiry& inquiry, Scaled scaled) {
  constexpr std::size_t n = 2000;
  std::vector<T> numbers(4 * n);
  inquiry.data.fill(
      std::span<Real<T>>(reinterpret_cast<Real<T>*>(numbers.data()), numbers.size() * (is_complex<T> ? 2 : 1)),
      Inputs::normal);
  const bool is_plane = inquiry.operation.reduction == blas::Reduction::plane_rotation;
  std::vector<Given<T>> all;
  for (std::size_t i = 0; i < n; ++i) {
    Given<T> given{numbers[4 * i], numbers[4 * i + 1], numbers[4 * i + 2], numbers[4 * i + 3]};
    if (!is_plane) {
      given[0] = T(std::abs(given[0]));
      given[1] = T(std::abs(given[1]));
    }
    scaled(given, i);
    if (is_plane || is_clear(given)) all.push_back(given);
  }
  return all;
}

}  // namespace

template <class T>
void exact_rotations(const Inquiry& inquiry) {
  if (inquiry.operation.reduction == blas::Reduction::modified_rotation) {
    // No weight or no second number: nothing is to be done. No first number: the two change places.
    return find_rotations<T>(inquiry,
                             {{T(3), T(0), T(2), T(5)},
                              {T(3), T(2), T(4), T(0)},
                              {T(2), T(3), T(0), T(1)},
                              {T(2), T(3), T(0), T(-4)},
                              {T(-1), T(2), T(3), T(4)}},
                             true);
  }
  std::vector<Given<T>> all;
  for (const int number : {1, -1, 3, -7, 1000}) {
    all.push_back({T(static_cast<Real<T>>(number)), T(0)});
    all.push_back({T(0), T(static_cast<Real<T>>(number))});
  }
  if (!is_complex<T>) all.push_back({T(0), T(0)});
  find_rotations<T>(inquiry, all, true);
}

template <class T>
void random_rotations(const Inquiry& inquiry) {
  const auto as_drawn = [](Given<T>&, std::size_t) {};
  find_rotations<T>(inquiry, drawn<T>(inquiry, as_drawn), false);
}

template <class T>
void extreme_rotations(const Inquiry& inquiry) {
  const bool is_plane = inquiry.operation.reduction == blas::Reduction::plane_rotation;
  constexpr int last = std::numeric_limits<Real<T>>::max_exponent - 6;
  const auto scaled = [&](Given<T>& given, std::size_t i) {
    const int sign = i % 2 == 0 ? 1 : -1, apart = static_cast<int>(i / 2 % 5) * 5;
    // rotmg's products d·x² and x₁' stay in range.
    const int exponent = sign * (is_plane ? last : last / 2);
    given[0] *= std::ldexp(Real<T>(1), exponent);
    given[1] *= std::ldexp(Real<T>(1), exponent - sign * apart);
  };
  find_rotations<T>(inquiry, drawn<T>(inquiry, scaled), false);
}

#define SQRTN_INSTANTIATE(T)                         \
  template void exact_rotations<T>(const Inquiry&);  \
  template void random_rotations<T>(const Inquiry&); \
  template void extreme_rotations<T>(const Inquiry&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
SQRTN_INSTANTIATE(std::complex<float>)
SQRTN_INSTANTIATE(std::complex<double>)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
