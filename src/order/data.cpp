#include "order/data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <random>

#include "sqrtn/random/fill.hpp"

namespace sqrtn::order {
namespace {

/// Products that are paired nearly cancel: how far apart the two are; 0: at random, −1: none are paired.
constexpr std::array<int, sensitive_kinds> distances{-1, 1, 2, 8, 64, 0, -1};

/// All products but these are 0 in the last kind.
constexpr std::size_t few = 16;

/// The first for all; products that are 0 stay so, and those that nearly cancel.
template <class T>
void make_equal(std::vector<T>& factors, std::vector<T>& others) {
  const T one = factors.front() == 0 ? T(0.7) : factors.front();
  for (std::size_t l = 0; l < factors.size(); ++l) {
    if (factors[l] == 0) others[l] = 0;
    factors[l] = one;
  }
}

}  // namespace

template <class T>
void fill_fresh(std::span<T> out, std::string_view name, std::uint64_t seed, std::size_t number) {
  random::fill_uniform<T>({.seed = seed, .stream = random::stream_of(fmt::format("order/{}/{}", name, number))}, out,
                          T(-1), T(1));
}

template <class T>
Factors<T> sensitive_factors(std::size_t kind, std::size_t k, std::uint64_t seed, Symmetric symmetric) {
  const int distance = distances.at(kind);
  Factors<T> factors{std::vector<T>(k), std::vector<T>(k)};
  fill_fresh<T>(factors.a, "equal a", seed, kind);
  fill_fresh<T>(factors.b, "equal b", seed, kind);
  std::vector<std::size_t> places(k);
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::mt19937_64 engine(seed + kind);
  if (distance <= 0) std::ranges::shuffle(places, engine);
  if (kind + 1 == sensitive_kinds) {
    for (std::size_t i = few; i < k; ++i) factors.a[places[i]] = 0;
  } else if (distance >= 0) {
    const std::size_t apart = distance == 0 ? 1 : static_cast<std::size_t>(distance);
    for (std::size_t i = 0; i + apart < k; ++i) {
      if (i / apart % 2 == 1) continue;
      // An eighth of it is left.
      factors.a[places[i + apart]] = factors.a[places[i]];
      factors.b[places[i + apart]] = -factors.b[places[i]] + factors.b[places[i + apart]] / 8;
    }
  }
  if (symmetric != Symmetric::none) make_equal(factors.a, factors.b);
  if (symmetric == Symmetric::b) std::swap(factors.a, factors.b);
  return factors;
}

template void fill_fresh(std::span<float>, std::string_view, std::uint64_t, std::size_t);
template void fill_fresh(std::span<double>, std::string_view, std::uint64_t, std::size_t);
template Factors<float> sensitive_factors(std::size_t, std::size_t, std::uint64_t, Symmetric);
template Factors<double> sensitive_factors(std::size_t, std::size_t, std::uint64_t, Symmetric);

}  // namespace sqrtn::order
