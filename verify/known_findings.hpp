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
// routines test a scalar by comparison, and complex products read past vectors with gaps; dsdot adds 32 products at a
// time in single precision, and drotg overflows. Of what it has beside the standard's routines, imatcopy corrupts the
// heap, csyr2 and cspr2 take negative increments wrongly, and sums of complex numbers are left in another register. The
// kernels of AVX-512 multiply by α = 0 besides, and get sums of long vectors wrong (docs/libraries.md).
inline constexpr std::string_view openblas_0_3_21 = "234bd1960ceeed3c44b275ba10583407ed7b9760d45d33d743420f70c46a0745";
inline constexpr std::array<std::string_view, 4> openblas_kernels{"Haswell", "Zen", "Sandybridge", "Nehalem"};
inline constexpr std::array<std::string_view, 2> openblas_avx512_kernels{"SkylakeX", "Cooperlake"};
inline constexpr std::string_view openblas_ids[] = {
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
    "products/all/f32/flags",
    "products/all/f64/flags",
    "products/dsdot/f32/exact_large",
    "products/dsdot/f32/exact_small",
    "products/dsdot/f32/growth",
    "products/dsdot/f32/random_bound",
    "products/imatcopy/c128/exact_large",
    "products/imatcopy/c128/exact_small",
    "products/imatcopy/c128/exceptional",
    "products/imatcopy/c128/inside",
    "products/imatcopy/c128/random_bound",
    "products/imatcopy/c64/exact_large",
    "products/imatcopy/c64/exact_small",
    "products/imatcopy/c64/exceptional",
    "products/imatcopy/c64/inside",
    "products/imatcopy/c64/random_bound",
    "products/imatcopy/f32/exact_large",
    "products/imatcopy/f32/exact_small",
    "products/imatcopy/f32/exceptional",
    "products/imatcopy/f32/inside",
    "products/imatcopy/f32/random_bound",
    "products/imatcopy/f64/exact_large",
    "products/imatcopy/f64/exact_small",
    "products/imatcopy/f64/exceptional",
    "products/imatcopy/f64/inside",
    "products/imatcopy/f64/random_bound",
    "products/rotg/c128/extremes",
    "products/rotg/f64/extremes",
    "products/sdsdot/f32/exact_large",
    "products/sdsdot/f32/exact_small",
    "products/sdsdot/f32/random_bound",
    "products/spr2/c128/exact_large",
    "products/spr2/c128/exact_small",
    "products/spr2/c128/exceptional",
    "products/spr2/c128/inside",
    "products/spr2/c128/random_bound",
    "products/spr2/c64/exact_large",
    "products/spr2/c64/exact_small",
    "products/spr2/c64/exceptional",
    "products/spr2/c64/inside",
    "products/spr2/c64/random_bound",
    "products/sum/c128/exact_large",
    "products/sum/c128/exact_small",
    "products/sum/c128/exceptional",
    "products/sum/c128/growth",
    "products/sum/c128/large_counts",
    "products/sum/c128/random_bound",
    "products/sum/c64/exact_large",
    "products/sum/c64/exact_small",
    "products/sum/c64/exceptional",
    "products/sum/c64/growth",
    "products/sum/c64/large_counts",
    "products/sum/c64/random_bound",
    "products/syr2/c128/exact_large",
    "products/syr2/c128/exact_small",
    "products/syr2/c128/exceptional",
    "products/syr2/c128/inside",
    "products/syr2/c128/random_bound",
    "products/syr2/c64/exact_large",
    "products/syr2/c64/exact_small",
    "products/syr2/c64/exceptional",
    "products/syr2/c64/inside",
    "products/syr2/c64/random_bound",
};
/// Besides, with AVX-512 alone.
inline constexpr std::string_view openblas_avx512_ids[] = {
    "products/gemm/f32/alpha_zero",   "products/gemm/f64/alpha_zero",  "products/asum/c64/exact_small",
    "products/sum/f32/exact_small",   "products/sum/f32/exact_large",  "products/sum/f32/large_counts",
    "products/asum/c64/large_counts", "products/sum/f32/random_bound",
};
inline constexpr std::string_view openblas_cooperlake_ids[] = {"products/asum/c64/exact_small",
                                                               "products/asum/c64/large_counts"};
inline constexpr std::string_view openblas_nehalem_ids[] = {"products/axpyc/c128/increments"};
inline constexpr std::array<KnownFindings, 5> all_known_findings{{
    {openblas_0_3_21, std::span(openblas_avx512_kernels).last<1>(), openblas_cooperlake_ids},
    {openblas_0_3_21, std::span(openblas_kernels).last<1>(), openblas_nehalem_ids},
    {openblas_0_3_21, openblas_kernels, openblas_ids},
    {openblas_0_3_21, openblas_avx512_kernels, openblas_ids},
    {openblas_0_3_21, openblas_avx512_kernels, openblas_avx512_ids},
}};

/// Whether the claim is known to fail on this library; nullopt if nothing is known of that build or its kernels.
inline std::optional<bool> is_known_to_fail(const blas::Backend& library, std::string_view id) {
  const blas::Identity& identity = library.identity();
  std::optional<bool> fails;
  for (const KnownFindings& known : all_known_findings) {
    if (known.sha256 != identity.sha256 || std::ranges::find(known.kernels, identity.kernel) == known.kernels.end())
      continue;
    fails = fails.value_or(false) || std::ranges::find(known.ids, id) != known.ids.end();
  }
  return fails;
}

}  // namespace sqrtn::verify
