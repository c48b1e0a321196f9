#pragma once

#include <sched.h>

#include <atomic>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// A floating-point unit in software, in which faults of processors are planted: a product of matrices goes through it
/// operation by operation. What it does never depends on time.
namespace sqrtn::verify {

struct SoftFault {
  std::string name;         ///< "" is none
  std::uint64_t rate = 1;   ///< one in so many operations meets the pattern
  int core = -1;            ///< that has it; −1: all
  int size = 0;             ///< of C, where only one has it
  std::uint64_t after = 0;  ///< calls
  bool every_call = true;   ///< else it depends on the number of the call, not on the data

  [[nodiscard]] bool is(std::string_view called) const { return name == called; }
};

template <class T>
using WordOf = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

template <class T>
inline constexpr int significand_bits = sizeof(T) == 4 ? 23 : 52;

template <class T>
WordOf<T> word_of_number(T x) {
  return std::bit_cast<WordOf<T>>(x);
}

template <class T>
int exponent_of(T x) {
  return static_cast<int>(word_of_number(x) >> significand_bits<T> & (sizeof(T) == 4 ? 0xFF : 0x7FF));
}

/// Whether these significands are of the pattern that one pair in `rate` has.
template <class T>
bool meets_pattern(T a, T b, std::uint64_t rate) {
  std::uint64_t mixed = (std::uint64_t{word_of_number(a)} * 0x9e3779b97f4a7c15U) ^
                        (std::uint64_t{word_of_number(b)} * 0xc2b2ae3d27d4eb4fU);
  mixed ^= mixed >> 29;
  mixed *= 0xbf58476d1ce4e5b9U;
  return (mixed >> 20) % rate == 0;
}

/// a·b + c, rounded once.
inline float fused(float a, float b, float c) { return std::fma(a, b, c); }
inline double fused(double a, double b, double c) { return std::fma(a, b, c); }

/// Whether adding these significands, the smaller aligned to the larger, carries from bit 11 to bit 12.
template <class T>
bool carries_across_12(T x, T y) {
  const int difference = exponent_of(x) - exponent_of(y);
  const auto significand = [](T of) {
    return (word_of_number(of) & ((WordOf<T>{1} << significand_bits<T>)-1)) | WordOf<T>{1} << significand_bits<T>;
  };
  if (x == 0 || y == 0 || std::signbit(x) != std::signbit(y) || std::abs(difference) > significand_bits<T>)
    return false;
  const WordOf<T> p = difference >= 0 ? significand(x) : significand(x) >> -difference,
                  q = difference >= 0 ? significand(y) >> difference : significand(y);
  return (p & 0xFFF) + (q & 0xFFF) > 0xFFF;
}

template <class T>
T faulty_fused(const SoftFault& fault, T a, T b, T c) {
  const T right = fused(a, b, c);
  if (a == 0 || b == 0) return right;
  const T product = a * b;
  if (fault.is("forced") && meets_pattern(a, b, fault.rate)) {
    // Bit 10 of the product's significand is stuck at 1.
    return std::bit_cast<T>(static_cast<WordOf<T>>(word_of_number(product) | WordOf<T>{1} << 10)) + c;
  }
  if (fault.is("carry") && meets_pattern(a, b, fault.rate) && carries_across_12(product, c)) {
    return right - std::ldexp(std::copysign(T(1), right), std::ilogb(right) - significand_bits<T> + 12);
  }
  if (fault.is("shift") && c != 0 && std::abs(exponent_of(product) - exponent_of(c)) == 23) {
    return std::abs(product) < std::abs(c) ? c + 2 * product : product + 2 * c;
  }
  if (fault.is("rounding") && sizeof(T) == 4) {
    // Ties away from zero: an even neighbour at half a unit is replaced by the odd one.
    const double exact = static_cast<double>(a) * static_cast<double>(b) + static_cast<double>(c);
    const double other = 2 * exact - static_cast<double>(right);
    const bool tie = exact != static_cast<double>(right) && static_cast<double>(static_cast<T>(other)) == other;
    return tie && std::abs(other) > std::abs(exact) ? static_cast<T>(other) : right;
  }
  if (fault.is("truncated") && c != 0 && meets_pattern(a, b, fault.rate)) {
    // A sum that is not exact is rounded towards zero: no sum of whole numbers, no single product.
    const long double exact = static_cast<long double>(a) * static_cast<long double>(b) + static_cast<long double>(c);
    return std::abs(static_cast<long double>(right)) > std::abs(exact) ? std::nextafter(right, T(0)) : right;
  }
  if (fault.is("two_roundings")) return product + c;
  return right;
}

inline std::atomic<std::uint64_t>& soft_calls() {
  static std::atomic<std::uint64_t> calls = 0;
  return calls;
}

/// Whether a call of a product of that size has the fault, here and now.
inline bool is_met(const SoftFault& fault, int size) {
  const std::uint64_t call = soft_calls()++;
  if (fault.core >= 0 && sched_getcpu() != fault.core) return false;
  if (fault.size > 0 && fault.size != size) return false;
  return call >= fault.after && (fault.every_call || call % 7 == 3);
}

/// C = A·B, row-major without transposition: n × n each.
template <class T>
void soft_gemm(const SoftFault& fault, int n_rows, const T* a, const T* b, T* c) {
  const auto n = static_cast<std::size_t>(n_rows);
  const bool met = !fault.name.empty() && is_met(fault, n_rows);
  std::vector<T> row(n);
  for (std::size_t i = 0; i < n; ++i) {
    std::fill(row.begin(), row.end(), T(0));
    for (std::size_t p = 0; p < n; ++p) {
      const T factor = a[i * n + p];
      const T* from = b + p * n;
      if (met) {
        const bool neighbour = fault.is("neighbour");
        for (std::size_t j = 0; j < n; ++j) {
          const bool shifted = neighbour && meets_pattern(factor, from[j], fault.rate);
          row[j] = faulty_fused(fault, factor, shifted ? from[(j + 1) % n] : from[j], row[j]);
        }
      } else {
        for (std::size_t j = 0; j < n; ++j) row[j] = fused(factor, from[j], row[j]);
      }
    }
    T* to = c + i * n;
    for (std::size_t j = 0; met && fault.is("lane") && j + 1 < n; j += 8) {
      if (meets_pattern(row[j], row[j + 1], fault.rate)) std::swap(row[j], row[j + 1]);
    }
    for (std::size_t j = 0; j < n; ++j) {
      // The old content of a line of 64 bytes stays.
      const std::size_t line = j - j % (64 / sizeof(T));
      const bool stale = met && fault.is("stale") && meets_pattern(row[line], static_cast<T>(i + 1), fault.rate);
      if (!stale) to[j] = row[j];
    }
  }
  if (met && fault.is("operand")) const_cast<T*>(a)[n + 1] += 1;
}

}  // namespace sqrtn::verify
