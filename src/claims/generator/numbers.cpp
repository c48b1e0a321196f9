#include "claims/generator/numbers.hpp"

#include <algorithm>
#include <limits>

namespace sqrtn::claims {
namespace {

void draw_words(const Subject& subject, const random::Stream& stream, std::span<std::uint64_t> out) {
  std::vector<std::uint32_t> words(out.size());
  subject.bits(stream, words);
  std::ranges::copy(words, out.begin());
}

/// A draw from U(−1, 1) is (2k + 1 − 2^p)/2^p: k has p digits.
template <class T>
void draw_uniforms(const Subject& subject, const random::Stream& stream, std::span<std::uint64_t> out) {
  constexpr int p = std::numeric_limits<T>::digits;
  std::vector<T> draws(out.size());
  subject.of<T>().uniform(stream, draws, T(-1), T(1));
  constexpr T two_to_p = std::int64_t{1} << p;
  std::ranges::transform(draws, out.begin(), [](T x) {
    const auto n = static_cast<std::int64_t>(x * two_to_p);
    return static_cast<std::uint64_t>((n + (std::int64_t{1} << p) - 1) / 2);
  });
}

}  // namespace

const std::vector<NumberSource>& number_sources() {
  static const std::vector<NumberSource> sources = {{"bits", true, 32, draw_words},
                                                    {"uniform/f32", false, 24, draw_uniforms<float>},
                                                    {"uniform/f64", false, 53, draw_uniforms<double>}};
  return sources;
}

}  // namespace sqrtn::claims
