#include "claims/products/rounding.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "claims/products/findings.hpp"
#include "statistics/distributions.hpp"

namespace sqrtn::claims {

using blas::reference::Wide;

namespace {

/// Of error/(u·|A||B|) over one product's entries.
struct RoundingError {
  double mean_square = 0, largest = 0;
};

template <class T>
RoundingError rounding_error(const Product& product, const Problem<T>& problem, const blas::Functions& blas) {
  const Form& form = product.forms.front();
  const Matrix<T> a = stored(problem.a.view(), form.trans_a, 0), b = stored(problem.b.view(), form.trans_b, 0);
  Matrix<T> c(problem.shape.m, problem.shape.n);
  call(product.routine, blas, Arguments<T>{form, T(1), a.view(), b.view(), T(0), c.view()});
  constexpr auto unit = Wide<T>(std::numeric_limits<T>::epsilon()) / 2;
  Wide<T> sum = 0, largest = 0;
  for (std::size_t e = 0; e < c.storage().size(); ++e) {
    const Wide<T> error = (c.storage()[e] - problem.value.storage()[e]) / problem.magnitude.storage()[e] / unit;
    sum += error * error;
    largest = std::max(largest, std::abs(error));
  }
  return {static_cast<double>(sum / static_cast<Wide<T>>(c.storage().size())), static_cast<double>(largest)};
}

/// y ≈ intercept + slope·x by least squares, with Student's intervals.
Growth fit(const std::vector<std::array<double, 2>>& points) {
  const auto n = static_cast<double>(points.size());
  double mean_x = 0, mean_y = 0, xx = 0, xy = 0, residual = 0;
  for (const auto& [x, y] : points) mean_x += x / n, mean_y += y / n;
  for (const auto& [x, y] : points) xx += (x - mean_x) * (x - mean_x), xy += (x - mean_x) * (y - mean_y);
  const double slope = xy / xx, intercept = mean_y - slope * mean_x;
  for (const auto& [x, y] : points) residual += std::pow(y - intercept - slope * x, 2);
  const double t = boost::math::quantile(boost::math::students_t(n - 2), 0.995), s = std::sqrt(residual / (n - 2));
  const double of_slope = t * s / std::sqrt(xx), of_intercept = t * s * std::sqrt(1 / n + mean_x * mean_x / xx);
  return {{slope, {slope - of_slope, slope + of_slope}},
          {std::exp(intercept), {std::exp(intercept - of_intercept), std::exp(intercept + of_intercept)}},
          0};
}

/// Which of the bounds of the grades have held so far.
struct Within {
  bool entrywise = true, rows_and_columns = true, norms = true;
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
  const Wide<T> norm_a = norm(a.storage().data(), size * size), norm_b = norm(b.storage().data(), size * size);
  const Wide<T> row = norm(&a(i, 0), size);
  for (std::size_t j = 0; j < size; ++j) {
    Wide<T> value = 0, magnitude = 0;
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

}  // namespace

template <class T>
std::optional<Growth> rounding_growth(const Product& product, Inputs inputs, std::size_t k_from,
                                      const blas::Functions& blas, TestData& data) {
  std::vector<std::array<double, 2>> points;
  double largest = 0;
  for (std::size_t octave = k_from; octave < 16 * k_from; octave *= 2) {
    for (std::size_t draw = 0; draw < 8; ++draw) {
      // Spread over the octave: at powers of two alone sums of U(0,1)'s products end at the edge of a binade.
      const std::size_t k = octave * (8 + draw) / 8;
      double error = 0;
      // A dot has one entry, a gemm 144: as many dots make one point.
      const std::size_t n_products = product.routine == Routine::dot ? 48 : 1;
      for (std::size_t i = 0; i < n_products; ++i) {
        const Problem<T> problem(product, fitted(product.routine, {12, 12, k}), inputs, data);
        const RoundingError one = rounding_error(product, problem, blas);
        error += one.mean_square / static_cast<double>(n_products);
        largest = std::max(largest, one.largest / std::sqrt(static_cast<double>(k)));
      }
      if (!(error > 0) || !std::isfinite(error)) return std::nullopt;
      points.push_back({std::log(static_cast<double>(k)), std::log(error) / 2});
    }
  }
  Growth growth = fit(points);
  growth.largest = largest;
  return growth;
}

template <class T>
std::string grade(const blas::Functions& blas, TestData& data) {
  constexpr std::size_t size = 256, step = 16;
  Within within;
  Matrix<T> a(size, size), b(size, size), c(size, size);
  const auto look = [&] {
    multiply(blas, a, b, c);
    for (std::size_t i = 0; i < size; i += step) grade_row(a, b, c, i, within);
  };
  for (const Inputs inputs : {Inputs::scaled, Inputs::cancelling, Inputs::positive}) {
    data.fill(a.storage(), inputs);
    data.fill(b.storage(), inputs);
    look();
  }
  // Rows of A and columns of B of very different norms: what mixes them keeps the bound of the norms alone.
  data.fill(a.storage(), Inputs::normal);
  data.fill(b.storage(), Inputs::normal);
  for (std::size_t i = 0; i < size; ++i) {
    const int of_row = static_cast<int>(i * 7 % 41) - 20, of_column = static_cast<int>(i * 11 % 41) - 20;
    for (std::size_t p = 0; p < size; ++p) {
      a(i, p) = std::ldexp(a(i, p), of_row);
      b(p, i) = std::ldexp(b(p, i), of_column);
    }
  }
  look();
  return within.entrywise ? "A" : within.rows_and_columns ? "B" : within.norms ? "C" : "none";
}

template <class T>
bool is_conventional(const blas::Functions& blas, TestData& data) {
  constexpr std::size_t half = 256, size = 2 * half;
  for (const std::size_t quadrant : {0, 1, 2, 3}) {
    const std::size_t top = quadrant / 2 * half, left = quadrant % 2 * half;
    Matrix<T> a(size, size), b(size, size), c(size, size);
    data.fill(a.storage(), Inputs::normal);
    data.fill(b.storage(), Inputs::normal);
    for (std::size_t i = 0; i < half; ++i) {
      for (std::size_t j = 0; j < half; ++j) a(top + i, j) = b(half + i, left + j) = 0;
    }
    multiply(blas, a, b, c);
    for (std::size_t i = 0; i < half; ++i) {
      for (std::size_t j = 0; j < half; ++j) {
        if (c(top + i, left + j) != 0) return false;
      }
    }
  }
  return true;
}

#define SQRTN_INSTANTIATE(T)                                                                                     \
  template std::optional<Growth> rounding_growth<T>(const Product&, Inputs, std::size_t, const blas::Functions&, \
                                                    TestData&);                                                  \
  template std::string grade<T>(const blas::Functions&, TestData&);                                              \
  template bool is_conventional<T>(const blas::Functions&, TestData&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
