#include "claims/products/data.hpp"

#include <cmath>

#include "sqrtn/random/fill.hpp"
#include "support/words.hpp"

namespace sqrtn::claims {

namespace {

/// n mod d for many n: a product takes a tenth of a division's time.
class Remainder {
 public:
  /// 0 < d < 2⁶³.
  explicit Remainder(std::uint64_t d) : d_(d), inverse_(~std::uint64_t{0} / d) {}
  [[nodiscard]] std::int64_t of(std::uint64_t n) const {
    // n/d − 1 < n·inverse/2⁶⁴ ≤ n/d: the quotient is at most 1 too small.
    const auto quotient = static_cast<std::uint64_t>(static_cast<Wide>(n) * inverse_ >> 64);
    const std::uint64_t rest = n - quotient * d_;
    return static_cast<std::int64_t>(rest < d_ ? rest : rest - d_);
  }

 private:
  __extension__ using Wide = unsigned __int128;
  std::uint64_t d_, inverse_;
};

}  // namespace

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
  const Remainder remainder(static_cast<std::uint64_t>(2 * bound + 1));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<T>(remainder.of(bits[i]) - bound);
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
