#include "claims/products/data.hpp"

#include <cmath>

#include "sqrtn/random/fill.hpp"
#include "support/words.hpp"

namespace sqrtn::claims {

std::string_view to_string(Inputs inputs) {
  constexpr std::string_view words[] = {"integers", "normal", "positive", "cancelling", "scaled"};
  return sqrtn::word_of(inputs, words);
}

random::Stream TestData::next() {
  ++stream_.stream;
  return stream_;
}

template <class T>
void TestData::fill_integers(std::span<T> out, double largest) {
  Buffer<std::uint64_t> bits(out.size());
  random::fill_bits(next(), bits.span());
  const auto bound = static_cast<std::int64_t>(largest);
  const auto n_values = static_cast<std::uint64_t>(2 * bound + 1);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<T>(static_cast<std::int64_t>(bits[i] % n_values) - bound);
  }
}

template <class T>
void TestData::fill(std::span<T> out, Inputs inputs) {
  if (inputs == Inputs::positive) return random::fill_uniform<T>(next(), out, 0, 1);
  if (inputs != Inputs::scaled) return random::fill_normal<T>(next(), out, 0, 1);
  random::fill_uniform<T>(next(), out, -1, 1);
  Buffer<T> exponents(out.size());
  fill_integers(exponents.span(), sizeof(T) == sizeof(float) ? 30 : 300);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::ldexp(out[i], static_cast<int>(exponents[i]));
}

#define SQRTN_INSTANTIATE(T)                                      \
  template void TestData::fill_integers<T>(std::span<T>, double); \
  template void TestData::fill<T>(std::span<T>, Inputs);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
