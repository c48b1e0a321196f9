#include "screen/round.hpp"

#include <vector>

#include "screen/predicted_round.hpp"
#include "screen/product_round.hpp"
#include "screen/weights.hpp"

namespace sqrtn::screen {
namespace {

using results::Family;

/// What the check of integers needs of a B.
struct Weighted {
  std::vector<double> weights;          ///< r
  std::vector<std::uint64_t> weighted;  ///< B·r
};

/// Rounds whose every entry is known, or which are made twice.
template <class T>
class KnownRound final : public ProductRound<T> {
  using Base = ProductRound<T>;
  using Base::a_, Base::c_, Base::other_, Base::checks_, Base::lane_, Base::n_, Base::step_, Base::left_index_;

 public:
  KnownRound(const blas::Functions& blas, const Lane& lane, const Origin& origin, std::function<void(bool)> elsewhere)
      : Base(blas, lane, origin, std::move(elsewhere)), right_weighted_(ring) {}

  bool right() override {
    switch (lane_.family) {
      case Family::same_twice:
        return same_bits(c_.data(), other_.data(), n_ * n_);
      case Family::full_mantissas:
        for (std::size_t i = 0; i < n_; ++i) {
          if (checks_.wrong_products(factor(i), row_of_right(i), c_.data() + i * n_, n_) > 0) return false;
        }
        return true;
      default:
        return integers_right();
    }
  }

  [[nodiscard]] bool is_known() const override { return lane_.family != Family::same_twice; }

 private:
  [[nodiscard]] bool has_integers() const {
    return lane_.family == Family::dense_integers || lane_.family == Family::cancelling_pairs;
  }

  void left_made() override {
    if (!has_integers()) return;
    weighted_left_.assign(n_, 0);
    for (std::size_t i = 0; i < n_; ++i) checks_.add_row(a_.data() + i * n_, n_, left_weight(i), weighted_left_.data());
  }

  void right_made(std::size_t index) override {
    if (!has_integers()) return;
    Weighted& of = right_weighted_[index];
    of.weights = right_weights(n_, this->origin_.round * ring + index);
    of.weighted.resize(n_);
    checks_.row_sums(this->b_of(index).data(), n_, n_, of.weights.data(), of.weighted.data());
  }

  /// ℓᵀ·C·r = (ℓᵀ·A)·(B·r). Leaves C·r in sums_.
  bool integers_right() {
    const Weighted& right = right_weighted_[step_ % ring];
    sums_.resize(n_);
    const bool whole = checks_.row_sums(c_.data(), n_, n_, right.weights.data(), sums_.data());
    std::uint64_t got = 0, expected = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      got += left_weight(i) * sums_[i];
      expected += weighted_left_[i] * right.weighted[i];
    }
    return whole && got == expected;
  }

  [[nodiscard]] T factor(std::size_t row) const { return a_[row * n_ + only_column(lane_, left_index_, row)]; }
  [[nodiscard]] const T* row_of_right(std::size_t row) const {
    return Base::b().data() + only_column(lane_, left_index_, row) * n_;
  }

  void compare_row(std::size_t i, Difference& difference) override {
    const T* got = c_.data() + i * n_;
    if (lane_.family == Family::same_twice) {
      const T* other = other_.data() + i * n_;
      for (std::size_t j = 0; j < n_; ++j) {
        if (!same_bits(got + j, other + j, 1)) add_difference<T>(difference, i, j, got[j], {}, other[j]);
      }
      return;
    }
    std::vector<T> expected(n_);
    if (lane_.family == Family::full_mantissas) {
      for (std::size_t j = 0; j < n_; ++j) expected[j] = rounded_product(factor(i), row_of_right(i)[j]);
    } else {
      expected = exact_row(i);
    }
    for (std::size_t j = 0; j < n_; ++j) {
      const bool wrong =
          lane_.family == Family::full_mantissas ? !same_bits(got + j, &expected[j], 1) : !(got[j] == expected[j]);
      if (wrong) add_difference<T>(difference, i, j, got[j], expected[j], expected[j]);
    }
  }

  /// Row i of A·B of integers, in integers.
  std::vector<T> exact_row(std::size_t i) {
    std::vector<std::int64_t> sums(n_);
    const T* b = Base::b().data();
    for (std::size_t p = 0; p < n_; ++p) {
      const auto factor = static_cast<std::int64_t>(a_[i * n_ + p]);
      for (std::size_t j = 0; factor != 0 && j < n_; ++j) {
        sums[j] += factor * static_cast<std::int64_t>(b[p * n_ + j]);
      }
    }
    return {sums.begin(), sums.end()};
  }

  std::vector<Weighted> right_weighted_;
  std::vector<std::uint64_t> weighted_left_, sums_;  ///< ℓᵀ·A, C·r
};

template <class T>
std::unique_ptr<Round> made(const blas::Functions& blas, const Lane& lane, const Origin& origin,
                            const std::function<void(bool)>& elsewhere, const Model* model) {
  if (lane.family == Family::predicted_bits) {
    return std::make_unique<PredictedRound<T>>(blas, lane, origin, elsewhere, *model);
  }
  return std::make_unique<KnownRound<T>>(blas, lane, origin, elsewhere);
}

}  // namespace

std::unique_ptr<Round> Round::make(const blas::Functions& blas, const Lane& lane, const Origin& origin,
                                   const std::function<void(bool)>& elsewhere, const Model* model) {
  require(lane.family != Family::predicted_bits || (model != nullptr && !model->blocks.empty()),
          "bits are predicted by an order that is certified");
  return lane.is_f64 ? made<double>(blas, lane, origin, elsewhere, model)
                     : made<float>(blas, lane, origin, elsewhere, model);
}

}  // namespace sqrtn::screen
