#include "claims/routines/long_call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <complex>
#include <cstring>

#include "support/call_watch.hpp"

namespace sqrtn::claims {

using What = blas::Argument::What;

template <class T>
LongCall<T>::LongCall(const blas::Operation& operation_, const Choice& choice_)
    : operation(operation_), choice(choice_), places(operation_.operands.size()) {
  for (const blas::Operand& operand : operation.operands) placements.emplace_back(operation, operand, choice);
}

template <class T>
std::size_t LongCall<T>::place_of(char operand) const {
  const auto found = std::ranges::find(operation.operands, operand, &blas::Operand::name);
  return static_cast<std::size_t>(found - operation.operands.begin());
}

template <class T>
T LongCall<T>::scalar(char name) const {
  switch (name) {
    case 'a':
    case 'A':
      return alpha;
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
std::int64_t LongCall<T>::integer(const blas::Argument& argument) const {
  switch (argument.what) {
    case What::transpose:
      return choice.transpose(argument.of);
    case What::length: {
      const bool swapped = operation.lengths_of_stored && choice.transpose_a != 'N';
      const char letter = !swapped ? argument.of : argument.of == 'm' ? 'n' : 'm';
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
void LongCall<T>::call(const blas::Interface& interface) {
  std::vector<blas::Value> values;
  std::array<Real<T>, 4> reals{};
  std::array<T, 4> numbers{};
  std::size_t n_scalars = 0;
  for (const blas::Argument& argument : operation.arguments) {
    blas::Value value{.integer = integer(argument), .address = nullptr};
    if (argument.what == What::data) value.address = places[place_of(argument.of)];
    if (argument.what == What::scalar) {
      const bool is_real = operation.real_scalars.find(argument.of) != std::string_view::npos;
      numbers.at(n_scalars) = scalar(argument.of);
      reals.at(n_scalars) = real_part(scalar(argument.of));
      value.address = is_real ? static_cast<void*>(&reals.at(n_scalars)) : &numbers.at(n_scalars);
      ++n_scalars;
    }
    values.push_back(value);
  }
  const WatchedCall watched;
  interface.call({operation, blas_type<T>, choice.row_major, values, result_.data()});
}

template <class T>
std::string LongCall<T>::describe(const blas::Interface& interface) const {
  std::string text = interface.symbol(operation, blas_type<T>);
  const bool has_matrix = has_argument(operation, What::data, 'A');
  if (interface.of_c && has_matrix) text += choice.row_major ? " row-major" : " column-major";
  for (const blas::Argument& argument : operation.arguments) {
    const std::int64_t value = integer(argument);
    if (argument.what == What::transpose) text += fmt::format(" transa={}", static_cast<char>(value));
    if (argument.what == What::length) text += fmt::format(" {}={}", argument.of, value);
    if (argument.what == What::leading) text += fmt::format(" lda={}", value);
    if (argument.what == What::increment) text += fmt::format(" inc{}={}", argument.of, value);
  }
  return text;
}

template <class T>
template <class Number>
Number LongCall<T>::returned() const {
  Number number;
  std::memcpy(&number, result_.data(), sizeof number);
  return number;
}

#define SQRTN_INSTANTIATE(T)                               \
  template struct LongCall<T>;                             \
  template Real<T> LongCall<T>::returned<Real<T>>() const; \
  template std::int64_t LongCall<T>::returned<std::int64_t>() const;
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
SQRTN_INSTANTIATE(std::complex<float>)
SQRTN_INSTANTIATE(std::complex<double>)
#undef SQRTN_INSTANTIATE
template std::complex<float> LongCall<std::complex<float>>::returned() const;
template std::complex<double> LongCall<std::complex<double>>::returned() const;

}  // namespace sqrtn::claims
