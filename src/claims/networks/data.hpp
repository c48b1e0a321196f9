#pragma once

#include <fmt/format.h>

#include <limits>
#include <string>
#include <vector>

#include "claims/judge.hpp"
#include "claims/products/data.hpp"
#include "sqrtn/network/tensor.hpp"

/// What the claims about networks share: inputs, the law of what was normalised together, and claims that
/// hold for every case of a list.
namespace sqrtn::claims {

template <class T>
inline constexpr double unit_roundoff = static_cast<double>(std::numeric_limits<T>::epsilon()) / 2;

template <class T>
network::Tensor<T> integers(TestData& data, Shape shape, double largest) {
  network::Tensor<T> tensor(std::move(shape));
  data.fill_integers(tensor.values.span(), largest);
  return tensor;
}

template <class T>
network::Tensor<T> normals(TestData& data, Shape shape) {
  network::Tensor<T> tensor(std::move(shape));
  data.fill(tensor.values.span(), Inputs::normal);
  return tensor;
}

/// ±1 with equal chances: every square is 1, so sums of squares count their terms.
template <class T>
network::Tensor<T> signs(TestData& data, Shape shape) {
  network::Tensor<T> tensor = normals<T>(data, std::move(shape));
  for (T& x : tensor.values.span()) x = x < 0 ? T(-1) : T(1);
  return tensor;
}

/// Where the values that share one mean and variance lie: `blocks` runs of `length`, `stride` apart.
struct Strip {
  std::size_t start, blocks, length, stride;
  [[nodiscard]] std::size_t size() const { return blocks * length; }
};
/// One channel of batch × channels × …, one row of … × row.
Strip channel_strip(const Shape& shape, std::size_t channel);
Strip row_strip(std::size_t row, std::size_t row_length);

/// Mean and biased variance of a strip in higher precision, and their root of the mean square.
struct StripMoments {
  double mean = 0, variance = 0;
  [[nodiscard]] double mean_square() const { return mean * mean + variance; }
};
template <class T>
StripMoments moments_of(const network::Tensor<T>& x, const Strip& strip);

/// What is wrong with y = γ·(x − m)/√(v + ε) + β over one strip: it must have mean β and variance
/// γ²·v/(v + ε). Empty if nothing is.
/// Error: with q² the mean square of x and n its entries, any order of summation in T, in one pass or two,
/// gives the mean within (n + 8)u·q and the variance within (n + 8)u·q²; so the output's mean is within
/// (n + 8)u·q|γ|/√(v + ε) and its variance within (2n + 16)u·q²γ²/(v + ε); its own rounding adds 2u|β| and
/// 4u|βγ|.
template <class T>
std::string strip_fault(const network::Tensor<T>& x, const network::Tensor<T>& y, const Strip& strip, double eps,
                        double gain = 1, double shift = 0);

/// "entry 7 is 2, expected 3" for the first entry of y that differs from `expected`, bit for bit but for
/// the sign of 0; empty if none does.
template <class T>
std::string first_difference(const network::Tensor<T>& y, const network::Tensor<T>& expected);

/// The exact claim "network/`what`" that holds for every case: fault(subject, data, case) says what is wrong
/// with one, and is empty if nothing is.
template <class Cases, class Fault>
Claim for_all(const std::string& what, const char* statement, const char* source, const Cases& cases, Fault fault) {
  Claim claim = exact_claim("network/" + what, statement, source);
  claim.check = [&cases, fault, id = claim.id](const Subject& subject, const Settings& settings) {
    TestData data(settings.seed, id);
    for (const auto& row : cases) {
      const std::string reason = fault(subject, data, row);
      if (!reason.empty()) return failure(fmt::format("{}: {}", row.name, reason));
    }
    return exact_outcome({}, std::size(cases));
  };
  return claim;
}

/// The groups of claims, in order.
std::vector<Claim> operation_claims(const Settings& settings);
std::vector<Claim> convolution_claims(const Settings& settings);
std::vector<Claim> normalisation_claims(const Settings& settings);
std::vector<Claim> residual_claims(const Settings& settings);
std::vector<Claim> resnet_claims(const Settings& settings);

}  // namespace sqrtn::claims
