#include "claims/products/rounding.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "claims/products/findings.hpp"
#include "claims/routines/answer.hpp"
#include "statistics/distributions.hpp"

namespace sqrtn::claims {

using blas::reference::Wide;

namespace {

/// Of error/(u·|A||B|) over one product's entries.
struct RoundingError {
  double mean_square = 0;
  double largest = 0;
};

template <class T>
RoundingError rounding_error(Instance<T>& sum, const blas::Interface& interface) {
  const std::vector<T> got = answer(sum, interface);
  const Expected<Wide<T>> expected = sum.template expected<Wide<T>>(sum.operation.outputs.front());
  constexpr auto unit = Wide<T>(std::numeric_limits<T>::epsilon()) / 2;
  Wide<T> squares = 0;
  Wide<T> largest = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const Wide<T> error = (got[i] - expected.value[i]) / expected.magnitude[i] / unit;
    squares += error * error;
    largest = std::max(largest, std::abs(error));
  }
  return {static_cast<double>(squares / static_cast<Wide<T>>(got.size())), static_cast<double>(largest)};
}

/// Of a line.
struct Point {
  double x;
  double y;
};

/// y ≈ intercept + slope·x by least squares, with Student's intervals; the constant is exp(intercept).
Growth fit(const std::vector<Point>& points) {
  const auto n = static_cast<double>(points.size());
  double mean_x = 0;
  double mean_y = 0;
  for (const Point& point : points) {
    mean_x += point.x / n;
    mean_y += point.y / n;
  }
  double xx = 0;
  double xy = 0;
  for (const Point& point : points) {
    xx += (point.x - mean_x) * (point.x - mean_x);
    xy += (point.x - mean_x) * (point.y - mean_y);
  }
  const double slope = xy / xx;
  const double intercept = mean_y - slope * mean_x;
  double residual = 0;
  for (const Point& point : points) residual += std::pow(point.y - intercept - slope * point.x, 2);
  const double t = boost::math::quantile(boost::math::students_t(n - 2), 0.995);
  const double s = std::sqrt(residual / (n - 2));
  const double of_slope = t * s / std::sqrt(xx);
  const double of_intercept = t * s * std::sqrt(1 / n + mean_x * mean_x / xx);
  return {.exponent = {slope, {slope - of_slope, slope + of_slope}},
          .constant = {std::exp(intercept), {std::exp(intercept - of_intercept), std::exp(intercept + of_intercept)}}};
}

/// Which of the bounds of the grades have held so far.
struct Within {
  bool entrywise = true;
  bool rows_and_columns = true;
  bool norms = true;
};

template <class T>
Wide<T> norm(const T* x, std::size_t n, std::size_t stride = 1) {
  Wide<T> sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += Wide<T>(x[i * stride]) * x[i * stride];
  return std::sqrt(sum);
}

/// Row i of C = A·B against each bound.
template <class T>
void grade_row(const Matrix<T>& a, const Matrix<T>& b, const Matrix<T>& c, std::size_t i, Within& within) {
  const std::size_t size = a.rows();
  const auto bound = static_cast<Wide<T>>(gamma<T>(size + 2) + gamma<Wide<T>>(size + 2));
  const Wide<T> norm_a = norm(a.storage().data(), size * size);
  const Wide<T> norm_b = norm(b.storage().data(), size * size);
  const Wide<T> row = norm(&a(i, 0), size);
  for (std::size_t j = 0; j < size; ++j) {
    Wide<T> value = 0;
    Wide<T> magnitude = 0;
    for (std::size_t p = 0; p < size; ++p) {
      value += Wide<T>(a(i, p)) * b(p, j);
      magnitude += std::abs(Wide<T>(a(i, p)) * b(p, j));
    }
    const Wide<T> error = std::abs(c(i, j) - value);
    within.entrywise = within.entrywise && error <= bound * magnitude;
    within.rows_and_columns = within.rows_and_columns && error <= bound * row * norm(&b(0, j), size, size);
    within.norms = within.norms && error <= bound * norm_a * norm_b;
  }
}

/// Of dots as many as make as many entries as the one gemm.
template <class T>
RoundingError rounding_error(const blas::Operation& operation, Inputs inputs, std::size_t k,
                             const blas::Interface& interface, TestData& data) {
  const std::size_t n_products = operation.name == "dot" ? 48 : 1;
  Choice choice = lengths_of(operation, 12, 12, k);
  choice.row_major = true;
  RoundingError all;
  for (std::size_t i = 0; i < n_products; ++i) {
    Instance<T> sum(operation, choice);
    sum.fill(data, inputs);
    sum.set_scalars(1, 0);
    sum.store();
    const RoundingError one = rounding_error(sum, interface);
    all.mean_square += one.mean_square / static_cast<double>(n_products);
    all.largest = std::max(all.largest, one.largest);
  }
  return all;
}

}  // namespace

template <class T>
std::optional<Growth> rounding_growth(const blas::Operation& operation, Inputs inputs, std::size_t k_from,
                                      const blas::Interface& interface, TestData& data) {
  std::vector<Point> points;
  double largest = 0;
  for (std::size_t octave = k_from; octave < 16 * k_from; octave *= 2) {
    for (std::size_t draw = 0; draw < 8; ++draw) {
      // Spread over the octave: at powers of two alone sums of U(0,1)'s products end at the edge of a binade.
      const std::size_t k = octave * (8 + draw) / 8;
      const RoundingError error = rounding_error<T>(operation, inputs, k, interface, data);
      if (!(error.mean_square > 0) || !std::isfinite(error.mean_square)) return std::nullopt;
      points.push_back({std::log(static_cast<double>(k)), std::log(error.mean_square) / 2});
      largest = std::max(largest, error.largest / std::sqrt(static_cast<double>(k)));
    }
  }
  Growth growth = fit(points);
  growth.largest = largest;
  return growth;
}

template <class T>
std::string grade(const blas::Interface& interface, TestData& data) {
  constexpr std::size_t size = 256;
  Within within;
  Matrix<T> a(size, size);
  Matrix<T> b(size, size);
  Matrix<T> c(size, size);
  const auto fill = [&](Inputs inputs) {
    data.fill(a.storage(), inputs);
    data.fill(b.storage(), inputs);
  };
  const auto look = [&] {
    multiply(interface, a, b, c);
    for (std::size_t i = 0; i < size; i += 16) grade_row(a, b, c, i, within);
  };
  for (const Inputs inputs : {Inputs::scaled, Inputs::cancelling, Inputs::positive}) {
    fill(inputs);
    look();
  }
  // Rows of A and columns of B of very different norms: what mixes them keeps the bound of the norms alone.
  fill(Inputs::normal);
  for_entries(a.view(), [&](std::size_t i, std::size_t p) {
    a(i, p) = std::ldexp(a(i, p), static_cast<int>(i * 7 % 41) - 20);
    b(p, i) = std::ldexp(b(p, i), static_cast<int>(i * 11 % 41) - 20);
  });
  look();
  return within.entrywise ? "A" : within.rows_and_columns ? "B" : within.norms ? "C" : "none";
}

template <class T>
bool is_conventional(const blas::Interface& interface, TestData& data) {
  constexpr std::size_t half = 256;
  constexpr std::size_t size = 2 * half;
  for (const std::size_t quadrant : {0, 1, 2, 3}) {
    const std::size_t top = quadrant / 2 * half;
    const std::size_t left = quadrant % 2 * half;
    Matrix<T> a(size, size);
    Matrix<T> b(size, size);
    Matrix<T> c(size, size);
    data.fill(a.storage(), Inputs::normal);
    data.fill(b.storage(), Inputs::normal);
    const MatrixView<T> upper_a(&a(top, 0), half, half, size);
    const MatrixView<T> lower_b(&b(half, left), half, half, size);
    for_entries(upper_a, [&](std::size_t i, std::size_t j) { upper_a(i, j) = lower_b(i, j) = 0; });
    multiply(interface, a, b, c);
    bool is_zero = true;
    const MatrixView<T> result(&c(top, left), half, half, size);
    for_entries(result, [&](std::size_t i, std::size_t j) { is_zero = is_zero && result(i, j) == 0; });
    if (!is_zero) return false;
  }
  return true;
}

#define SQRTN_INSTANTIATE(T)                                                                     \
  template std::optional<Growth> rounding_growth<T>(const blas::Operation&, Inputs, std::size_t, \
                                                    const blas::Interface&, TestData&);          \
  template std::string grade<T>(const blas::Interface&, TestData&);                              \
  template bool is_conventional<T>(const blas::Interface&, TestData&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
