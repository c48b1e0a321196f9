#pragma once

#include <array>
#include <bit>
#include <numeric>
#include <utility>
#include <vector>

#include "screen/model.hpp"
#include "screen/product_round.hpp"
#include "screen/tree_sum.hpp"
#include "sqrtn/random/fill.hpp"

namespace sqrtn::screen {

/// Inexact sums, of which a sample is known: the entries of a block of the model in some rows and columns.
template <class T>
class PredictedRound final : public ProductRound<T> {
  using Base = ProductRound<T>;
  using Base::a_, Base::c_, Base::other_, Base::lane_, Base::origin_, Base::n_, Base::step_;

 public:
  PredictedRound(const blas::Functions& blas, const Lane& lane, const Origin& origin,
                 std::function<void(bool)> elsewhere, const Model& model)
      : Base(blas, lane, origin, std::move(elsewhere)), model_(model) {
    for (std::size_t index = 0; index < ring; ++index) this->prepare_right(index);
  }

  void predict() override {
    this->elsewhere_(true);
    samples_.clear();
    for (std::size_t step = 0; step < steps_of(lane_); ++step) samples_.push_back(sample_of(step));
    this->elsewhere_(false);
  }

  bool prepare(std::size_t step) override {
    watched_.clear();
    return Base::prepare(step);
  }

  [[nodiscard]] std::uint64_t operations() const override {
    return std::uint64_t{n_} * sample().rows.size() * sample().columns.size();
  }

  bool right() override {
    if (!same_bits(c_.data(), other_.data(), n_ * n_)) return false;
    for (const Watched& entry : watched_) {
      if (!same_bits(&c_[entry.row * n_ + entry.column], &entry.expected, 1)) return false;
    }
    for (std::size_t r = 0; r < sample().rows.size(); ++r) {
      for (std::size_t c = 0; c < sample().columns.size(); ++c) {
        if (is_wrong(r, c)) return false;
      }
    }
    return true;
  }

  /// Told is an entry whose order is certified, if one of them is wrong.
  Difference difference() override {
    const Difference all = Base::difference();
    Difference known;
    for (std::size_t i = 0; i < n_ && watched_.empty(); ++i) {
      known = {};
      compare_row(i, known);
    }
    return all.expected.empty() && !known.expected.empty() ? known : all;
  }

  [[nodiscard]] bool is_known() const override { return !watched_.empty(); }

  std::uint64_t digest_of_call() override {
    const std::uint64_t digest = Base::digest_of_call();
    std::ranges::copy(c_.span(), other_.data());
    return digest;
  }

 private:
  // Some 1 % of the time of the product that is checked, where it takes 3 ms: the columns that SumProgram evaluates at
  // once, and rows enough for their packing to be shared.
  static constexpr std::size_t sampled_rows = 32, sampled_columns = 64;
  // What is looked at when a call is repeated.
  static constexpr std::size_t most_watched = 64;

  struct Sample {
    const Block* block = nullptr;
    std::vector<std::uint32_t> rows = {}, columns = {};
    std::vector<T> expected = {};  ///< row by row
  };

  struct Watched {
    std::size_t row = 0, column = 0;
    T expected = 0;
  };

  Sample& sample() { return samples_[step_]; }
  [[nodiscard]] const Sample& sample() const { return samples_[step_]; }

  /// A block by the share of its entries, or in the next step each in its turn, so that edges are met as well.
  const Block& block_of(std::size_t step, std::uint64_t random) const {
    const std::size_t half = steps_of(lane_) / 2;
    if (step % 2 == 1) return model_.blocks[(origin_.round / 2 * half + step / 2) % model_.blocks.size()];
    const auto above = std::ranges::upper_bound(model_.ends, random % model_.ends.back());
    return model_.blocks[static_cast<std::size_t>(above - model_.ends.begin())];
  }

  /// So many of them, neighbours, from anywhere on.
  static std::vector<std::uint32_t> some_of(const std::vector<std::uint32_t>& all, std::size_t n,
                                            std::uint64_t random) {
    std::vector<std::uint32_t> chosen;
    for (std::size_t i = 0; i < std::min(n, all.size()); ++i) chosen.push_back(all[(random + i) % all.size()]);
    return chosen;
  }

  Sample sample_of(std::size_t step) const {
    std::array<std::uint64_t, 3> random{};
    random::fill_bits({.seed = origin_.seed,
                       .stream = random::stream_of(fmt::format("screen/sample/{}", origin_.processor)),
                       .offset = (origin_.round * ring * ring + step) * random.size()},
                      std::span<std::uint64_t>(random));
    Sample sample{.block = &block_of(step, random[0])};
    sample.rows = some_of(sample.block->rows, sampled_rows, random[1]);
    sample.columns = some_of(sample.block->columns, sampled_columns, random[2]);
    Matrix<T> a(sample.rows.size(), n_), expected(sample.rows.size(), sample.columns.size());
    for (std::size_t r = 0; r < sample.rows.size(); ++r) {
      fill_predicted_row<T>(lane_, origin_, step / ring, sample.rows[r], {&a(r, 0), n_});
    }
    std::vector<std::uint32_t> rows(sample.rows.size());
    std::iota(rows.begin(), rows.end(), 0U);
    const MatrixView<const T> b(this->b_of(step % ring).data(), n_, n_);
    model_.programs[sample.block->order].template evaluate<T>(a.view(), rows, b, sample.columns, expected.view());
    sample.expected.assign(expected.storage().begin(), expected.storage().end());
    return sample;
  }

  [[nodiscard]] T by_integers(const Block& block, std::size_t row, std::size_t column) const {
    return sum_by_integers<T>(model_.trees[block.order], a_.data() + row * n_, this->b().data() + column, n_);
  }

  /// An entry of the sample, by its place there. Where integers have another sum than was predicted and no operand has
  /// changed since, the core that predicted was wrong: then theirs is what is known.
  bool is_wrong(std::size_t r, std::size_t c) {
    Sample& of = sample();
    T& expected = of.expected[r * of.columns.size() + c];
    const T* got = &c_[of.rows[r] * n_ + of.columns[c]];
    if (same_bits(got, &expected, 1)) return false;
    const T sum = by_integers(*of.block, of.rows[r], of.columns[c]);
    if (same_bits(&sum, &expected, 1) || this->changed_operand()) return true;
    expected = sum;
    return !same_bits(got, &sum, 1);
  }

  /// Two answers differ: which of them is wrong, where that is known.
  void add_two(std::size_t i, std::size_t j, Difference& difference) {
    const T first = c_[i * n_ + j], second = other_[i * n_ + j];
    const Block* block = watched_.size() < most_watched ? model_.block_of(i, j) : nullptr;
    if (block == nullptr) return add_difference<T>(difference, i, j, first, {}, second);
    const T expected = by_integers(*block, i, j);
    watched_.push_back({i, j, expected});
    add_difference<T>(difference, i, j, same_bits(&first, &expected, 1) ? second : first, expected, expected);
  }

  void compare_row(std::size_t i, Difference& difference) override {
    for (std::size_t j = 0; j < n_; ++j) {
      if (!same_bits(&c_[i * n_ + j], &other_[i * n_ + j], 1)) add_two(i, j, difference);
    }
    const Sample& of = sample();
    const auto r = static_cast<std::size_t>(std::ranges::find(of.rows, i) - of.rows.begin());
    for (std::size_t c = 0; r < of.rows.size() && c < of.columns.size(); ++c) {
      const std::size_t j = of.columns[c];
      if (!same_bits(&c_[i * n_ + j], &other_[i * n_ + j], 1) || !is_wrong(r, c)) continue;
      const T expected = of.expected[r * of.columns.size() + c];
      if (watched_.size() < most_watched) watched_.push_back({i, j, expected});
      add_difference<T>(difference, i, j, c_[i * n_ + j], expected, expected);
    }
  }

  const Model& model_;
  std::vector<Sample> samples_;   ///< of each step
  std::vector<Watched> watched_;  ///< entries that were wrong
};

}  // namespace sqrtn::screen
