#include <cmath>
#include <limits>
#include <numbers>

#include "scratch.hpp"
#include "sqrtn/init/spectral.hpp"
#include "sqrtn/random/fill.hpp"
#include "verify.hpp"

/// Weights as whole matrices: what they are by themselves; 4_structured_faults.cpp has the claims' faults.
namespace sqrtn::verify {
namespace {

using random::Engine;
using random::Stream;

template <class T>
std::vector<T> draw(const char* rule, const Shape& shape, std::size_t groups = 1, double gain = 1,
                    const Stream& stream = {Engine::ars, 3, 5}) {
  std::vector<T> weight(element_count(shape));
  init::initialise_structured<T>(*init::find_structured(rule), shape, groups, gain, stream, weight);
  return weight;
}

template <class T>
MatrixView<const T> view(const std::vector<T>& w, std::size_t rows) {
  return {w.data(), rows, w.size() / rows};
}

TEST(Structured, RulesAreFoundByName) {
  for (const init::StructuredRule& rule : init::structured_rules()) {
    EXPECT_EQ(init::find_structured(rule.name), &rule);
    EXPECT_FALSE(rule.explanation.empty());
    EXPECT_THROW(init::find_rule(rule.name), std::invalid_argument) << "one name, two rules";
  }
  EXPECT_EQ(init::find_structured("orthonormal"), nullptr);
}

/// Gram and Schmidt's process, the other way to Q: on the same Gaussian columns it gives the Q whose R
/// has a positive diagonal, which is the sign convention that makes Q Haar distributed.
TEST(Structured, OrthogonalIsGramAndSchmidts) {
  for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{6, 4}, {4, 6}, {5, 5}, {4, 1}, {1, 1}}) {
    const Stream stream{Engine::philox, 11, 2, 6};
    const std::vector<double> w = draw<double>("orthogonal", {rows, cols}, 1, 1.5, stream);
    std::vector<double> gaussian(rows * cols);
    random::fill_normal<double>(stream, gaussian, 0, 1);
    const std::size_t length = std::max(rows, cols), n = std::min(rows, cols);
    const auto at = [rows = rows, cols = cols](std::size_t i, std::size_t j) {
      return rows >= cols ? i * cols + j : j * cols + i;
    };
    std::vector<double>& q = gaussian;
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < j; ++k) {
        double along = 0;
        for (std::size_t i = 0; i < length; ++i) along += q[at(i, j)] * q[at(i, k)];
        for (std::size_t i = 0; i < length; ++i) q[at(i, j)] -= along * q[at(i, k)];
      }
      double norm = 0;
      for (std::size_t i = 0; i < length; ++i) norm = std::hypot(norm, q[at(i, j)]);
      for (std::size_t i = 0; i < length; ++i) q[at(i, j)] /= norm;
    }
    for (std::size_t i = 0; i < w.size(); ++i) EXPECT_NEAR(w[i], 1.5 * q[i], 1e-13) << rows << 'x' << cols << ' ' << i;
  }
}

TEST(Structured, FloatIsTheRoundedDouble) {
  for (const auto& [rule, shape] :
       {std::pair("orthogonal", Shape{24, 2, 3, 3}), std::pair("delta_orthogonal", Shape{9, 5, 3, 1})}) {
    const auto narrow = draw<float>(rule, shape, 1, 0.7);
    const auto wide = draw<double>(rule, shape, 1, 0.7);
    for (std::size_t i = 0; i < wide.size(); ++i) EXPECT_EQ(narrow[i], static_cast<float>(wide[i])) << rule << i;
  }
}

TEST(Structured, IsAFunctionOfTheStream) {
  const Stream stream{Engine::ars, 3, 5};
  const auto first = draw<double>("orthogonal", {20, 12}, 1, 1, stream);
  EXPECT_EQ(first, draw<double>("orthogonal", {20, 12}, 1, 1, stream));
  for (const Stream& other :
       {Stream{Engine::philox, 3, 5}, Stream{Engine::ars, 4, 5}, Stream{Engine::ars, 3, 6}, stream.skip(240)}) {
    EXPECT_NE(first, draw<double>("orthogonal", {20, 12}, 1, 1, other));
  }
  EXPECT_EQ(draw<float>("dirac", {4, 4, 3}, 1, 1, {Engine::ars, 1}), draw<float>("dirac", {4, 4, 3}, 1, 1, {}));
}

// As PyTorch's dirac_ places them: sizes[0]/groups outputs a group, centre k/2.
TEST(Structured, DiracByHand) {
  EXPECT_EQ(draw<float>("dirac", {4, 1, 2}, 2), (std::vector<float>{0, 1, 0, 0, 0, 1, 0, 0}));
  EXPECT_EQ(draw<float>("dirac", {2, 2, 3}, 1, 0.5), (std::vector<float>{0, .5, 0, 0, 0, 0, 0, 0, 0, 0, .5, 0}));
  EXPECT_EQ(draw<double>("identity", {2, 3}, 1, 3), (std::vector<double>{3, 0, 0, 0, 3, 0}));
}

TEST(Structured, RefusesWhatTheRuleDoesNotDefine) {
  struct Row {
    const char* rule;
    Shape shape;
    std::size_t groups;
    double gain;
    const char* remedy;
  };
  const double nan = std::nan("");
  for (const Row& row : std::vector<Row>{{"orthogonal", {5}, 1, 1, "at least 2 axes"},
                                         {"orthogonal", {6, 5}, 2, 1, "knows no groups"},
                                         {"orthogonal", {6, 5}, 1, 0, "positive"},
                                         {"orthogonal", {6, 5}, 1, nan, "positive"},
                                         {"orthogonal", {6, 5}, 1, 1e39, "double precision"},
                                         {"orthogonal", {6, 5}, 1, 1e-37, "double precision"},
                                         {"delta_orthogonal", {6, 5}, 1, 1, "use orthogonal"},
                                         {"delta_orthogonal", {6, 5, 4}, 1, 1, "odd"},
                                         {"delta_orthogonal", {5, 6, 3}, 1, 1, "c_out >= c_in"},
                                         {"dirac", {6, 6}, 1, 1, "use identity"},
                                         {"dirac", {6, 6, 3}, 4, 1, "divide"},
                                         {"dirac", {6, 6, 3}, 0, 1, "divide"},
                                         {"identity", {6, 6, 3}, 1, 1, "use dirac"}}) {
    const std::string message =
        message_of<std::invalid_argument>([&] { draw<float>(row.rule, row.shape, row.groups, row.gain); });
    EXPECT_NE(message.find(row.remedy), std::string::npos) << row.rule << ": " << message;
  }
  std::vector<float> short_of_one(29);
  EXPECT_THROW(init::initialise_structured<float>(*init::find_structured("orthogonal"), {6, 5}, 1, 1, {}, short_of_one),
               std::invalid_argument);
}

// Known norms: all ones √(mn); a Hadamard matrix √n; the golden ratio for Fibonacci's matrix.
TEST(Spectral, KnownNorms) {
  const std::vector<float> ones(35, 1), empty;
  EXPECT_NEAR(init::spectral_norm(view(ones, 5)), std::sqrt(35), 1e-14);
  EXPECT_NEAR(init::spectral_norm(view(ones, 35)), std::sqrt(35), 1e-14);
  EXPECT_EQ(init::spectral_norm(MatrixView<const float>(nullptr, 0, 3)), 0);
  EXPECT_EQ(init::spectral_norm(view(std::vector<float>(6, 0), 2)), 0);
  const std::vector<double> fibonacci{1, 1, 1, 0}, tiny{0, 0x1p-1060, 0, 0}, huge{0x1p1020, 0x1p1020, 0x1p1020, 0};
  EXPECT_NEAR(init::spectral_norm(view(fibonacci, 2)), std::numbers::phi, 1e-15);
  EXPECT_EQ(init::spectral_norm(view(tiny, 2)), 0x1p-1060);
  EXPECT_NEAR(init::spectral_norm(view(huge, 2)) / 0x1p1020, std::numbers::phi, 1e-15);
  std::vector<float> hadamard(64);
  for (unsigned i = 0; i < 64; ++i) hadamard[i] = __builtin_popcount(i / 8 & i % 8) % 2 ? -1 : 1;
  EXPECT_NEAR(init::spectral_norm(view(hadamard, 8)), std::sqrt(8), 1e-14);
}

// 8 × 3 rows of which ld skips one entry, which stays as it was.
TEST(Spectral, NormalisesAViewInPlace) {
  std::vector<float> w(8 * 4, std::numeric_limits<float>::quiet_NaN());
  const MatrixView<float> inside(w.data(), 8, 3, 4);
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t j = 0; j < 3; ++j) inside(i, j) = 2;
  }
  EXPECT_NEAR(init::normalise_spectrally(inside), 2 * std::sqrt(24), 1e-14);
  EXPECT_EQ(inside(7, 2), static_cast<float>(1 / std::sqrt(24)));
  EXPECT_TRUE(std::isnan(w[3]));
}

/// Eigenvalues of rotations times a length, of a triangle's diagonal, and of nilpotent shifts.
TEST(Spectral, KnownRadii) {
  const std::vector<double> turn{0, -3, 3, 0}, triangle{2, 100, 7, 0, -2.5, 40, 0, 0, 1},
      shift{0, 1, 0, 0, 0, 1, 0, 0, 0};
  EXPECT_NEAR(init::spectral_radius(view(turn, 2)), 3, 1e-14);
  EXPECT_NEAR(init::spectral_radius(view(triangle, 3)), 2.5, 1e-14);
  EXPECT_EQ(init::spectral_radius(view(shift, 3)), 0);
  EXPECT_EQ(init::spectral_radius(MatrixView<const float>()), 0);
  EXPECT_NEAR(init::spectral_radius(view(draw<double>("orthogonal", {40, 40}, 1, 1.25), 40)), 1.25, 1e-13);
}

/// Gelfand's formula, ρ = lim ‖A^k‖^(1/k) and never above it, by ten squarings of a Gaussian matrix.
TEST(Spectral, RadiusIsTheGrowthRate) {
  constexpr std::size_t n = 32;
  Matrix<double> power(n, n), square(n, n);
  random::fill_normal<double>({Engine::ars, settings().seed, random::stream_of("growth")}, power.storage(), 0, 1);
  const double radius = init::spectral_radius<double>(power.view());
  double log_scale = 0;
  for (int squaring = 0; squaring < 10; ++squaring) {
    double norm = 0;
    for (const double entry : power.storage()) norm = std::hypot(norm, entry);
    for (double& entry : power.storage()) entry /= norm;
    log_scale = 2 * (log_scale + std::log(norm));
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        square(i, j) = 0;
        for (std::size_t k = 0; k < n; ++k) square(i, j) += power(i, k) * power(k, j);
      }
    }
    std::swap(power, square);
  }
  const double growth = std::exp((log_scale + std::log(init::spectral_norm<double>(power.view()))) / 1024);
  EXPECT_GE(growth, radius * (1 - 1e-12));
  // ‖A^k‖ ≤ κ·ρ^k with κ the eigenvectors' condition; 1,000 leaves room that no seed needs.
  EXPECT_LE(growth, radius * std::pow(1000, 1.0 / 1024));
}

TEST(Spectral, OrthonormalityError) {
  const std::vector<double> tall{3, 0, 0, 3.003, 0, 0}, wide{3, 0, 0, 0, 0, 3.003}, skew{3, 0, 0, 0.03, 3, 0};
  EXPECT_NEAR(init::orthonormality_error(view(tall, 3), 3), 1.001 * 1.001 - 1, 1e-15);
  EXPECT_NEAR(init::orthonormality_error(view(wide, 2), 3), 1.001 * 1.001 - 1, 1e-15);
  EXPECT_NEAR(init::orthonormality_error(view(skew, 2), 3), 0.01, 1e-15);
  EXPECT_NEAR(init::orthonormality_error(view(std::vector<float>(6, 0), 2)), 1, 0);
}

TEST(Spectral, RefusesWhatHasNoAnswer) {
  std::vector<float> w(6, 0);
  EXPECT_THROW(init::normalise_spectrally(MatrixView<float>(w.data(), 2, 3)), std::invalid_argument);
  EXPECT_THROW(init::spectral_radius(view(w, 2)), std::invalid_argument);
  EXPECT_THROW(init::orthonormality_error(view(w, 2), -1), std::invalid_argument);
  w[4] = std::numeric_limits<float>::infinity();
  EXPECT_THROW(init::spectral_norm(view(w, 2)), std::invalid_argument);
  w[4] = std::nanf("");
  EXPECT_THROW(init::spectral_norm(view(w, 2)), std::invalid_argument);
}

}  // namespace
}  // namespace sqrtn::verify
