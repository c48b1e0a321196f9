#include "claims/weights/trouble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "laws/sample.hpp"
#include "statistics/patterns.hpp"

namespace sqrtn::claims::weights {
namespace {

using statistics::Summary;

constexpr int far_octaves = 10;
constexpr double far_share = 0.05;

/// How many nonzero values lie in each octave.
std::map<int, std::uint64_t> octaves_of(const Summary& summary, Dtype dtype) {
  std::map<int, std::uint64_t> octaves;
  for (const statistics::Cell& cell : summary.cells) {
    const double value = std::abs(statistics::value_of(cell.pattern, dtype));
    if (value > 0) octaves[std::ilogb(value)] += cell.count;
  }
  return octaves;
}

struct Spread {
  int median = 0;
  std::uint64_t count = 0, far = 0, far_above = 0;
  int lowest = 0, highest = 0;
};

Spread spread_of(const Summary& summary, Dtype dtype) {
  const std::map<int, std::uint64_t> octaves = octaves_of(summary, dtype);
  Spread spread;
  if (octaves.empty()) return spread;
  for (const auto& [octave, count] : octaves) spread.count += count;
  std::uint64_t below = 0;
  for (const auto& [octave, count] : octaves) {
    if (2 * below < spread.count) spread.median = octave;
    below += count;
  }
  for (const auto& [octave, count] : octaves) {
    if (std::abs(octave - spread.median) > far_octaves) spread.far += count;
    if (octave > spread.median + far_octaves) spread.far_above += count;
  }
  spread.lowest = octaves.begin()->first;
  spread.highest = octaves.rbegin()->first;
  return spread;
}

void add_wild(std::vector<Finding>& findings, const Summary& summary, const StoredTensor& tensor, double alpha) {
  const Spread spread = spread_of(summary, tensor.dtype);
  const double n = static_cast<double>(spread.count), far = static_cast<double>(spread.far);
  if (far < far_share * n || spread.far_above == 0) return;
  // Of a law here a value is ten octaves below the median with probability below 2^-10, above it never.
  const double p = laws::at_least_p_value(far, n, std::exp2(-far_octaves));
  if (p >= alpha) return;
  findings.push_back(
      {Kind::uninitialised,
       fmt::format("values from 2^{} to 2^{}, {:.0f} % of them over {} octaves from the median: memory that "
                   "was not initialised, or another type",
                   spread.lowest, spread.highest, 100 * far / n, far_octaves),
       p});
}

/// "rows 256 to 511" if the zero lines follow each other, else how many.
std::string zero_lines(const std::vector<statistics::Line>& lines, const char* what) {
  std::size_t first = lines.size(), last = 0, count = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].sum_of_squares != 0) continue;
    first = std::min(first, i);
    last = i;
    ++count;
  }
  if (count == 0) return "";
  return last - first + 1 == count ? fmt::format(": {}s {} to {}", what, first, last)
                                   : fmt::format(": {} whole {}s", count, what);
}

void add_zeros(std::vector<Finding>& findings, const Summary& summary, const StoredTensor& tensor, double alpha) {
  const double n = static_cast<double>(summary.n_finite()), zeros = static_cast<double>(summary.n_zero);
  if (zeros == 0 || zeros == n) return;
  const double rms = std::sqrt(summary.sum_of_squares / (n - zeros));
  // A density of at most 1/(√3·σ)… of the laws here is below 0.46/σ; a uniform of 24 bits has a cell of 2^-23.
  const double expected = 0.46 * smallest_subnormal(tensor.dtype) / rms + 0x1p-22;
  const double p = laws::at_least_p_value(zeros, n, std::min(1.0, expected));
  if (p >= alpha) return;
  std::string where = zero_lines(summary.rows, "row");
  if (where.empty()) where = zero_lines(summary.columns, "column");
  findings.push_back({Kind::zeros, fmt::format("{:.3g} % zeros{}", 100 * zeros / n, where), p});
}

void add_subnormals(std::vector<Finding>& findings, const Summary& summary, Dtype dtype, double alpha) {
  const double n = static_cast<double>(summary.n_finite()), count = static_cast<double>(summary.n_subnormal);
  if (count == 0) return;
  const double smallest_normal = dtype == Dtype::f16 ? 0x1p-14 : 0x1p-126;
  const double rms = std::sqrt(summary.sum_of_squares / n);
  const double p = laws::at_least_p_value(count, n, std::min(1.0, 2 * 0.46 * smallest_normal / rms));
  if (p < alpha) findings.push_back({Kind::subnormals, fmt::format("{:.3g} % subnormal", 100 * count / n), p});
}

void add_few_digits(std::vector<Finding>& findings, const Summary& summary, Dtype dtype) {
  constexpr std::size_t fewest = 64;
  if (summary.n_finite() < fewest || summary.cells.size() < fewest / 2 || summary.used_bits == 0) return;
  // Half types are summarised as floats.
  const int digits = digits_of(dtype == Dtype::f64 ? Dtype::f64 : Dtype::f32) - std::countr_zero(summary.used_bits);
  // A random last bit is 0 in all of them with probability 2^-n.
  for (const Dtype shorter : {Dtype::bf16, Dtype::f16, Dtype::f32}) {
    if (digits_of(shorter) >= digits_of(dtype) || digits > digits_of(shorter)) continue;
    const double p = std::exp2(-static_cast<double>(summary.n_finite()));
    findings.push_back({Kind::few_digits,
                        fmt::format("{} digits of {}: values of {} in a tensor of {}", digits, digits_of(dtype),
                                    to_string(shorter), to_string(dtype)),
                        p});
    return;
  }
}

StoredTensor reread(const StoredTensor& tensor, Dtype dtype, bool swapped) {
  constexpr std::size_t most_values = 65536;
  StoredTensor other = tensor;
  const std::size_t count = std::min(most_values, tensor.bytes.size() / bytes_of(dtype));
  other.dtype = dtype;
  other.swapped = swapped;
  other.shape = {count};
  other.bytes = tensor.bytes.first(count * bytes_of(dtype));
  return other;
}

}  // namespace

Weight weight_of(Kind kind) {
  switch (kind) {
    case Kind::nan:
    case Kind::infinite:
    case Kind::uninitialised:
    case Kind::wrong_type:
    case Kind::excluded_end:
      return Weight::always;
    case Kind::equal_lines:
    case Kind::equal_tensors:
    case Kind::shared_stream:
      return Weight::of_draws;
    default:
      return Weight::of_assertions;
  }
}

std::vector<Finding> find_trouble(const StoredTensor& tensor, const Summary& summary, double alpha) {
  std::vector<Finding> findings;
  const double n = static_cast<double>(summary.count);
  const auto seen = [&](Kind kind, std::size_t count, const char* what) {
    if (count > 0)
      findings.push_back({kind, fmt::format("{} {} ({:.2g} %)", count, what, 100 * static_cast<double>(count) / n), 0});
  };
  seen(Kind::nan, summary.n_nan, "NaN");
  seen(Kind::infinite, summary.n_infinite, "infinite");
  add_wild(findings, summary, tensor, alpha);
  add_zeros(findings, summary, tensor, alpha);
  add_subnormals(findings, summary, tensor.dtype, alpha);
  add_few_digits(findings, summary, tensor.dtype);
  return findings;
}

std::vector<LawFit> fit_laws(const Sample& sample, double alpha) {
  return {fit(sample, init::Law::normal, alpha), fit(sample, init::Law::uniform, alpha),
          fit(sample, init::Law::truncated_normal, alpha)};
}

std::optional<Finding> find_wrong_type(const StoredTensor& tensor, double alpha) {
  constexpr std::size_t fewest = 512;
  constexpr int most_octaves = 20;
  for (const Dtype dtype : {tensor.dtype, Dtype::bf16, Dtype::f16, Dtype::f32, Dtype::f64}) {
    for (const bool swapped : {tensor.swapped, !tensor.swapped}) {
      if (dtype == tensor.dtype && swapped == tensor.swapped) continue;
      const StoredTensor other = reread(tensor, dtype, swapped);
      if (other.count() < fewest) continue;
      const Summary summary = statistics::summarise(other);
      if (summary.n_finite() < summary.count || summary.minimum == summary.maximum) continue;
      if (std::abs(spread_of(summary, dtype).median) > most_octaves) continue;
      const std::vector<LawFit> fits = fit_laws(Sample(summary, dtype), alpha);
      const auto held = std::ranges::find_if(fits, &LawFit::holds);
      if (held == fits.end()) continue;
      const char* order = swapped == tensor.swapped ? "" : " with its bytes in the other order";
      return Finding{Kind::wrong_type,
                     fmt::format("read as {}{} it is a draw, {} of deviation {:.4g}", to_string(dtype), order,
                                 init::to_string(held->law), held->estimate),
                     0};
    }
  }
  return std::nullopt;
}

}  // namespace sqrtn::claims::weights
