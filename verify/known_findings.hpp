#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "sqrtn/blas/backend.hpp"

/// What is known to be wrong with the libraries that the tests use when none is named: the claims that fail there.
namespace sqrtn::verify {

struct KnownFindings {
  std::string_view sha256;  ///< of the library's file
  std::span<const std::string_view> kernels, ids;
};

// Debian's OpenBLAS 0.3.21 (0.3.21+ds-4, libopenblasp-r0.3.21.so): its scal skips NaN where a factor is zero, other
// routines test a scalar by comparison, and complex products read past vectors with gaps; the kernels of AVX-512
// multiply by α = 0 besides, and get sums of long vectors wrong (docs/libraries.md).
inline constexpr std::string_view openblas_0_3_21 = "234bd1960ceeed3c44b275ba10583407ed7b9760d45d33d743420f70c46a0745";
inline constexpr std::array<std::string_view, 4> openblas_kernels{"Haswell", "Zen", "Sandybridge", "Nehalem"};
inline constexpr std::array<std::string_view, 2> openblas_avx512_kernels{"SkylakeX", "Cooperlake"};
inline constexpr std::array<std::string_view, 19> openblas_ids{
    "products/scal/f32/zero_factor",
    "products/scal/f64/zero_factor",
    "products/gemv/f32/exceptional_scalars",
    "products/scal/f32/exceptional_scalars",
    "products/syrk/f32/exceptional_scalars",
    "products/dotu/c64/inside",
    "products/dotu/c128/inside",
    "products/dotc/c64/inside",
    "products/dotc/c128/inside",
    "products/gemv/c64/inside",
    "products/gemv/c128/inside",
    "products/hemv/c128/inside",
    // With AVX-512 alone.
    "products/gemm/f32/alpha_zero",
    "products/gemm/f64/alpha_zero",
    "products/asum/c64/exact_small",
    "products/sum/f32/exact_small",
    "products/sum/f32/exact_large",
    "products/sum/f32/large_counts",
    "products/asum/c64/large_counts",
};
inline constexpr std::array<KnownFindings, 2> all_known_findings{{
    {openblas_0_3_21, openblas_kernels, std::span(openblas_ids).first<12>()},
    {openblas_0_3_21, openblas_avx512_kernels, openblas_ids},
}};

/// Whether the claim fails in any of them.
inline bool is_in_known_findings(std::string_view id) {
  return std::ranges::any_of(all_known_findings, [id](const KnownFindings& known) {
    return std::ranges::find(known.ids, id) != known.ids.end();
  });
}

/// Whether the claim is known to fail on this library; nullopt if nothing is known of that build or its kernels.
inline std::optional<bool> is_known_to_fail(const blas::Backend& library, std::string_view id) {
  const blas::Identity& identity = library.identity();
  for (const KnownFindings& known : all_known_findings) {
    if (known.sha256 != identity.sha256 || std::ranges::find(known.kernels, identity.kernel) == known.kernels.end())
      continue;
    return std::ranges::find(known.ids, id) != known.ids.end();
  }
  return std::nullopt;
}

}  // namespace sqrtn::verify
