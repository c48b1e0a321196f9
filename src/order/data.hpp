#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "order/product.hpp"
#include "sqrtn/support/half.hpp"

/// What products are made of to see in which order they are added.
namespace sqrtn::order {

inline std::uint64_t bits_of(float x) { return std::bit_cast<std::uint32_t>(x); }
inline std::uint64_t bits_of(double x) { return std::bit_cast<std::uint64_t>(x); }

/// The number of what came before, and of one value more.
inline std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
  return hash ^ (hash >> 29);
}

template <class T>
bool same_bits(std::span<const T> a, std::span<const T> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

template <class T>
struct Factors {
  std::vector<T> a, b;
};

/// How many sums of products tell orders apart. In their data any other order is likely to show: sums stay small while
/// they are added, so that no rounding is absorbed by a later one.
std::size_t sensitive_sums(Symmetric symmetric);

/// The factors of k products; those of a symmetric matrix, whose rows are to be equal, are all one number.
/// Throws: std::out_of_range for a number that is not below sensitive_sums.
template <class T>
Factors<T> sensitive_factors(std::size_t number, std::size_t k, std::uint64_t seed, Symmetric symmetric);

/// Fills with fresh draws, uniform on (−1, 1): of product `number`, operand `name`.
template <class T>
void fill_fresh(std::span<T> out, std::string_view name, std::uint64_t seed, std::size_t number);

/// Rounds factors to bfloat16 where the product has such.
template <class T>
void make_short(const Product<T>& product, std::span<T> factors) {
  if (!product.bfloat16) return;
  for (T& x : factors) x = static_cast<T>(from_bf16(to_bf16(static_cast<float>(x))));
}

/// The same draws as factors of that product.
template <class T>
void fill_factors(const Product<T>& product, std::span<T> out, std::string_view name, std::uint64_t seed,
                  std::size_t number) {
  fill_fresh<T>(out, name, seed, number);
  make_short(product, out);
}

}  // namespace sqrtn::order
