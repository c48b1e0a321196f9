#include <fmt/format.h>

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numeric>

#include "claims/weights/equality.hpp"
#include "claims/weights/lines.hpp"

namespace sqrtn::claims::weights {
namespace {

using statistics::Line;
using statistics::Summary;

/// Lines as they lie: line i has `count` values, `stride` apart, from i·first_step on.
struct Lines {
  const std::vector<Line>& lines;
  std::size_t first_step, count, stride;
  const char* what;
};

struct Pair {
  std::size_t a, b;
  Likeness how;
};

/// Lines that a hash calls alike and that are, each with the one before it of its hash.
std::vector<Pair> alike(const StoredTensor& tensor, const Lines& l) {
  std::vector<std::size_t> order(l.lines.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(l.lines[i].hash, i); });
  constexpr std::size_t most_compared = 1
                                        << 26;  // values; beyond that the hashes, which agreed each time, are believed
  std::vector<Pair> pairs;
  std::size_t compared = 0;
  for (std::size_t k = 1; k < order.size(); ++k) {
    const std::size_t a = order[k - 1], b = order[k];
    if (l.lines[a].hash != l.lines[b].hash || l.lines[a].sum_of_squares == 0) continue;
    if (compared > most_compared) {
      pairs.push_back({a, b, pairs.empty() ? Likeness::permuted : pairs.back().how});
      continue;
    }
    compared += 2 * l.count;
    const Likeness how = likeness(values_at(tensor, a * l.first_step, l.count, l.stride),
                                  values_at(tensor, b * l.first_step, l.count, l.stride));
    if (how != Likeness::none) pairs.push_back({a, b, how});
  }
  std::ranges::sort(pairs, {}, [](const Pair& pair) { return pair.a; });
  return pairs;
}

/// "8 equal blocks of 64 rows" if each line repeats at one distance, else the first pair and how many there are.
std::string describe(const std::vector<Pair>& pairs, const Lines& l) {
  const Pair& first = pairs.front();
  const std::size_t distance = first.b - first.a, total = l.lines.size();
  const bool regular = std::ranges::all_of(
      pairs, [&](const Pair& pair) { return pair.b - pair.a == distance && pair.how == first.how; });
  const std::string_view how = word_of(first.how, likeness_words);
  if (regular && total % distance == 0 && pairs.size() == total - distance && distance > 1) {
    return fmt::format("{} blocks of {} {}s: {}", total / distance, distance, l.what, how);
  }
  return fmt::format("{} of {} {}s repeat another, first {} and {}: {}", pairs.size(), total, l.what, first.a, first.b,
                     how);
}

/// ln P(two given values are equal), at most: by cells, of which one of f32 or f64 has 2^16 numbers or more, about
/// evenly used.
double log_collision(const Summary& summary, Dtype dtype) {
  const double n = static_cast<double>(summary.n_finite());
  double sum = 0;
  for (const statistics::Cell& cell : summary.cells) sum += std::pow(static_cast<double>(cell.count) / n, 2);
  const bool wide = dtype == Dtype::f32 || dtype == Dtype::f64;
  const bool all_digits = std::countr_zero(summary.used_bits) < 4;
  return std::log(sum) - (wide && all_digits ? 12 * std::log(2.0) : 0);
}

}  // namespace

std::vector<Finding> find_equal_lines(const StoredTensor& tensor, const Summary& summary, double alpha) {
  std::vector<Finding> findings;
  const std::size_t rows = summary.rows.size(), cols = summary.row_length;
  const double collision = log_collision(summary, tensor.dtype);
  for (const Lines& l : {Lines{summary.rows, cols, cols, 1, "row"}, Lines{summary.columns, 1, rows, cols, "column"}}) {
    // Magnitudes, in any order: 2^count signs and count! orders, at most, for each pair.
    const double count = static_cast<double>(l.count), lines = static_cast<double>(l.lines.size());
    const double log_chance = count * (collision + std::log(2.0)) + 2 * std::log(std::max(lines, 1.0));
    if (l.lines.size() < 2 || log_chance > std::log(alpha)) continue;
    std::vector<Pair> pairs = alike(tensor, l);
    // std::lgamma keeps a sign for all threads.
    if (log_chance + boost::math::lgamma(count + 1) > std::log(alpha)) {
      std::erase_if(pairs, [](const Pair& pair) { return pair.how == Likeness::permuted; });
    }
    if (!pairs.empty()) findings.push_back({Kind::equal_lines, describe(pairs, l), std::exp(log_chance)});
  }
  return findings;
}

}  // namespace sqrtn::claims::weights
