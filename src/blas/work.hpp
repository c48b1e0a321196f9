#pragma once

#include <cstddef>

/// Declared work: FLOP (a count, not a rate) and bytes that must move at least once, the one place
/// where rates take them from. Multiply and add count as two.
namespace sqrtn::blas {

struct Work {
  double flop = 0;
  double bytes = 0;
};

/// 2·m·n·k; reads A and B, reads and writes C if `reads_c`, else writes it. `size` in bytes an element.
constexpr Work gemm_work(std::size_t m, std::size_t n, std::size_t k, std::size_t size, bool reads_c = false) {
  const double dm = static_cast<double>(m), dn = static_cast<double>(n), dk = static_cast<double>(k);
  return {2 * dm * dn * dk, static_cast<double>(size) * (dm * dk + dk * dn + dm * dn * (reads_c ? 2 : 1))};
}

/// 2·m·n; reads A and x, writes y (and reads it if `reads_y`).
constexpr Work gemv_work(std::size_t m, std::size_t n, std::size_t size, bool reads_y = false) {
  return gemm_work(m, 1, n, size, reads_y);
}

}  // namespace sqrtn::blas
