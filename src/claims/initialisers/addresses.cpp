#include "claims/initialisers/addresses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "claims/initialisers/promises.hpp"

namespace sqrtn::claims {
namespace {

using random::Stream;

constexpr double correlation_effect = 0.6;  ///< of the draws at two addresses

/// Those of one engine, without repetition.
std::vector<Stream> addresses(random::Engine engine, std::uint64_t seed, std::uint64_t stream) {
  std::set<std::pair<std::uint64_t, std::uint64_t>> all;
  constexpr std::uint64_t beyond_double = (std::uint64_t{1} << 53) + 1;
  for (const bool by_seed : {true, false}) {
    const auto add = [&](std::uint64_t value) { all.emplace(by_seed ? value : seed, by_seed ? stream : value); };
    for (const std::uint64_t base : {std::uint64_t{0}, by_seed ? seed : stream}) {
      add(base);
      for (int k = 0; k < 64; ++k) {
        add(base + (std::uint64_t{1} << k));
        add(base - (std::uint64_t{1} << k));
      }
    }
    add(beyond_double);
  }
  std::vector<Stream> streams;
  for (const auto& [s, t] : all) streams.push_back({engine, s, t});
  return streams;
}

/// Of two engines, at most: what the union bound is over.
constexpr double most_pairs = 2 * 518.0 * 517 / 2;

/// |⟨x, y⟩|/‖y‖ that is passed with probability alpha by any of the pairs.
double threshold(double alpha) { return std::sqrt(2 * std::log(2 * most_pairs / alpha)); }

/// A pair of addresses and |⟨x, y⟩| over the larger norm; NaN if both are 0.
struct Pair {
  std::size_t first = 0, second = 0;
  double along = 0;
  [[nodiscard]] bool is_worse_than(const Pair& other) const {
    return !std::isnan(other.along) && !(along <= other.along);
  }
};

/// Addresses whose products are summed together, as many as registers hold the pairs of.
constexpr std::size_t lanes = 4;

/// The draws of all addresses, four side by side, of which entry e of all four comes before entry e + 1. Those that
/// fill the last four up are 0.
class AddressedDraws {
 public:
  AddressedDraws(const Subject& subject, const std::vector<Stream>& streams, std::size_t n_draws, unsigned threads,
                 const StandardisedDraw& draw)
      : n_(streams.size()), n_draws_(n_draws), entries_(n_fours() * lanes * n_draws), squares_(n_) {
    parallel_for(n_, threads, [&](std::size_t a) {
      std::vector<double> own(n_draws);
      draw(subject, streams[a], own);
      double* const place = four(a / lanes) + a % lanes;
      for (std::size_t e = 0; e < n_draws; ++e) {
        place[e * lanes] = own[e];
        squares_[a] += own[e] * own[e];
      }
    });
  }

  [[nodiscard]] std::size_t n_fours() const { return (n_ + lanes - 1) / lanes; }

  /// The worst pair of these four among each other and with later ones.
  [[nodiscard]] Pair worst_of(std::size_t first_four) const {
    Pair worst{first_four * lanes, first_four * lanes, 0};
    for (std::size_t other = first_four; other < n_fours(); ++other) {
      const Products products = products_of(first_four, other);
      for (std::size_t p = 0; p < products.size(); ++p) {
        const std::size_t first = first_four * lanes + p / lanes, second = other * lanes + p % lanes;
        if (second <= first || second >= n_) continue;
        const double norm = std::sqrt(std::max(squares_[first], squares_[second]));
        const Pair pair{first, second, std::abs(products[p]) / norm};
        if (pair.is_worse_than(worst)) worst = pair;
      }
    }
    return worst;
  }

 private:
  using Products = std::array<double, lanes * lanes>;

  [[nodiscard]] double* four(std::size_t i) { return &entries_[i * lanes * n_draws_]; }
  [[nodiscard]] const double* four(std::size_t i) const { return &entries_[i * lanes * n_draws_]; }

  /// ⟨x, y⟩ of each of one four with each of another.
  [[nodiscard]] Products products_of(std::size_t one, std::size_t other) const {
    Products sums{};
    const double *x = four(one), *y = four(other);
    for (std::size_t e = 0; e < n_draws_; ++e, x += lanes, y += lanes) {
      for (std::size_t p = 0; p < sums.size(); ++p) sums[p] += x[p / lanes] * y[p % lanes];
    }
    return sums;
  }

  std::size_t n_, n_draws_;
  std::vector<double> entries_, squares_;
};

std::string name_of(const Stream& a, const Stream& b) {
  return fmt::format("{}: seed {}, stream {} and seed {}, stream {}", to_string(a.engine), a.seed, a.stream, b.seed,
                     b.stream);
}

}  // namespace

std::size_t n_draws_for_addresses(double correlation) {
  // ⟨x, y⟩/‖y‖ ≥ ρ‖y‖ − s and ‖y‖ ≥ √n − s, but with probability `miss` together.
  const double slack = std::sqrt(2 * std::log(2 / rates.miss));
  return static_cast<std::size_t>(std::ceil(std::pow((threshold(rates.alpha) + slack) / correlation + slack, 2)));
}

Outcome judge_addresses(const Subject& subject, const Settings& settings, std::uint64_t stream, std::size_t n_draws,
                        const StandardisedDraw& draw) {
  Outcome outcome;
  outcome.n_samples = 0;
  outcome.expected = 0;
  Pair worst;
  std::string name;
  for (const random::Engine engine : engines) {
    const std::vector<Stream> streams = addresses(engine, settings.seed, stream);
    const AddressedDraws draws(subject, streams, n_draws, settings.threads, draw);
    const auto worst_of = [&](std::size_t four) { return draws.worst_of(four); };
    const Pair pair = *parallel_reduce(draws.n_fours(), settings.threads, worst_of, [](Pair& into, const Pair& from) {
      if (from.is_worse_than(into)) into = from;
    });
    if (pair.is_worse_than(worst) || name.empty()) {
      worst = pair;
      name = name_of(streams[pair.first], streams[pair.second]);
    }
    *outcome.n_samples += streams.size() * n_draws;
  }
  outcome.statistic = worst.along;
  outcome.observed = worst.along / std::sqrt(static_cast<double>(n_draws));
  outcome.p_value =
      std::isnan(worst.along) ? 0 : std::min(1.0, 2 * most_pairs * std::exp(-worst.along * worst.along / 2));
  outcome.verdict = *outcome.p_value < rates.alpha ? Verdict::fail : Verdict::pass;
  if (outcome.verdict == Verdict::fail) outcome.reason = name + ": draws are correlated, equal or opposite";
  return outcome;
}

namespace {

/// One linear and one transposed weight of odd sizes at each address, so that what forgets the address for one kind
/// alone leaves half of the draws equal.
const Weight kinds[] = {{"linear", init::Layer::linear, {17, 23}, 1, 23, 17},
                        {"transposed_conv", init::Layer::transposed_conv, {12, 5, 3, 3}, 2, 54, 45}};

}  // namespace

template <class T>
void add_address_claims(const RuleCase& row, std::vector<Claim>& claims) {
  const double effect = std::min(1.0, correlation_effect * row.effect_scale);
  Claim claim = row.claim<T>("addresses", "|⟨w, w'⟩| ≤ tσ‖w‖ for weights of any two seeds or streams ± 2ᵏ", effect);
  claim.source = "Hoeffding 1963; laws.md §11";
  claim.check = [=, id = claim.id](const Subject& subject, const Settings& settings) {
    const std::size_t sizes[] = {element_count(kinds[0].shape), element_count(kinds[1].shape)};
    const std::size_t copies = (n_draws_for_addresses(effect) - 1) / (sizes[0] + sizes[1]) + 1;
    const auto draw_all = [&](const Subject& judged, const Stream& address, std::span<double> out) {
      std::size_t at = 0;
      for (std::size_t copy = 0; copy < copies; ++copy) {
        for (const Weight& weight : kinds) {
          Buffer<T> w(element_count(weight.shape));
          draw<T>(judged, {init::find_rule(row.promise.rule), weight, address.skip(at), 1, 1}, 0, w.span());
          const double stddev = row.promise.of(weight).stddev();
          for (const T entry : w.span()) out[at++] = static_cast<double>(entry) / stddev;
        }
      }
    };
    return judge_addresses(subject, settings, random::stream_of(id), copies * (sizes[0] + sizes[1]), draw_all);
  };
  claims.push_back(std::move(claim));
}

template void add_address_claims<float>(const RuleCase&, std::vector<Claim>&);
template void add_address_claims<double>(const RuleCase&, std::vector<Claim>&);

}  // namespace sqrtn::claims
