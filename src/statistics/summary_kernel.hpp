#pragma once

#include <cstddef>
#include <cstdint>

/// The vectorised passes behind summarise(), each over a piece of a row that lies in the first-level cache.
namespace sqrtn::statistics {

struct PieceSums {
  double sum = 0, sum_of_squares = 0, minimum = 0, maximum = 0;
  std::uint64_t used_bits = 0;
  std::size_t n_zero = 0;
};

struct PieceHash {
  std::uint32_t sum = 0, exclusive_or = 0;
};

/// Half types to floats, exactly; of f16 not infinities and NaN, of which the caller takes care.
void decode_f16(const std::uint16_t* patterns, std::size_t size, float* values);
void decode_bf16(const std::uint16_t* patterns, std::size_t size, float* values);

/// Whether one is NaN or infinite.
bool has_special(const float* values, std::size_t size);
bool has_special(const double* values, std::size_t size);

/// Sums and extremes of `size` ≥ 1 finite values; added to the columns' where these are not null.
PieceSums sum_piece(const float* values, std::size_t size, double* column_sums, double* column_squares);
PieceSums sum_piece(const double* values, std::size_t size, double* column_sums, double* column_squares);

/// A 32-bit hash of each magnitude, 0 of 0.
void hash_magnitudes(const float* values, std::size_t size, std::uint32_t* hashes);
void hash_magnitudes(const double* values, std::size_t size, std::uint32_t* hashes);

/// Sum and exclusive or of the hashes; added to the columns' where these are not null.
PieceHash sum_hashes(const std::uint32_t* hashes, std::size_t size, std::uint32_t* column_hashes);

/// Writes the i below size − 1 with hashes[i] ^ rotate(hashes[i + 1]) < threshold, at most `most`. Returns: how many.
std::size_t find_anchors(const std::uint32_t* hashes, std::size_t size, std::uint32_t threshold, std::uint32_t* found,
                         std::size_t most);

}  // namespace sqrtn::statistics
