#include "claims/weights/equality.hpp"

#include <algorithm>
#include <cmath>

#include "statistics/summary.hpp"

namespace sqrtn::claims::weights {
namespace {

/// Which of the likenesses in place still hold after some pairs.
struct InPlace {
  bool equal = true, negated = true, magnitudes = true;

  void take(std::span<const double> a, std::span<const double> b) {
    for (std::size_t i = 0; i < a.size() && magnitudes; ++i) {
      equal = equal && a[i] == b[i];
      negated = negated && a[i] == -b[i];
      magnitudes = std::abs(a[i]) == std::abs(b[i]);
    }
  }
  [[nodiscard]] Likeness verdict() const {
    if (!magnitudes) return Likeness::none;
    return equal ? Likeness::equal : negated ? Likeness::negated : Likeness::other_signs;
  }
};

bool is_rotated(std::span<const double> a, std::span<const double> b) {
  const auto start = std::ranges::find(b, a[0]);
  if (start == b.end()) return false;
  const auto shift = static_cast<std::size_t>(start - b.begin());
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[(i + shift) % b.size()]) return false;
  }
  return true;
}

bool same_magnitudes(std::span<const double> a, std::span<const double> b) {
  const auto sorted = [](std::span<const double> x) {
    std::vector<double> all(x.size());
    std::ranges::transform(x, all.begin(), [](double v) { return std::abs(v); });
    std::ranges::sort(all);
    return all;
  };
  return sorted(a) == sorted(b);
}

}  // namespace

Likeness likeness(std::span<const double> a, std::span<const double> b) {
  InPlace in_place;
  in_place.take(a, b);
  if (in_place.verdict() != Likeness::none || a.empty()) return in_place.verdict();
  if (is_rotated(a, b)) return Likeness::rotated;
  return same_magnitudes(a, b) ? Likeness::permuted : Likeness::none;
}

Likeness likeness(const StoredTensor& a, const StoredTensor& b) {
  constexpr std::size_t block = 4096;
  std::vector<double> x(block), y(block);
  InPlace in_place;
  const std::size_t count = a.count();
  for (std::size_t at = 0; at < count && in_place.magnitudes; at += block) {
    const std::size_t size = std::min(block, count - at);
    statistics::read_values(a, at, std::span(x).first(size));
    statistics::read_values(b, at, std::span(y).first(size));
    in_place.take(std::span(x).first(size), std::span(y).first(size));
  }
  return in_place.verdict();
}

std::vector<double> values_at(const StoredTensor& tensor, std::size_t first, std::size_t count, std::size_t stride) {
  std::vector<double> values(count);
  if (stride == 1) {
    statistics::read_values(tensor, first, values);
    return values;
  }
  for (std::size_t i = 0; i < count; ++i) statistics::read_values(tensor, first + i * stride, {&values[i], 1});
  return values;
}

}  // namespace sqrtn::claims::weights
