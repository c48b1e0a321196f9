#include "claims/initialisers/structured.hpp"

#include <fmt/format.h>

#include <numbers>

#include "claims/judge.hpp"
#include "claims/products/findings.hpp"
#include "sqrtn/random/fill.hpp"

namespace sqrtn::claims {
namespace {

using blas::reference::Wide;
using random::Engine;
using random::Stream;

constexpr double gains[] = {1, std::numbers::sqrt2, 0.3};
constexpr double double_roundoff = 0x1p-53;

template <class T>
Buffer<T> draw(const Subject& subject, const char* rule, const Shape& shape, std::size_t groups, double gain,
               const Stream& stream) {
  // What the rule leaves out shows as NaN.
  Buffer<T> weight(element_count(shape), std::numeric_limits<T>::quiet_NaN());
  subject.of<T>().structured(*init::find_structured(rule), shape, groups, gain, stream, weight.span());
  return weight;
}

/// Of an entry of G/gain² − I: two roundings to T of unit columns, and s reflectors of length l, each
/// wrong by at most (6l + 36) roundoffs: l for the norm in v and τ, and l for each inner product.
template <class T>
Wide<T> orthonormal_bound(std::size_t rows, std::size_t cols) {
  const Wide<T> u = std::numeric_limits<T>::epsilon() / 2;
  const auto s = static_cast<double>(std::min(rows, cols)), l = static_cast<double>(std::max(rows, cols));
  return 2 * u + u * u + static_cast<Wide<T>>(12 * s * (l + 6) * double_roundoff);
}

/// Holds the Gram matrix of the shorter side of w against gain²·I.
template <class T>
void check_orthonormal(MatrixView<const T> w, double gain, Findings& found) {
  const bool tall = w.rows >= w.cols;
  const auto [first, second] =
      tall ? std::pair(blas::Op::transpose, blas::Op::none) : std::pair(blas::Op::none, blas::Op::transpose);
  const std::size_t n = std::min(w.rows, w.cols);
  Matrix<T> unused(n, n);
  Matrix<Wide<T>> gram(n, n);
  blas::reference::gemm<T>(first, second, T(1), w, w, T(0), unused.view(), gram.view(), {});
  const Wide<T> square = static_cast<Wide<T>>(gain) * static_cast<Wide<T>>(gain);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const T error = static_cast<T>(gram(i, j) / square - (i == j ? 1 : 0));
      found.compare<T>(error, 0, orthonormal_bound<T>(w.rows, w.cols), [&] {
        return fmt::format("{} x {}, gain {}: G/gain² − I at ({}, {})", w.rows, w.cols, gain, i, j);
      });
    }
  }
}

template <class T>
Claim orthonormal_claim() {
  Claim claim = exact_claim(fmt::format("initialisers/orthogonal/{}/orthonormal", dtype_name<T>()),
                            "WᵀW = gain²·I, or WWᵀ of a wide W, within 2u + u² + 12s(l + 6)·2⁻⁵³", "laws.md §4",
                            to_string(Engine::ars));
  claim.check = [stream = random::stream_of(claim.id)](const Subject& subject, const Settings& settings) {
    Findings found;
    for (const Shape& shape : {Shape{96, 40}, {40, 96}, {48, 48}, {24, 6, 3, 3}, {64, 3, 3}, {7, 1}, {1, 7}, {1, 1}}) {
      for (const double gain : gains) {
        const Buffer<T> w = draw<T>(subject, "orthogonal", shape, 1, gain, {Engine::ars, settings.seed, stream});
        check_orthonormal(MatrixView<const T>(w.data(), shape[0], w.size() / shape[0]), gain, found);
      }
    }
    return bound_outcome(found);
  };
  return claim;
}

/// A field of channels × height × width, N(0,1).
constexpr std::size_t height = 7, width = 5, pixels = height * width;

Buffer<double> random_field(std::size_t channels, const Stream& stream) {
  Buffer<double> field(channels * pixels);
  random::fill_normal<double>({stream.engine, stream.seed, ~stream.stream}, field.span(), 0, 1);
  return field;
}

/// The taps of every pair of channels slid over the field, stride 1, padded with zeros to keep its size.
template <class T>
Buffer<double> convolve(const Shape& shape, std::size_t groups, const Buffer<T>& w, const Buffer<double>& x) {
  const std::size_t c_out = shape[0], inputs = shape[1], kh = shape[2], kw = shape[3];
  Buffer<double> y(c_out * pixels, 0.0);
  for (std::size_t o = 0; o < c_out; ++o) {
    const std::size_t first_input = o / (c_out / groups) * inputs;
    for (std::size_t tap = 0; tap < inputs * kh * kw; ++tap) {
      const std::size_t channel = first_input + tap / (kh * kw), dr = tap / kw % kh, dc = tap % kw;
      for (std::size_t at = 0; at < pixels; ++at) {
        const std::size_t row = at / width + dr, col = at % width + dc;  // in the field with its border
        if (row < kh / 2 || row - kh / 2 >= height || col < kw / 2 || col - kw / 2 >= width) continue;
        y[o * pixels + at] += static_cast<double>(w[o * inputs * kh * kw + tap]) *
                              x[channel * pixels + (row - kh / 2) * width + col - kw / 2];
      }
    }
  }
  return y;
}

double squared_norm(const Buffer<double>& x) {
  double sum = 0;
  for (const double value : x.span()) sum += value * value;
  return sum;
}

/// Zero off the centre, orthonormal at it, and so, the border included, ‖w * x‖ = gain·‖x‖.
template <class T>
void check_delta(const Subject& subject, const Shape& shape, double gain, const Stream& stream, Findings& found) {
  const Buffer<T> w = draw<T>(subject, "delta_orthogonal", shape, 1, gain, stream);
  const std::size_t taps = shape[2] * shape[3], centre = taps / 2;
  Matrix<T> at_centre(shape[0], shape[1]);
  for (std::size_t i = 0; i < w.size(); ++i) {
    if (i % taps == centre) {
      at_centre.storage()[i / taps] = w[i];
    } else {
      found.compare<T>(w[i], 0, 0, [&] { return fmt::format("{}: tap {}", sqrtn::to_string(shape), i % taps); });
    }
  }
  check_orthonormal<T>(at_centre.view(), gain, found);
  const Buffer<double> x = random_field(shape[1], stream), y = convolve(shape, 1, w, x);
  const double ratio = squared_norm(y) / (gain * gain * squared_norm(x));
  // ‖CᵀC/gain² − I‖₂ is at most a row's sum; the convolution and both norms round in double.
  const double bound = static_cast<double>(shape[1]) * static_cast<double>(orthonormal_bound<T>(shape[0], shape[1])) +
                       4 * static_cast<double>(y.size()) * double_roundoff;
  found.compare<double>(ratio, 1, bound, [&] { return fmt::format("{}: squared norm", sqrtn::to_string(shape)); });
}

template <class T>
Claim delta_claim() {
  Claim claim = exact_claim(fmt::format("initialisers/delta_orthogonal/{}/isometry", dtype_name<T>()),
                            "0 off the centre, CᵀC = gain²·I at it, ‖w * x‖ = gain‖x‖ with zero padding",
                            "Xiao et al., ICML 2018", to_string(Engine::ars));
  claim.check = [stream = random::stream_of(claim.id)](const Subject& subject, const Settings& settings) {
    Findings found;
    for (const Shape& shape : {Shape{8, 5, 3, 3}, {6, 6, 1, 5}, {12, 7, 5, 3}, {4, 1, 3, 1}}) {
      for (const double gain : gains) {
        check_delta<T>(subject, shape, gain, {Engine::ars, settings.seed, stream}, found);
      }
    }
    return bound_outcome(found);
  };
  return claim;
}

/// Channel i of a group comes out as its channel i, the others as 0, bit for bit.
template <class T>
Claim dirac_claim() {
  Claim claim = exact_claim(fmt::format("initialisers/dirac/{}/passes_on", dtype_name<T>()),
                            "w * x = x channel by channel of each group, bit for bit", "laws.md §4");
  claim.check = [](const Subject& subject, const Settings& settings) {
    struct Row {
      Shape shape;
      std::size_t groups;
    };
    Findings found;
    for (const auto& [shape, groups] : {Row{{6, 6, 3, 3}, 1},
                                        {{8, 5, 3, 5}, 1},
                                        {{4, 7, 1, 3}, 1},
                                        {{12, 3, 3, 3}, 4},
                                        {{12, 4, 3, 1}, 3},
                                        {{10, 1, 5, 5}, 5},
                                        {{6, 6, 2, 4}, 1}}) {
      const Buffer<T> w = draw<T>(subject, "dirac", shape, groups, 1, {});
      const Buffer<double> x = random_field(shape[1] * groups, {Engine::ars, settings.seed});
      const Buffer<double> y = convolve(shape, groups, w, x);
      const std::size_t outputs = shape[0] / groups, inputs = shape[1];
      for (std::size_t i = 0; i < y.size(); ++i) {
        const std::size_t o = i / pixels, group = o / outputs, channel = o % outputs;
        const double passed = channel < inputs ? x[(group * inputs + channel) * pixels + i % pixels] : 0;
        found.compare<double>(y[i], passed, 0, [&, &shape = shape, &groups = groups] {
          return fmt::format("{} in {} groups: output channel {}", sqrtn::to_string(shape), groups, o);
        });
      }
    }
    return exact_outcome(found);
  };
  return claim;
}

template <class T>
Claim identity_claim() {
  Claim claim = exact_claim(fmt::format("initialisers/identity/{}/diagonal", dtype_name<T>()),
                            "gain on the diagonal, 0 elsewhere, bit for bit", "laws.md §4");
  claim.check = [](const Subject& subject, const Settings&) {
    Findings found;
    for (const Shape& shape : {Shape{5, 5}, {7, 3}, {3, 7}, {1, 1}}) {
      for (const double gain : gains) {
        const Buffer<T> w = draw<T>(subject, "identity", shape, 1, gain, {});
        for (std::size_t i = 0; i < w.size(); ++i) {
          const std::size_t row = i / shape[1], col = i % shape[1];
          found.compare<T>(w[i], row == col ? static_cast<T>(gain) : T(0), 0,
                           [&] { return fmt::format("{}: ({}, {})", sqrtn::to_string(shape), row, col); });
        }
      }
    }
    return exact_outcome(found);
  };
  return claim;
}

template <class T>
void add_exact_claims(std::vector<Claim>& claims) {
  claims.push_back(orthonormal_claim<T>());
  claims.push_back(delta_claim<T>());
  claims.push_back(dirac_claim<T>());
  claims.push_back(identity_claim<T>());
}

}  // namespace

std::vector<Claim> structured_claims(const Settings& settings) {
  std::vector<Claim> claims;
  add_exact_claims<float>(claims);
  add_exact_claims<double>(claims);
  for (auto* more : {haar_claims, large_haar_claims, spectral_claims}) {
    for (Claim& claim : more(settings)) claims.push_back(std::move(claim));
  }
  return claims;
}

}  // namespace sqrtn::claims
