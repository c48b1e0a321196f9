#include "claims/routines/routine_call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <complex>
#include <cstring>

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
  return letter == 'b' ? "beta" : std::string(1, letter);
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
      return sine;
    case '-':
      return -sine;
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
  std::size_t n_scalars = 0;
  for (const blas::Argument& argument : operation.arguments) {
    blas::Value value{.integer = integer(argument), .address = nullptr};
    if (argument.what == What::data) value.address = places[place_of(argument.of)];
    if (argument.what == What::scalar) {
      numbers.at(n_scalars) = scalar(argument.of);
      reals.at(n_scalars) = real_part(scalar(argument.of));
      value.address = is_real(argument.of) ? static_cast<void*>(&reals.at(n_scalars)) : &numbers.at(n_scalars);
      ++n_scalars;
    }
    values.push_back(value);
  }
  const WatchedCall watched;
  interface.call({operation, blas_type<T>, choice.row_major, values, result_.data()});
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

#define SQRTN_INSTANTIATE(T)                                  \
  template class RoutineCall<T>;                              \
  template Real<T> RoutineCall<T>::returned<Real<T>>() const; \
  template std::int64_t RoutineCall<T>::returned<std::int64_t>() const;
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
SQRTN_INSTANTIATE(std::complex<float>)
SQRTN_INSTANTIATE(std::complex<double>)
#undef SQRTN_INSTANTIATE
template std::complex<float> RoutineCall<std::complex<float>>::returned() const;
template std::complex<double> RoutineCall<std::complex<double>>::returned() const;

}  // namespace sqrtn::claims
