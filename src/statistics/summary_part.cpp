#include "statistics/summary_part.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "statistics/patterns.hpp"

namespace sqrtn::statistics {
namespace {

constexpr std::size_t n_patterns = 65536;
constexpr std::size_t wanted_anchors = 128, most_anchors = 1024, anchor_window = 8;

}  // namespace

PatternCounter::PatternCounter(std::size_t expected) : tabulated_(expected > n_patterns / 4) {
  if (tabulated_) table_.resize(2 * n_patterns);
}

template <class Pattern>
void PatternCounter::count(std::size_t size, Pattern pattern) {
  if (!tabulated_) {
    for (std::size_t i = 0; i < size; ++i) list_.push_back(pattern(i));
    return;
  }
  // Two tables in turn: equal patterns that follow each other would wait for one another.
  std::uint32_t* const first = table_.data();
  std::uint32_t* const second = first + n_patterns;
  std::size_t i = 0;
  for (; i + 1 < size; i += 2) {
    ++first[pattern(i)];
    ++second[pattern(i + 1)];
  }
  if (i < size) ++first[pattern(i)];
}

void PatternCounter::add(const std::uint16_t* patterns, std::size_t size) {
  count(size, [=](std::size_t i) { return patterns[i]; });
}

void PatternCounter::add(const std::uint32_t* words, std::size_t size) {
  count(size, [=](std::size_t i) { return static_cast<std::uint16_t>(words[i] >> 16); });
}

std::vector<Cell> PatternCounter::cells() {
  std::vector<Cell> all;
  for (std::size_t pattern = 0; 2 * pattern < table_.size(); ++pattern) {
    const std::uint64_t count = std::uint64_t{table_[pattern]} + table_[n_patterns + pattern];
    if (count > 0) all.push_back({static_cast<std::uint16_t>(pattern), count});
  }
  std::ranges::sort(list_);
  for (const std::uint16_t pattern : list_) {
    if (all.empty() || all.back().pattern != pattern) all.push_back({pattern, 0});
    ++all.back().count;
  }
  return all;
}

PartSummary::PartSummary(const StoredTensor& tensor, std::size_t columns, std::size_t expected)
    : tensor_(tensor), counter_(expected), has_columns_(columns > 0) {
  part_.columns = {std::vector<double>(columns), std::vector<double>(columns), std::vector<std::uint32_t>(columns)};
  const double share = std::min(1.0 / 16, static_cast<double>(wanted_anchors) / static_cast<double>(tensor.count()));
  threshold_ = static_cast<std::uint32_t>(std::ldexp(share, 32));
}

Line PartSummary::add_row(std::size_t first, std::size_t size) {
  Line line;
  PieceHash hash;
  for (std::size_t at = 0; at < size; at += piece_size) {
    add_piece(first + at, at, std::min(piece_size, size - at), line, hash);
  }
  line.hash = (static_cast<std::uint64_t>(hash.exclusive_or) << 32) | hash.sum;
  return line;
}

Part PartSummary::take() {
  part_.summary.cells = counter_.cells();
  return std::move(part_);
}

void PartSummary::add_piece(std::size_t first, std::size_t column, std::size_t size, Line& line, PieceHash& hash) {
  part_.summary.count += size;
  if (tensor_.dtype == Dtype::f64) {
    copy_bits(tensor_, first, size, words_.data());
    for (std::size_t i = 0; i < size; ++i) patterns_[i] = pattern_of(words_[i]);
    for (std::size_t i = 0; i < size; ++i) doubles_[i] = std::bit_cast<double>(words_[i]);
    add_values(doubles_.data(), first, column, size, line, hash);
    return;
  }
  if (tensor_.dtype == Dtype::f32) {
    copy_bits(tensor_, first, size, bits_.data());
    for (std::size_t i = 0; i < size; ++i) floats_[i] = std::bit_cast<float>(bits_[i]);
  } else {
    copy_bits(tensor_, first, size, patterns_.data());
    decode_halves(size);
  }
  add_values(floats_.data(), first, column, size, line, hash);
}

void PartSummary::decode_halves(std::size_t size) {
  if (tensor_.dtype == Dtype::bf16) return decode_bf16(patterns_.data(), size, floats_.data());
  constexpr std::uint16_t infinite = 0x7c00;
  unsigned special = 0;
  for (std::size_t i = 0; i < size; ++i) special |= (patterns_[i] & infinite) == infinite ? 1U : 0U;
  if (special == 0) return decode_f16(patterns_.data(), size, floats_.data());
  std::transform(patterns_.data(), patterns_.data() + size, floats_.data(), from_f16);
}

/// NaN and infinities are counted and count as zeros in all that follows.
template <class T>
void PartSummary::take_out_special(T* values, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    if (std::isfinite(values[i])) continue;
    ++(std::isnan(values[i]) ? part_.summary.n_nan : part_.summary.n_infinite);
    values[i] = 0;
    patterns_[i] = 0;
    bits_[i] = 0;
  }
}

template <class T>
void PartSummary::add_values(T* values, std::size_t first, std::size_t column, std::size_t size, Line& line,
                             PieceHash& hash) {
  Summary& s = part_.summary;
  if (has_special(values, size)) take_out_special(values, size);
  if (tensor_.dtype == Dtype::f32) {
    counter_.add(bits_.data(), size);
  } else {
    counter_.add(patterns_.data(), size);
  }
  double* const sums = has_columns_ ? part_.columns.sums.data() + column : nullptr;
  double* const squares = has_columns_ ? part_.columns.squares.data() + column : nullptr;
  const PieceSums piece = sum_piece(values, size, sums, squares);
  line.sum += piece.sum;
  line.sum_of_squares += piece.sum_of_squares;
  s.minimum = std::min(s.minimum, piece.minimum);
  s.maximum = std::max(s.maximum, piece.maximum);
  s.used_bits |= piece.used_bits;
  s.n_zero += piece.n_zero;
  hash_magnitudes(values, size, hashes_.data());
  const PieceHash found =
      sum_hashes(hashes_.data(), size, has_columns_ ? part_.columns.hashes.data() + column : nullptr);
  hash.sum += found.sum;
  hash.exclusive_or ^= found.exclusive_or;
  add_anchors(first, size);
}

void PartSummary::add_anchors(std::size_t first, std::size_t size) {
  if (size < anchor_window) return;
  const std::size_t n = find_anchors(hashes_.data(), size, threshold_, anchors_.data(), anchors_.size());
  for (std::size_t k = 0; k < n && part_.summary.anchors.size() < most_anchors; ++k) {
    const std::size_t i = anchors_[k];
    if (i + anchor_window > size) break;
    std::array<std::uint32_t, anchor_window> window{};
    std::copy_n(hashes_.data() + i, anchor_window, window.begin());
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const std::uint32_t h : window) hash = (hash ^ h) * 0x100000001b3u + (hash >> 29);
    // Runs of one value, as of zeros, are alike everywhere and tell nothing.
    std::ranges::sort(window);
    if (std::ranges::unique(window).begin() - window.begin() < 4) continue;
    part_.summary.anchors.push_back({hash, first + i});
  }
}

}  // namespace sqrtn::statistics
