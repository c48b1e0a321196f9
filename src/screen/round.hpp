#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "screen/difference.hpp"
#include "screen/lane.hpp"
#include "screen/model.hpp"
#include "sqrtn/blas/functions.hpp"

/// The products of one round: their operands, the calls, and whether each answer is right.
namespace sqrtn::screen {

struct Origin {
  std::uint64_t seed = 1;
  int processor = 0;
  std::uint64_t round = 0;
};

/// Calls on data that are known to the last bit. **exact**: every comparison is; nothing that is right is ever called
/// wrong, given that the library sums products in any order, each rounded as IEEE 754 has it.
/// Integers: ℓᵀ·C·r = (ℓᵀ·A)·(B·r) modulo 2⁶⁴, where all ℓᵢ and rⱼ are odd, so that one wrong entry is certain to show,
/// and several pass with a chance below 2⁻⁹, mostly 2⁻¹⁵; ℓᵀ·A and B·r are computed once, when A and B are made, so
/// that an operand which changes shows too. Source: Freivalds, IFIP Congress 1977. Full mantissas: every entry against
/// its product by integer arithmetic. Twice: bit by bit. Predicted bits: twice as well, and of each call a sample of
/// entries is evaluated in the order that is certified, beforehand and on another core where there is one; what is not
/// as evaluated there is wrong if integer arithmetic says so too.
class Round {
 public:
  /// `elsewhere`: moves this thread to another core, and back by false; called around some of the second calls and
  /// around predicting. `model`: for predicted bits, of that type and size; outlives the round.
  /// Throws: std::invalid_argument for predicted bits without a model.
  static std::unique_ptr<Round> make(const blas::Functions& blas, const Lane& lane, const Origin& origin,
                                     const std::function<void(bool)>& elsewhere, const Model* model = nullptr);
  virtual ~Round() = default;

  /// Evaluates what samples of the answers of all steps must be, where bits are predicted.
  virtual void predict() {}
  /// What the call of this step counts for, as operations_of has it; of predicted bits the multiply-adds of its sample.
  [[nodiscard]] virtual std::uint64_t operations() const = 0;
  /// Makes the operands of that step, where they are not there yet. Returns: whether A is new.
  virtual bool prepare(std::size_t step) = 0;
  /// Copies and converts A. Returns: how many entries are not the same afterwards.
  virtual std::size_t copy() = 0;
  /// C = A·B by the library; twice, where that is the family.
  virtual void multiply() = 0;
  [[nodiscard]] virtual bool right() = 0;
  /// Whether right() can tell of a single call. Of predicted bits after difference(): whether the order of any entry
  /// that was wrong is certified.
  [[nodiscard]] virtual bool is_known() const = 0;
  /// Of the last answer, which is wrong.
  [[nodiscard]] virtual Difference difference() = 0;
  /// Whether A or B is not what was stored there: made again and compared bit by bit.
  [[nodiscard]] virtual std::optional<Difference> changed_operand() = 0;
  /// Makes operands again that were changed.
  virtual void restore() = 0;
  /// One call, whose answer stays for right(); tells answers apart.
  virtual std::uint64_t digest_of_call() = 0;
};

}  // namespace sqrtn::screen
