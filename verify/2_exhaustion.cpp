#include <fmt/format.h>

#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <numbers>
#include <vector>

#include "exhaustion.hpp"
#include "sqrtn/random/fill.hpp"

/// The float normal over all its inputs, 2³² words of the radius and 2³² of the direction. What is found stands in the
/// error lines of random/fill.hpp and in docs/random.md.
namespace sqrtn::verify {
namespace {

constexpr std::size_t distance = 16;                ///< between the draws of a pair
constexpr std::size_t part = std::size_t{1} << 20;  ///< inputs of one task
constexpr std::size_t parts = (std::size_t{1} << 32) / part;
constexpr std::uint32_t straight = 0;  ///< a direction whose cosine is 1

/// f(first word, its pairs' first draws, their second draws) for consecutive words from `first` on as radii
/// with `other` as direction, or the reverse.
template <class F>
void for_pairs(std::uint64_t first, std::size_t n, bool radii, std::uint32_t other, F f) {
  std::array<std::uint32_t, 2 * distance> words;
  std::array<float, 2 * distance> draws;
  for (std::uint64_t word = first; word < first + n; word += distance) {
    for (std::size_t i = 0; i < distance; ++i) {
      words[i] = radii ? static_cast<std::uint32_t>(word + i) : other;
      words[distance + i] = radii ? other : static_cast<std::uint32_t>(word + i);
    }
    random::normal_of_words(words, draws, 0, 1);
    for (std::size_t i = 0; i < distance; ++i) f(word + i, draws[i], draws[i + distance]);
  }
}

/// How many directions have a coordinate of a given size: a count for each float from 0.44 to 1, in which the tails
/// from 3 on lie.
class Reach {
 public:
  Reach() : counts_(index_of(1) + 2) {}

  void add(float x) {
    if (x >= least) counts_[index_of(x)].fetch_add(1, std::memory_order_relaxed);
  }
  /// To be called once, after the last add: from counts to how many are at least as large.
  void accumulate() {
    beyond_.resize(counts_.size());
    std::uint64_t n = 0;
    for (std::size_t i = counts_.size(); i-- > 0;) beyond_[i] = n += counts_[i].load(std::memory_order_relaxed);
  }
  /// The number of coordinates x with r·x > k, rounded as the draw is.
  [[nodiscard]] std::uint64_t beyond(float r, float k) const {
    float x = k / r;
    while (r * x > k) x = std::nextafter(x, 0.0f);
    while (r * x <= k && x <= 1) x = std::nextafter(x, 2.0f);
    return x > 1 ? 0 : beyond_.at(index_of(x));
  }

 private:
  static constexpr float least = 0.44f;
  static std::size_t index_of(float x) { return std::bit_cast<std::uint32_t>(x) - std::bit_cast<std::uint32_t>(least); }
  std::vector<std::atomic<std::uint32_t>> counts_;
  std::vector<std::uint64_t> beyond_;
};

/// What a part of the radii, or all, have shown.
struct Radii {
  double worst_ulp = 0, largest = 0, smallest = 1, rises_ulp = 0;
  std::size_t n_bad = 0;
  long double square = 0, fourth = 0;
  std::array<std::uint64_t, 4> tails{};  ///< coordinates of |z| > k, k = 3 … 6, over 2³¹ a radius
  float first = 0, last = 0;

  void add(std::uint64_t word, float radius, float previous, const Reach& reach) {
    const double u = std::ldexp(static_cast<double>(word) + 0.5, -32);
    const double rest = std::ldexp(0x1p32 - 0.5 - static_cast<double>(word), -32);
    const double exact = std::sqrt(-2 * (u < 0.5 ? std::log(u) : std::log1p(-rest)));
    const double r = radius;
    n_bad += !std::isfinite(radius) || radius <= 0;
    worst_ulp = std::max(worst_ulp, std::abs(r - exact) / float_ulp(exact));
    if (radius > previous) rises_ulp = std::max(rises_ulp, (r - static_cast<double>(previous)) / float_ulp(exact));
    largest = std::max(largest, r);
    smallest = std::min(smallest, r);
    const double r2 = r * r;
    square += r2;
    fourth += r2 * r2;
    for (int k = 3; k <= 6 && r > k; ++k) tails[k - 3] += reach.beyond(radius, static_cast<float>(k));
  }
  void merge(const Radii& next) {
    if (next.first > last) rises_ulp = std::max(rises_ulp, (next.first - last) / float_ulp(last));
    worst_ulp = std::max(worst_ulp, next.worst_ulp);
    largest = std::max(largest, next.largest);
    smallest = std::min(smallest, next.smallest);
    rises_ulp = std::max(rises_ulp, next.rises_ulp);
    n_bad += next.n_bad;
    square += next.square;
    fourth += next.fourth;
    for (std::size_t i = 0; i < tails.size(); ++i) tails[i] += next.tails[i];
    last = next.last;
  }
};

Radii radii_of_part(std::size_t i, const Reach& reach) {
  Radii found;
  float previous = std::numeric_limits<float>::infinity();
  for_pairs(i * part, part, true, straight, [&](std::uint64_t word, float radius, float) {
    if (word == i * part) found.first = radius;
    found.add(word, radius, previous, reach);
    previous = radius;
  });
  found.last = previous;
  return found;
}

/// What a part of the directions, or all, have shown.
struct Directions {
  double worst_ulp = 0;                ///< in ULP of the radius
  double back_ulp = 0;                 ///< by which a coordinate steps back as the angle grows, in its own ULP
  std::size_t n_back = 0;              ///< how often
  std::size_t n_wrong = 0;             ///< not turned by their top bits, or not antisymmetric
  long double square = 0, fourth = 0;  ///< of cosine and sine together

  void merge(const Directions& next) {
    worst_ulp = std::max(worst_ulp, next.worst_ulp);
    back_ulp = std::max(back_ulp, next.back_ulp);
    n_back += next.n_back;
    n_wrong += next.n_wrong;
    square += next.square;
    fourth += next.fourth;
  }
};

using Point = std::pair<float, float>;

/// The points of `part` consecutive words.
std::vector<Point> points(std::uint64_t first, std::uint32_t unit) {
  std::vector<Point> found;
  found.reserve(part);
  for_pairs(first, part, false, unit, [&](std::uint64_t, float x, float y) { found.emplace_back(x, y); });
  return found;
}

/// The four words that differ in their top two bits alone, and the word of the opposite angle.
Directions directions_of_part(std::size_t i, std::uint32_t unit, Reach& reach) {
  constexpr std::uint64_t swap = 1u << 30;
  const std::uint64_t first = i * part;
  const auto plain = points(first, unit), swapped = points(first + swap, unit),
             mirrored = points(first + 2 * swap, unit), both = points(first + 3 * swap, unit),
             opposite = points(swap - part - first, unit);
  Directions found;
  for (std::size_t j = 0; j < part; ++j) {
    const auto [c, s] = plain[j];
    const auto word = static_cast<std::uint32_t>(first + j);
    const double turns = std::ldexp(static_cast<double>(static_cast<std::int32_t>(word << 2 | 2u)), -34);
    const double cosine = std::cos(2 * std::numbers::pi * turns), sine = std::sin(2 * std::numbers::pi * turns);
    found.worst_ulp = std::max({found.worst_ulp, std::abs(c - cosine) * 0x1p23, std::abs(s - sine) * 0x1p23});
    const bool turned = swapped[j] == Point(s, c) && mirrored[j] == Point(-c, s) && both[j] == Point(s, -c);
    found.n_wrong += !turned || opposite[part - 1 - j] != Point(c, -s);
    if (j > 0) {
      const auto [c0, s0] = plain[j - 1];
      const double back = std::max((s0 - s) / float_ulp(std::abs(s)), (turns > 0 ? c - c0 : c0 - c) / float_ulp(c));
      found.n_back += back > 0;
      found.back_ulp = std::max(found.back_ulp, back);
    }
    reach.add(c);
    reach.add(std::abs(s));
    const double c2 = double{c} * double{c}, s2 = double{s} * double{s};
    found.square += c2 + s2;
    found.fourth += c2 * c2 + s2 * s2;
  }
  return found;
}

/// A word whose radius is 1, so that its draws are the direction.
std::uint32_t word_of_radius_one() {
  const auto near = static_cast<std::uint64_t>(std::exp(-0.5) * 0x1p32) / distance * distance;
  std::uint32_t found = 0;
  for_pairs(near, distance, true, straight, [&](std::uint64_t word, float radius, float) {
    if (radius == 1) found = static_cast<std::uint32_t>(word);
  });
  return found;
}

Directions every_direction(Reach& reach) {
  const std::uint32_t unit = word_of_radius_one();
  EXPECT_NE(unit, 0u);
  Directions found = over_all<Directions>(parts / 4, [&](std::size_t i) { return directions_of_part(i, unit, reach); });
  reach.accumulate();
  EXPECT_LE(found.worst_ulp, 0.9) << "ULP of the radius";
  EXPECT_LE(found.back_ulp, 1);
  EXPECT_LE(static_cast<double>(found.n_back), 0.00021 * 0x1p30);
  EXPECT_EQ(found.n_wrong, 0u);
  fmt::print("direction within {:.3f} ULP; {} of 2^30 steps back, by {:.2f} ULP\n", found.worst_ulp, found.n_back,
             found.back_ulp);
  return found;
}

Radii every_radius(const Reach& reach) {
  Radii radii = over_all<Radii>(parts, [&](std::size_t i) { return radii_of_part(i, reach); });
  EXPECT_EQ(radii.n_bad, 0u);
  EXPECT_LE(radii.worst_ulp, 2.6);
  EXPECT_EQ(radii.rises_ulp, 0) << "ULP by which a radius exceeds the one before";
  EXPECT_LE(radii.largest, 6.77);
  fmt::print("radius {:.7g} to {:.7g}, within {:.3f} ULP\n", radii.smallest, radii.largest, radii.worst_ulp);
  return radii;
}

// Radius and direction have words of their own, so that sums over their pairs, 2⁶⁴ inputs, are products of sums.
TEST(ExhaustionSlow, NormalOfEveryWord) {
  Reach reach;
  const Directions directions = every_direction(reach);
  const Radii radii = every_radius(reach);
  // Cosine and sine take turns as a draw's coordinate.
  const double square = static_cast<double>(radii.square / 0x1p32L / 2 * (directions.square / 0x1p30L)),
               fourth = static_cast<double>(radii.fourth / 0x1p32L / 2 * (directions.fourth / 0x1p30L));
  const double kurtosis = fourth / (square * square);
  fmt::print("variance 1 {:+.3g}, fourth moment 3 {:+.3g}, kurtosis 3 {:+.3g}\n", square - 1, fourth - 3, kurtosis - 3);
  EXPECT_LE(std::abs(square - 1), 2.1e-8);
  EXPECT_LE(std::abs(kurtosis - 3), 4.9e-8);
  for (int k = 3; k <= 6; ++k) {
    // Draws that exceed k by less than half an ULP are rounded to it.
    const double least = k + float_ulp(k) / 2, law = std::erfc(least / std::numbers::sqrt2);
    const double mass = std::ldexp(static_cast<double>(radii.tails[k - 3]), -63);
    fmt::print("P(|z| > {}) = {:.9g}, {:+.2g} of the law's at {:.9g}\n", k, mass, mass / law - 1, least);
    // The radii are 2³² points of their law: a tail of N of them is off by a share of about 1/N.
    EXPECT_LE(std::abs(mass / law - 1), 1e-7 + 2 / (0x1p32 * std::exp(-0.5 * k * k))) << k;
  }
}

}  // namespace
}  // namespace sqrtn::verify
