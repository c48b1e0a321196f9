#pragma once

#include <span>
#include <string>
#include <vector>

#include "claims/judge.hpp"
#include "sqrtn/support/parallel.hpp"
#include "sqrtn/support/tensor.hpp"

// What the claims about draws are made from: a law, its draws in chunks, and sums over them.
namespace sqrtn::claims {

/// One law, standardised: uniform on (−1, 1), N(0,1), N(0,1) cut at ±2.
struct DrawFamily {
  init::Law law;
  const char* name;
  init::Distribution distribution;
};

template <class T>
void draw(const Subject& subject, init::Law law, const random::Stream& stream, std::span<T> out) {
  const Draws<T>& draws = subject.of<T>();
  if (law == init::Law::uniform) return draws.uniform(stream, out, T(-1), T(1));
  if (law == init::Law::normal) return draws.normal(stream, out, T(0), T(1));
  draws.truncated_normal(stream, out, T(0), T(1), 2);
}

/// Elements of one task: 128 KiB of float, inside the second-level cache.
constexpr std::size_t chunk = std::size_t{1} << 15;
inline std::size_t chunks_for(std::size_t n_samples) { return (n_samples + chunk - 1) / chunk; }

/// What a claim about draws is made for.
struct DrawCase {
  DrawFamily family;
  random::Engine engine;
  std::string id;  ///< "generator/ars/normal/f32/"
  double scale;    ///< of the effects

  [[nodiscard]] Claim claim(const char* what, std::string statement, double effect) const {
    return statistical_claim(id + what, std::move(statement), "laws.md §4", to_string(engine), effect);
  }
};

/// Σ value(x) over whole chunks of draws, merged as a fixed tree. Chunk `part` may look back over
/// the whole of its own draws only.
template <class T, class Value>
double sum_over(const Subject& subject, const Settings& settings, const DrawCase& row, const std::string& id,
                std::size_t n_chunks, Value value) {
  const random::Stream stream{row.engine, settings.seed, random::stream_of(id)};
  const auto one = [&](std::size_t i) {
    Buffer<T> buffer(chunk);
    draw<T>(subject, row.family.law, stream.skip(i * chunk), buffer.span());
    return value(std::span<const T>(buffer.span()));
  };
  return *parallel_reduce(n_chunks, settings.threads, one, [](double& a, double b) { a += b; });
}

/// Claims that only normal draws have: tails, and correlations of draws some way apart.
template <class T>
void add_normal_claims(const DrawCase& row, std::vector<Claim>& claims);
extern template void add_normal_claims<float>(const DrawCase&, std::vector<Claim>&);
extern template void add_normal_claims<double>(const DrawCase&, std::vector<Claim>&);

}  // namespace sqrtn::claims
