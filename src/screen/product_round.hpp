#pragma once

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "screen/operands.hpp"
#include "screen/round.hpp"
#include "screen/sums.hpp"
#include "sqrtn/support/tensor.hpp"
#include "support/call_watch.hpp"

namespace sqrtn::screen {

/// What the rounds of all families share: operands in a ring, the calls, and whether an operand was changed.
template <class T>
class ProductRound : public Round {
 public:
  ProductRound(const blas::Functions& blas, const Lane& lane, const Origin& origin, std::function<void(bool)> elsewhere)
      : lane_(lane),
        origin_(origin),
        elsewhere_(std::move(elsewhere)),
        n_(lane.size),
        a_(n_ * n_),
        c_(n_ * n_, T(0)),
        other_(n_ * n_, T(0)),
        right_(ring),
        gemm_(blas.of<T>().gemm) {}

  bool prepare(std::size_t step) override {
    step_ = step;
    prepare_right(step % ring);
    if (left_index_ == step / ring) return false;
    left_index_ = step / ring;
    make_left();
    return true;
  }

  [[nodiscard]] std::uint64_t operations() const override { return operations_of(lane_); }

  std::size_t copy() override { return checks_.wrong_copies(a_.data(), n_ * n_, other_.data()); }

  void multiply() override {
    call(c_.data());
    if (!is_made_twice(lane_.family)) return;
    const bool away = step_ % elsewhere_every == elsewhere_every - 1;
    if (away) elsewhere_(true);
    call(other_.data());
    if (away) elsewhere_(false);
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
    return difference_of("B", b(), again);
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

 protected:
  /// A, or B of that index, has been made.
  virtual void left_made() {}
  virtual void right_made(std::size_t /*index*/) {}
  /// Adds what is wrong in row i of the answer.
  virtual void compare_row(std::size_t i, Difference& difference) = 0;

  /// B of that index.
  [[nodiscard]] const Buffer<T>& b_of(std::size_t index) const { return right_[index]; }
  /// B of this step.
  [[nodiscard]] const Buffer<T>& b() const { return right_[step_ % ring]; }

  void prepare_right(std::size_t index) {
    if (right_[index].size() == 0) make_right(index);
  }

  Lane lane_;
  Origin origin_;
  std::function<void(bool)> elsewhere_;
  std::size_t n_, step_ = 0, left_index_ = ~std::size_t{0};
  Buffer<T> a_, c_, other_;  ///< A, C, and the second C
  const ChecksFor<T>& checks_ = checks().of<T>();

 private:
  // Of a wrong answer so many rows are looked at entry by entry.
  static constexpr std::uint64_t most_rows = 16;
  // Every so many of the second calls is made on another core.
  static constexpr std::size_t elsewhere_every = 16;

  void call(T* c) {
    const int n = static_cast<int>(n_);
    const WatchedCall watched;
    gemm_(101, 111, 111, n, n, n, T(1), a_.data(), n, b().data(), n, T(0), c, n);
  }

  void make_left() {
    fill_left<T>(lane_, origin_, left_index_, a_.span());
    left_made();
  }

  void make_right(std::size_t index) {
    if (right_[index].size() == 0) right_[index] = Buffer<T>(n_ * n_);
    fill_right<T>(lane_, origin_, index, right_[index].span());
    right_made(index);
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

  std::vector<Buffer<T>> right_;
  void (*gemm_)(int, int, int, int, int, int, T, const T*, int, const T*, int, T, T*, int);
};

}  // namespace sqrtn::screen
