#include "claims/weights/structure.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "init/decompositions.hpp"
#include "sqrtn/support/tensor.hpp"

namespace sqrtn::claims::weights {
namespace {

using statistics::Line;
using statistics::Summary;

constexpr std::size_t most_lines = 256;

/// Where the only nonzero entries of an identity or a Dirac convolution may stand, in groups stacked on the first axis.
struct Diagonal {
  std::size_t outputs, inputs, taps = 1, centre = 0;

  [[nodiscard]] std::size_t place(std::size_t group, std::size_t i) const {
    return ((group * outputs + i) * inputs + i) * taps + centre;
  }
};

Diagonal diagonal_of(const Shape& shape, std::size_t groups) {
  Diagonal d{shape[0] / groups, shape[1]};
  for (std::size_t axis = 2; axis < shape.size(); ++axis) {
    d.centre = d.centre * shape[axis] + shape[axis] / 2;
    d.taps *= shape[axis];
  }
  return d;
}

/// The common value on that diagonal, if the nonzero entries are as many as it has places.
std::optional<double> value_on(const StoredTensor& tensor, const Diagonal& d, std::size_t groups, std::size_t nonzero) {
  const std::size_t length = std::min(d.outputs, d.inputs);
  if (nonzero != groups * length) return std::nullopt;
  std::optional<double> common;
  for (std::size_t group = 0; group < groups; ++group) {
    for (std::size_t i = 0; i < length; ++i) {
      double value = 0;
      statistics::read_values(tensor, d.place(group, i), {&value, 1});
      if (value == 0 || value != common.value_or(value)) return std::nullopt;
      common = value;
    }
  }
  return common;
}

FoundStructure find_diagonal(const StoredTensor& tensor, std::size_t nonzero) {
  const Shape& shape = tensor.shape;
  if (shape.size() < 2 || nonzero == 0 || tensor.reversed) return {};
  for (std::size_t groups = 1; groups <= shape[0]; ++groups) {
    if (shape[0] % groups != 0 || (shape.size() == 2 && groups > 1)) continue;
    const std::optional<double> gain = value_on(tensor, diagonal_of(shape, groups), groups, nonzero);
    if (gain) return {shape.size() == 2 ? Structure::identity : Structure::dirac, *gain, 0};
  }
  return {};
}

/// What perpendicular lines of length l may miss it by.
double allowance(Dtype dtype, double l) {
  const double u = unit_roundoff(dtype);
  return 16 * u / std::sqrt(l) + 64 * std::sqrt(l) * std::max(u * u, 0x1p-24);
}

/// ln of the probability that independent lines pass: a cosine is N(0, 1/l) in law and the pairs of disjoint lines
/// independent.
double log_chance(double allowed, double l, std::size_t lines) {
  const double one = std::min(1.0, 2 * allowed * std::sqrt(l / (2 * std::numbers::pi)));
  return static_cast<double>(lines / 2) * std::log(one);
}

bool equally_long(const std::vector<Line>& lines, double allowed) {
  const auto [low, high] = std::ranges::minmax(lines, {}, &Line::sum_of_squares);
  return low.sum_of_squares > 0 && high.sum_of_squares <= low.sum_of_squares * (1 + 2 * allowed);
}

/// The first lines as rows of a matrix.
Matrix<double> first_lines(const StoredTensor& tensor, std::size_t cols, bool of_rows, std::size_t count) {
  const std::size_t rows = tensor.count() / cols;
  Matrix<double> lines(count, of_rows ? cols : rows);
  if (of_rows) {
    statistics::read_values(tensor, 0, lines.storage());
    return lines;
  }
  for (std::size_t i = 0; i < rows; ++i) {
    std::vector<double> part(count);
    statistics::read_values(tensor, i * cols, part);
    for (std::size_t j = 0; j < count; ++j) lines(j, i) = part[j];
  }
  return lines;
}

FoundStructure find_orthogonal(const StoredTensor& tensor, const Summary& summary, double alpha) {
  const std::size_t rows = summary.rows.size(), cols = summary.row_length;
  if (rows == 0 || (summary.columns.empty() && rows > cols)) return {};
  const bool of_rows = rows <= cols;
  const std::vector<Line>& lines = of_rows ? summary.rows : summary.columns;
  const double l = static_cast<double>(std::max(rows, cols)), allowed = allowance(tensor.dtype, l);
  const std::size_t tried = std::min(lines.size(), most_lines);
  if (!equally_long(lines, allowed) || log_chance(allowed, l, tried) > std::log(alpha)) return {};
  const double square = summary.sum_of_squares / static_cast<double>(lines.size());
  const Matrix<double> some = first_lines(tensor, cols, of_rows, tried);
  const double error = init::largest_gram_error(some.view(), 1 / square);
  if (error > allowed) return {};
  return {Structure::orthogonal, std::sqrt(square), error};
}

/// An orthogonal matrix at the kernel's centre, zeros around it.
FoundStructure find_delta(const StoredTensor& tensor, const Summary& summary, double alpha) {
  const Shape& shape = tensor.shape;
  if (shape.size() < 3 || tensor.reversed) return {};
  const Diagonal d = diagonal_of(shape, 1);
  const std::size_t nonzero = summary.count - summary.n_zero, outputs = shape[0], inputs = shape[1];
  constexpr std::size_t largest = std::size_t{1} << 24;
  if (d.taps == 1 || nonzero == 0 || nonzero > outputs * inputs || outputs * inputs > largest) return {};
  Matrix<double> centre(outputs, inputs);
  double squares = 0;
  std::size_t at_centre = 0;
  for (std::size_t i = 0; i < outputs * inputs; ++i) {
    double& value = centre.storage()[i];
    statistics::read_values(tensor, i * d.taps + d.centre, {&value, 1});
    squares += value * value;
    at_centre += value != 0;
  }
  const std::size_t shorter = std::min(outputs, inputs);
  const double l = static_cast<double>(std::max(outputs, inputs)), allowed = allowance(tensor.dtype, l);
  if (at_centre != nonzero || shorter > 1024 || log_chance(allowed, l, shorter) > std::log(alpha)) return {};
  const double square = squares / static_cast<double>(shorter);
  const double error = init::largest_gram_error(centre.view(), 1 / square);
  if (error > allowed) return {};
  return {Structure::delta_orthogonal, std::sqrt(square), error};
}

}  // namespace

FoundStructure find_structure(const StoredTensor& tensor, const Summary& summary, double alpha) {
  if (summary.n_finite() < summary.count) return {};
  if (summary.minimum == summary.maximum) {
    const double value = summary.minimum;
    return {value == 0 ? Structure::zeros : value == 1 ? Structure::ones : Structure::constant, value, 0};
  }
  const FoundStructure diagonal = find_diagonal(tensor, summary.count - summary.n_zero);
  if (diagonal.structure != Structure::none) return diagonal;
  const FoundStructure delta = find_delta(tensor, summary, alpha);
  return delta.structure != Structure::none ? delta : find_orthogonal(tensor, summary, alpha);
}

}  // namespace sqrtn::claims::weights
