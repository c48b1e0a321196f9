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
constexpr std::array<int, 7> distances{-1, 1, 2, 8, 64, 0, -1};

/// All products but these are 0 in the last kind.
constexpr std::size_t few = 16;

// A symmetric factor's rows are equal if they are one number. Then orders of neighbouring rows, which may differ in one
// product, are told apart by few sums: each kind is drawn as often, and rows at either end, whose first sums all later
// ones would absorb, have sums of as many products alone.
constexpr std::size_t rounds = 4;
constexpr std::array<std::size_t, 18> windows{3, 3, 3, 3, 4, 4, 4, 5, 5, 6, 6, 8, 8, 12, 16, 24, 32, 48};

/// The products at the first `n` of these places alone.
template <class T>
void keep(std::size_t n, const std::vector<std::size_t>& places, std::vector<T>& factors) {
  for (std::size_t i = n; i < places.size(); ++i) factors[places[i]] = 0;
}

/// Of each two that are so far apart an eighth is left.
template <class T>
void pair_up(int distance, const std::vector<std::size_t>& places, Factors<T>& factors) {
  if (distance < 0) return;
  const std::size_t apart = distance == 0 ? 1 : static_cast<std::size_t>(distance);
  for (std::size_t i = 0; i + apart < places.size(); ++i) {
    if (i / apart % 2 == 1) continue;
    const std::size_t one = places[i], other = places[i + apart];
    factors.a[other] = factors.a[one];
    factors.b[other] = -factors.b[one] + factors.b[other] / 8;
  }
}

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

std::size_t sensitive_sums(Symmetric symmetric) {
  return symmetric == Symmetric::none ? distances.size() : rounds * distances.size() + 2 * windows.size();
}

template <class T>
Factors<T> sensitive_factors(std::size_t number, std::size_t k, std::uint64_t seed, Symmetric symmetric) {
  const std::size_t sums = distances.size(), all = symmetric == Symmetric::none ? sums : rounds * sums;
  const std::size_t kind = number % sums;
  Factors<T> factors{std::vector<T>(k), std::vector<T>(k)};
  fill_fresh<T>(factors.a, "equal a", seed, number);
  fill_fresh<T>(factors.b, "equal b", seed, number);
  std::vector<std::size_t> places(k);
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::mt19937_64 engine(seed + number);
  if (number >= all) {
    if (number % 2 == 1) std::ranges::reverse(places);
    keep(windows.at((number - all) / 2), places, factors.a);
  } else {
    if (distances.at(kind) <= 0) std::ranges::shuffle(places, engine);
    if (kind + 1 == sums)
      keep(few, places, factors.a);
    else
      pair_up(distances.at(kind), places, factors);
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
