#include "claims/routines/routine_call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <complex>
#include <cstring>
#include <limits>
#include <string_view>

#include "blas/x87.hpp"
#include "claims/last_call.hpp"
#include "claims/routines/halves.hpp"
#include "support/call_watch.hpp"

namespace sqrtn::claims {

using What = blas::Argument::What;

namespace {

template <class T>
std::string text_of(const T& value) {
  if constexpr (is_complex<T>)
    return fmt::format("({}, {})", value.real(), value.imag());
  else
    return fmt::format("{}", value);
}

std::string name_of_scalar(char letter) {
  if (letter == 'a') return "alpha";
  if (letter == 'y') return "y1";
  return letter == 'b' ? "beta" : letter == 'o' ? "b" : std::string(1, letter);
}

/// No two flags make the same of them.
constexpr std::string_view rotation_letters = "prqt";  // in the order of memory
constexpr std::array<int, 4> rotation_numbers{2, -2, -1, -1};

/// Whether that number is read where the flag is this.
bool is_read(char letter, int flag) {
  const bool on_diagonal = letter == 'p' || letter == 't';
  return flag == -1 || flag == (on_diagonal ? 1 : 0);
}

/// What stands there instead. Source: reference BLAS, srotm.
int implied(char letter, int flag) {
  if (letter == 'p' || letter == 't') return 1;
  return flag == -2 ? 0 : letter == 'q' ? 1 : -1;
}

int entry_of_rotation(char letter, int flag) {
  return is_read(letter, flag) ? rotation_numbers.at(rotation_letters.find(letter)) : implied(letter, flag);
}

}  // namespace

template <class T>
RoutineCall<T>::RoutineCall(const blas::Operation& operation_, const Choice& choice_)
    : operation(operation_), choice(choice_) {
  for (const blas::Operand& operand : operation.operands) placements.emplace_back(operation, operand, choice);
}

template <class T>
std::size_t RoutineCall<T>::place_of(char operand) const {
  const auto found = std::ranges::find(operation.operands, operand, &blas::Operand::name);
  return static_cast<std::size_t>(found - operation.operands.begin());
}

template <class T>
T RoutineCall<T>::scalar(char name) const {
  switch (name) {
    case 'a':
      return alpha;
    case 'A':
      return conjugate(alpha);
    case 'b':
      return beta;
    case 'c':
      return cosine;
    case 's':
      return is_real('s') ? T(real_part(sine)) : sine;
    case '-':
      return -scalar('s');
    case 'S':
      return -conjugate(sine);
    case 'o':
      return offset;
    case 'y':
      return second;
    case 'p':
    case 'r':
    case 'q':
    case 't':
      return T(static_cast<Real<T>>(entry_of_rotation(name, choice.rotation)));
    case '0':
      return T(0);
    default:
      return T(1);
  }
}

template <class T>
bool RoutineCall<T>::is_real(char scalar) const {
  return !is_complex<T> || operation.real_scalars.find(scalar) != std::string_view::npos;
}

template <class T>
std::int64_t RoutineCall<T>::integer(const blas::Argument& argument) const {
  switch (argument.what) {
    case What::side:
      return choice.side;
    case What::triangle:
      return choice.triangle;
    case What::diagonal:
      return choice.diagonal;
    case What::transpose:
      return choice.transpose(argument.of);
    case What::length: {
      const bool swapped = operation.lengths_of_stored && choice.transpose_a != 'N';
      const char letter = !swapped || (argument.of != 'm' && argument.of != 'n') ? argument.of
                          : argument.of == 'm'                                   ? 'n'
                                                                                 : 'm';
      return static_cast<std::int64_t>(choice.length(letter));
    }
    case What::leading:
      return placements[place_of(argument.of)].leading;
    case What::increment:
      return choice.increment(argument.of);
    default:
      return 0;
  }
}

template <class T>
void RoutineCall<T>::call(const blas::Interface& interface) {
  std::vector<blas::Value> values;
  std::array<Real<T>, 4> reals{};
  std::array<T, 4> numbers{};
  std::array<std::uint16_t, 4> halves{};
  std::size_t n_scalars = 0;
  for (const blas::Argument& argument : operation.arguments) {
    blas::Value value{.integer = integer(argument), .address = nullptr};
    if (argument.what == What::data) value.address = places[place_of(argument.of)];
    if (argument.what == What::scalar) {
      numbers.at(n_scalars) = scalar(argument.of);
      reals.at(n_scalars) = real_part(scalar(argument.of));
      value.address = is_real(argument.of) ? static_cast<void*>(&reals.at(n_scalars)) : &numbers.at(n_scalars);
      if (operation.half_scalars) {
        halves.at(n_scalars) = half_of(*operation.half_scalars, numbers.at(n_scalars));
        value.address = &halves.at(n_scalars);
      }
      ++n_scalars;
    }
    values.push_back(value);
  }
  if (is_last_call()) throw CallReached{describe(interface), {}};
  const CountedCall counted;
  const WatchedCall watched;
  interface.call({operation, blas_type<T>, choice.row_major, values, result_.data()});
  filled_x87 = blas::empty_x87();
}

template <class T>
std::string RoutineCall<T>::describe(const blas::Interface& interface) const {
  std::string text = interface.symbol(operation, blas_type<T>);
  if (interface.of_c && has_matrix(operation)) text += choice.row_major ? " row-major" : " column-major";
  for (const blas::Argument& argument : operation.arguments) {
    const auto& [what, of] = argument;
    const std::int64_t value = integer(argument);
    const auto flag = static_cast<char>(value & ~0x20);
    if (what == What::side) text += fmt::format(" side={}", flag);
    if (what == What::triangle) text += fmt::format(" uplo={}", flag);
    if (what == What::transpose) text += fmt::format(" trans{}={}", of == 'A' ? 'a' : 'b', flag);
    if (what == What::diagonal) text += fmt::format(" diag={}", flag);
    const bool is_band = what == What::length && (of == 'l' || of == 'u');
    if (what == What::length) text += fmt::format(" {}{}={}", is_band ? "k" : "", of, value);
    if (what == What::leading) text += fmt::format(" ld{}={}", static_cast<char>(of | 0x20), value);
    if (what == What::increment) text += fmt::format(" inc{}={}", of, value);
    if (what == What::data && of == 'H' && !finds_rotation(operation)) text += fmt::format(" flag={}", choice.rotation);
    if (what == What::scalar) text += fmt::format(" {}={}", name_of_scalar(of), text_of(scalar(of)));
  }
  return text;
}

template <class T>
template <class Number>
Number RoutineCall<T>::returned() const {
  Number number;
  std::memcpy(&number, result_.data(), sizeof number);
  return number;
}

template <class T>
T RoutineCall<T>::returned_number() const {
  if constexpr (is_complex<T>) {
    if (operation.pattern.front() == '?') return returned<T>();
  }
  if (operation.returns_double) return T(static_cast<Real<T>>(returned<double>()));
  return T(returned<Real<T>>());
}

template <class T>
std::array<T, 5> RoutineCall<T>::rotation() const {
  std::array<T, 5> numbers{T(static_cast<Real<T>>(choice.rotation))};
  for (std::size_t i = 0; i < 4; ++i) {
    const bool reads = is_read(rotation_letters[i], choice.rotation);
    numbers.at(i + 1) =
        reads ? T(static_cast<Real<T>>(rotation_numbers.at(i))) : T(std::numeric_limits<Real<T>>::quiet_NaN());
  }
  return numbers;
}

#define SQRTN_INSTANTIATE(T)                                  \
  template class RoutineCall<T>;                              \
  template Real<T> RoutineCall<T>::returned<Real<T>>() const; \
  template std::int64_t RoutineCall<T>::returned<std::int64_t>() const;
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
SQRTN_INSTANTIATE(std::complex<float>)
SQRTN_INSTANTIATE(std::complex<double>)
#undef SQRTN_INSTANTIATE
template double RoutineCall<float>::returned<double>() const;
template double RoutineCall<std::complex<float>>::returned<double>() const;
template std::complex<float> RoutineCall<std::complex<float>>::returned() const;
template std::complex<double> RoutineCall<std::complex<double>>::returned() const;

}  // namespace sqrtn::claims
