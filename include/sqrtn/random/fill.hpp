#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sqrtn/random/stream.hpp"
#include "sqrtn/support/half.hpp"

/// Fills: element i of `out` is element offset + i of the stream, for every fill and type. Empty
/// spans are allowed. `threads` (0: all available) changes no bit. Elements per 128-bit block:
/// uint32 4 · uint64 2 · float 4 · double 2. Bits and uniforms are the same on every target;
/// normals and truncated normals on every target with fused multiply-add. Up to 2¹⁸ elements one thread fills.
/// What exceeds the last-level cache goes past the caches if `out` less `offset` elements is on a 64-byte boundary.
namespace sqrtn::random {

/// Raw words, in the order in which the engine returns them (uint64: low word first).
void fill_bits(const Stream& stream, std::span<std::uint32_t> out, unsigned threads = 1);
void fill_bits(const Stream& stream, std::span<std::uint64_t> out, unsigned threads = 1);

/// U(low, high), both ends excluded: x = mid + half·v, rounded after each operation and kept inside
/// (low, high), where v = (2k + 1 − 2^p)/2^p, k the top p bits of the word, p = 24 for float and 53
/// for double. For low = −high the law is symmetric and free of rounding but for one product.
/// Throws: std::invalid_argument unless low < high are finite, a number lies between them, and
/// (high − low)/2 ≥ 2^p·(the smallest normal number), so that no product underflows.
template <class T>
void fill_uniform(const Stream& stream, std::span<T> out, T low, T high, unsigned threads = 1);

/// N(mean, stddev²) by the Box–Muller transform; elements i and i + d form a pair, d = 16 for float and 8 for
/// double, i mod 2d < d. Word i gives the radius √(−2·ln((word + ½)/2^bits)), word i + d the direction: an
/// angle in (−π/4, π/4), swap of sine and cosine, and the cosine's sign.
/// x = mean + stddev·z, z always finite: |z| ≤ 6.77 for float (32-bit radius), 9.5 for double.
/// Error: z within 5 ULP (float) and 8 ULP (double) of the exact transform of the same bits, counted
/// in ULP of the pair's radius. Float, over all inputs: radius within 2.6 ULP, falling as its word rises;
/// direction within 0.9 ULP, symmetric; variance 1 + 2.1e-8, kurtosis 3 − 4.9e-8, tails those of 2³² radii.
/// Throws: std::invalid_argument unless |mean| ≤ max/4 and 0 ≤ stddev ≤ max/64, so that no draw overflows.
/// Source: Box and Muller, Ann. Math. Statist. 29 (1958) 610.
template <class T>
void fill_normal(const Stream& stream, std::span<T> out, T mean, T stddev, unsigned threads = 1);

/// The same transform of given words: out[i] is the draw of an element whose word is words[i].
/// **Shapes** both n, a multiple of 32 (float) or 16 (double).
/// Throws: as fill_normal, and std::invalid_argument for other sizes.
void normal_of_words(std::span<const std::uint32_t> words, std::span<float> out, float mean, float stddev);
void normal_of_words(std::span<const std::uint64_t> words, std::span<double> out, double mean, double stddev);

/// N(mean, stddev²) conditioned on |x − mean| < cut·stddev, by inversion: z = √2·erf⁻¹(v·erf(cut/√2))
/// with v of fill_uniform. stddev is the parent's; the result's own is smaller (0.8796 at cut = 2).
/// Error: z within 4 ULP (float) and 8 ULP (double) of max(|z|, 1) for the same v. Float, over all inputs at the cuts
/// 0.1, 1, 2 and 3: within 2.9 ULP, rising with v, odd in v; variance within 7e-8 of the law's, fourth moment 1.4e-7.
/// Throws: as fill_normal, and unless 0 < cut ≤ 3.
template <class T>
void fill_truncated_normal(const Stream& stream, std::span<T> out, T mean, T stddev, double cut = 2,
                           unsigned threads = 1);

/// The float fills of the same stream, each element rounded to nearest, ties to even. A uniform's ends may be reached
/// by rounding. Throws: as for float, and std::invalid_argument unless |mean| ≤ max/4 and stddev ≤ max/64 of T, or for
/// uniforms |low + high|/2 ≤ max/4 and high − low ≤ max, so that no draw becomes infinite.
template <Half T>
void fill_uniform(const Stream& stream, std::span<T> out, float low, float high, unsigned threads = 1);
template <Half T>
void fill_normal(const Stream& stream, std::span<T> out, float mean, float stddev, unsigned threads = 1);
template <Half T>
void fill_truncated_normal(const Stream& stream, std::span<T> out, float mean, float stddev, double cut = 2,
                           unsigned threads = 1);

/// The same of given words, element by element.
/// **Shapes** both n, a multiple of 32 (float) or 16 (double).
/// Throws: as fill_truncated_normal, and std::invalid_argument for other sizes.
void truncated_normal_of_words(std::span<const std::uint32_t> words, std::span<float> out, float mean, float stddev,
                               double cut = 2);
void truncated_normal_of_words(std::span<const std::uint64_t> words, std::span<double> out, double mean, double stddev,
                               double cut = 2);

/// Names of the SIMD targets that this machine can run, the preferred one first.
std::vector<std::string> simd_targets();

/// The one that fills use: the preferred one, or what the environment variable SQRTN_SIMD names.
/// Throws: std::invalid_argument if that is not available, as does every fill then.
std::string simd_target();

/// Restricts every later fill of the process to one of simd_targets(); empty: back to the preferred.
/// For tests and benchmarks. Throws: std::invalid_argument for a target that is not available.
void use_simd_target(const std::string& name);

}  // namespace sqrtn::random
