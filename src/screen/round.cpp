#include "screen/round.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "screen/operands.hpp"
#include "screen/sums.hpp"
#include "screen/weights.hpp"
#include "sqrtn/support/tensor.hpp"
#include "support/call_watch.hpp"

namespace sqrtn::screen {
namespace {

using results::Family;

// Of a wrong answer so many rows are looked at entry by entry.
constexpr std::uint64_t most_rows = 16;
// Every so many of the second calls is made on another core.
constexpr std::size_t elsewhere_every = 16;

/// B with what its check needs.
template <class T>
struct Right {
  Buffer<T> entries;
  std::vector<double> weights;          ///< r
  std::vector<std::uint64_t> weighted;  ///< B·r
};

template <class T>
class RoundOf final : public Round {
 public:
  RoundOf(const blas::Functions& blas, const Lane& lane, const Origin& origin, std::function<void(bool)> elsewhere)
      : gemm_(blas.of<T>().gemm),
        lane_(lane),
        origin_(origin),
        elsewhere_(std::move(elsewhere)),
        n_(lane.size),
        a_(n_ * n_),
        c_(n_ * n_, T(0)),
        other_(n_ * n_, T(0)),
        right_(ring) {}

  bool prepare(std::size_t step) override {
    step_ = step;
    if (right_[step % ring].entries.size() == 0) make_right(step % ring);
    if (left_index_ == step / ring) return false;
    left_index_ = step / ring;
    make_left();
    return true;
  }

  std::size_t copy() override { return checks_.wrong_copies(a_.data(), n_ * n_, other_.data()); }

  void multiply() override {
    call(c_.data());
    if (lane_.family != Family::same_twice) return;
    const bool away = step_ % elsewhere_every == elsewhere_every - 1;
    if (away) elsewhere_(true);
    call(other_.data());
    if (away) elsewhere_(false);
  }

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

  Difference difference() override {
    Difference difference;
    std::uint64_t rows = 0;
    for (std::size_t i = 0; i < n_ && rows < most_rows; ++i) {
      const std::uint64_t before = difference.entries;
      compare_row(i, difference);
      rows += difference.entries > before ? 1 : 0;
    }
    return difference;
  }

  std::optional<Difference> changed_operand() override {
    Buffer<T> again(n_ * n_);
    fill_left<T>(lane_, origin_, left_index_, again.span());
    if (const auto changed = difference_of("A", a_, again)) return changed;
    fill_right<T>(lane_, origin_, step_ % ring, again.span());
    return difference_of("B", right_[step_ % ring].entries, again);
  }

  void restore() override {
    make_right(step_ % ring);
    make_left();
  }

  std::uint64_t digest_of_call() override {
    // Whatever stays as it was is wrong.
    std::ranges::fill(c_.span(), std::numeric_limits<T>::quiet_NaN());
    call(c_.data());
    return digest_of(c_.data(), n_ * n_ * sizeof(T));
  }

 private:
  void call(T* c) {
    const int n = static_cast<int>(n_);
    const WatchedCall watched;
    gemm_(101, 111, 111, n, n, n, T(1), a_.data(), n, right_[step_ % ring].entries.data(), n, T(0), c, n);
  }

  [[nodiscard]] bool has_integers() const {
    return lane_.family == Family::dense_integers || lane_.family == Family::cancelling_pairs;
  }

  void make_left() {
    fill_left<T>(lane_, origin_, left_index_, a_.span());
    if (!has_integers()) return;
    weighted_left_.assign(n_, 0);
    for (std::size_t i = 0; i < n_; ++i) checks_.add_row(a_.data() + i * n_, n_, left_weight(i), weighted_left_.data());
  }

  void make_right(std::size_t index) {
    Right<T>& right = right_[index];
    if (right.entries.size() == 0) right.entries = Buffer<T>(n_ * n_);
    fill_right<T>(lane_, origin_, index, right.entries.span());
    if (!has_integers()) return;
    right.weights = right_weights(n_, origin_.round * ring + index);
    right.weighted.resize(n_);
    checks_.row_sums(right.entries.data(), n_, n_, right.weights.data(), right.weighted.data());
  }

  /// ℓᵀ·C·r = (ℓᵀ·A)·(B·r). Leaves C·r in sums_.
  bool integers_right() {
    const Right<T>& right = right_[step_ % ring];
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
    return right_[step_ % ring].entries.data() + only_column(lane_, left_index_, row) * n_;
  }

  void compare_row(std::size_t i, Difference& difference) {
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
    const T* b = right_[step_ % ring].entries.data();
    for (std::size_t p = 0; p < n_; ++p) {
      const auto factor = static_cast<std::int64_t>(a_[i * n_ + p]);
      for (std::size_t j = 0; factor != 0 && j < n_; ++j) {
        sums[j] += factor * static_cast<std::int64_t>(b[p * n_ + j]);
      }
    }
    return {sums.begin(), sums.end()};
  }

  std::optional<Difference> difference_of(std::string operand, const Buffer<T>& got, const Buffer<T>& expected) const {
    Difference difference;
    for (std::size_t at = 0; at < n_ * n_; ++at) {
      if (same_bits(&got[at], &expected[at], 1)) continue;
      add_difference<T>(difference, at / n_, at % n_, got[at], expected[at], expected[at]);
    }
    difference.operand = std::move(operand);
    return difference.entries > 0 ? std::optional(difference) : std::nullopt;
  }

  void (*gemm_)(int, int, int, int, int, int, T, const T*, int, const T*, int, T, T*, int);
  const ChecksFor<T>& checks_ = checks().of<T>();
  Lane lane_;
  Origin origin_;
  std::function<void(bool)> elsewhere_;
  std::size_t n_, step_ = 0, left_index_ = ~std::size_t{0};
  Buffer<T> a_, c_, other_;
  std::vector<Right<T>> right_;
  std::vector<std::uint64_t> weighted_left_, sums_;  ///< ℓᵀ·A, C·r
};

}  // namespace

std::unique_ptr<Round> Round::make(const blas::Functions& blas, const Lane& lane, const Origin& origin,
                                   const std::function<void(bool)>& elsewhere) {
  if (lane.is_f64) return std::make_unique<RoundOf<double>>(blas, lane, origin, elsewhere);
  return std::make_unique<RoundOf<float>>(blas, lane, origin, elsewhere);
}

}  // namespace sqrtn::screen
