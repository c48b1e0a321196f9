#include "screen/tree_sum.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace sqrtn::screen {
namespace {

__extension__ using Wide = unsigned __int128;

/// ± significand·2^exponent
struct Exact {
  Wide significand = 0;
  int exponent = 0;
  bool is_negative = false;
};

template <class T>
struct Format {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  static constexpr int stored = sizeof(T) == 4 ? 23 : 52;  ///< bits of the significand
  static constexpr int width = 8 * sizeof(T) - 1;          ///< without the sign
  static constexpr int bias = (1 << (width - stored - 1)) - 1;
  static constexpr int least = 1 - bias - stored;  ///< exponent of the last place of the smallest numbers
  static constexpr Bits hidden = Bits{1} << stored;
};

template <class T>
Exact exact_of(T x) {
  using F = Format<T>;
  const auto bits = std::bit_cast<typename F::Bits>(x);
  const int exponent = static_cast<int>(bits >> F::stored & ((typename F::Bits{1} << (F::width - F::stored)) - 1));
  const auto significand = bits & (F::hidden - 1);
  return {exponent > 0 ? significand | F::hidden : significand, F::least + std::max(exponent - 1, 0),
          bits >> F::width != 0};
}

int length_of(Wide x) {
  const auto high = static_cast<std::uint64_t>(x >> 64);
  return high != 0 ? 128 - std::countl_zero(high) : 64 - std::countl_zero(static_cast<std::uint64_t>(x));
}

/// x >> n; the last bit is set if any bit that is lost was.
Wide shifted(Wide x, int n) {
  if (n >= 127) return x != 0 ? 1 : 0;
  return x >> n | ((x & ((Wide{1} << n) - 1)) != 0 ? 1 : 0);
}

/// Of significands up to 106 bits.
Exact product_of(const Exact& x, const Exact& y) {
  return {x.significand * y.significand, x.exponent + y.exponent, x.is_negative != y.is_negative};
}

/// Exactly, but for bits so far down that the last one stands for them: of two numbers whose highest bits are bit 125
/// the smaller is moved; where it loses bits the sum keeps 124 at least.
Exact sum_of(Exact x, Exact y) {
  if (x.significand == 0) return y;
  if (y.significand == 0) return x;
  for (Exact* number : {&x, &y}) {
    const int room = 126 - length_of(number->significand);
    number->significand <<= room;
    number->exponent -= room;
  }
  if (std::pair(x.exponent, x.significand) < std::pair(y.exponent, y.significand)) std::swap(x, y);
  const Wide smaller = shifted(y.significand, x.exponent - y.exponent);
  x.significand = x.is_negative == y.is_negative ? x.significand + smaller : x.significand - smaller;
  return x.significand == 0 ? Exact{} : x;
}

/// To nearest, ties to even.
template <class T>
Exact rounded(const Exact& x) {
  const int lost = std::max(length_of(x.significand) - Format<T>::stored - 1, Format<T>::least - x.exponent);
  if (lost <= 0 || x.significand == 0) return x;
  if (lost > 127) return {};
  const Wide kept = x.significand >> lost, half = Wide{1} << (lost - 1), rest = x.significand & ((Wide{1} << lost) - 1);
  return {kept + (rest + (kept & 1) > half ? 1 : 0), x.exponent + lost, x.is_negative};
}

/// Of what is rounded to T already.
template <class T>
T number_of(const Exact& x) {
  using F = Format<T>;
  if (x.significand == 0) return T(0);
  const int room = std::min(F::stored + 1 - length_of(x.significand), x.exponent - F::least);
  const Wide significand = room >= 0 ? x.significand << room : x.significand >> -room;
  const auto exponent = static_cast<typename F::Bits>(x.exponent - room - F::least + 1);
  const auto magnitude = (exponent << F::stored) + static_cast<typename F::Bits>(significand) - F::hidden;
  return std::bit_cast<T>(magnitude | static_cast<typename F::Bits>(x.is_negative) << F::width);
}

}  // namespace

template <class T>
T sum_by_integers(const laws::SumTree& tree, const T* a, const T* b, std::size_t step_b) {
  std::vector<Exact> values;
  const auto product = [&](std::int32_t node) {
    const auto leaf = static_cast<std::size_t>(tree.nodes[static_cast<std::size_t>(node)].leaf);
    return product_of(exact_of(a[leaf]), exact_of(b[leaf * step_b]));
  };
  for (const laws::SumNode& node : tree.nodes) {
    if (node.is_leaf()) {
      values.push_back(rounded<T>(product(static_cast<std::int32_t>(values.size()))));
      continue;
    }
    const Exact& left = values[static_cast<std::size_t>(node.left)];
    const Exact& right = values[static_cast<std::size_t>(node.right)];
    if (!node.fused) {
      // A double holds the sum of two floats closely enough.
      const Exact sum = rounded<double>(sum_of(left, right));
      values.push_back(node.wide ? sum : rounded<T>(sum));
    } else if (node.wide) {
      values.push_back(rounded<double>(sum_of(left, product(node.right))));
    } else {
      values.push_back(rounded<T>(sum_of(rounded<T>(left), product(node.right))));
    }
  }
  return number_of<T>(rounded<T>(values.back()));
}

template float sum_by_integers(const laws::SumTree&, const float*, const float*, std::size_t);
template double sum_by_integers(const laws::SumTree&, const double*, const double*, std::size_t);

}  // namespace sqrtn::screen
