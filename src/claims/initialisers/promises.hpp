#pragma once

#include <span>
#include <string_view>

#include "claims/initialisers/fans.hpp"

/// What the rules promise, written out from laws.md §4 and not taken from the code that is judged.
namespace sqrtn::claims {

struct Promise {
  std::string_view rule;
  init::Law law;
  std::string_view formula;  ///< of the variance
  double (*variance)(double fan_in, double fan_out);

  /// The law of the entries of this weight.
  [[nodiscard]] init::Distribution of(const Weight& weight) const {
    return {law, variance(weight.fan_in, weight.fan_out)};
  }
};

/// One for each rule.
std::span<const Promise> promises();

/// The engines that each claim of a rule goes through.
inline constexpr random::Engine engines[] = {random::Engine::ars, random::Engine::philox};

/// Draws that find, at these rates, an E w² that is off by a relative effect.
std::size_t n_samples_for_square(init::Law law, double effect, const statistics::ErrorRates& at);

/// What the claims about one rule in one type are made for: they go through both engines, and count every one and every
/// shape among the things that are judged together.
struct RuleCase {
  Promise promise;
  double effect_scale;

  /// "initialisers/he_normal/f32/WHAT".
  template <class T>
  [[nodiscard]] Claim claim(std::string_view what, std::string statement, double effect) const {
    return statistical_claim(fmt::format("initialisers/{}/{}/{}", promise.rule, dtype_name<T>(), what),
                             std::move(statement), "laws.md §11", {}, effect);
  }
  /// At least n_samples entries of the weight.
  [[nodiscard]] Sample sample(const Weight& weight, const random::Stream& stream, std::size_t n_samples,
                              unsigned threads) const {
    return {init::find_rule(promise.rule), weight, stream, weights_for(n_samples, weight), threads};
  }
};

/// The parts of initialiser_claims that look further than one linear weight: kernels of convolutions, positions, rows
/// and columns, matrices as a whole, and weights of other seeds and streams.
template <class T>
void add_kernel_claims(const RuleCase& row, std::vector<Claim>& claims);
template <class T>
void add_position_claims(const RuleCase& row, std::vector<Claim>& claims);
template <class T>
void add_matrix_claims(const RuleCase& row, std::vector<Claim>& claims);
template <class T>
void add_address_claims(const RuleCase& row, std::vector<Claim>& claims);

}  // namespace sqrtn::claims
