#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

#include "claims/products/checks.hpp"
#include "claims/products/guarded.hpp"
#include "claims/products/operands.hpp"

namespace sqrtn::claims {
namespace {

/// The matrix in guarded memory; after its last row there is a gap, as after the others.
template <class T>
T* place(GuardedOperand& there, const Matrix<T>& matrix, bool at_end) {
  const bool empty = matrix.rows() == 0 || matrix.cols() == 0;
  const auto content = std::as_bytes(matrix.storage()).first(empty ? 0 : matrix.rows() * matrix.ld() * sizeof(T));
  const std::size_t gap = empty ? 0 : (matrix.ld() - matrix.cols()) * sizeof(T);
  return reinterpret_cast<T*>(there.place(content, gap, at_end));
}

/// A, B and C of one call, each in guarded memory.
class Guarded {
 public:
  /// The call with every operand flush against one of its guards; empty if it stayed inside, else what
  /// it did.
  template <class T>
  std::string call_within(const Trial& trial, Operands<T>& operands, bool at_end) {
    Arguments<T> at = operands.arguments();
    at.a.data = place(places_[0], operands.a, at_end);
    at.b.data = place(places_[1], operands.b, at_end);
    at.c.data = place(places_[2], operands.c, at_end);
    const void* refused = refused_access([&] { trial.call(at); });
    constexpr std::array names{"A", "B", "C"};
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (refused != nullptr && places_[i].guards(refused)) {
        return fmt::format("touched memory {} {} (x and y count as A, B or C in the order of the formula)",
                           at_end ? "after" : "before", names[i]);
      }
      if (refused == nullptr && places_[i].overrun()) {
        return fmt::format("wrote {} {}", at_end ? "before" : "after", names[i]);
      }
    }
    return refused != nullptr ? "touched memory far from every operand" : "";
  }

 private:
  // Larger than any operand of the shapes below.
  std::array<GuardedOperand, 3> places_{GuardedOperand(1 << 18), GuardedOperand(1 << 18), GuardedOperand(1 << 18)};
};

/// The call with nothing to write: C without rows, or without columns.
template <class T>
Arguments<T> emptied(Routine routine, Arguments<T> at, bool rows) {
  if (routine == Routine::dot || routine == Routine::nrm2) {
    at.a.rows = at.b.rows = 0;
    return at;
  }
  (rows ? at.c.rows : at.c.cols) = 0;
  if (routine == Routine::syrk) at.c.cols = 0;
  if (routine == Routine::trsm) {
    if (rows == (at.form.side == blas::Side::left)) at.a.rows = at.a.cols = 0;
    return at;
  }
  MatrixView<const T>& factor = rows ? at.a : at.b;
  const blas::Op trans = rows ? at.form.trans_a : at.form.trans_b;
  (rows == (trans == blas::Op::none) ? factor.rows : factor.cols) = 0;
  return at;
}

/// C has no rows or no columns and each operand lies in memory that may not be touched. dot and nrm2 of no entries are
/// 0.
template <class T>
void empty(Trial& trial) {
  const Routine routine = trial.product.routine;
  const bool reduces = routine == Routine::dot || routine == Routine::nrm2;
  const bool has_columns = routine == Routine::gemm || routine == Routine::ger || routine == Routine::trsm;
  const GuardedMemory memory(1);
  T* const untouchable = reinterpret_cast<T*>(memory.room().data() + memory.room().size());
  for (const Form& form : trial.product.forms) {
    for (const bool rows : {true, false}) {
      if (trial.found.failed()) return;
      if (!rows && !has_columns) continue;
      Operands<T> operands(trial.product, form, fitted(routine, {3, 4, 5}), Inputs::normal, 0, trial.data);
      Arguments<T> at = emptied(routine, operands.arguments(), rows);
      at.a.data = at.b.data = untouchable;
      if (!reduces) at.c.data = untouchable;
      const bool touched = refused_access([&] { trial.call(at); }) != nullptr;
      ++trial.found.n_compared;
      if (!touched && (!reduces || at.c(0, 0) == 0)) continue;
      trial.found.fail([&] {
        return fmt::format("{}: {}", trial.describe(at),
                           touched ? "touched an operand" : fmt::format("got {}, expected 0", at.c(0, 0)));
      });
    }
  }
}

/// Each operand lies flush against memory that may not be touched, on either side in turn.
template <class T>
void inside(Trial& trial) {
  const Product& product = trial.product;
  Guarded guarded;
  for (const ProductShape& shape : joined({product.small, typical_shapes(product.routine)})) {
    for (const Form& form : product.forms) {
      for (const std::size_t padding : {0, 1}) {
        Operands<T> operands(product, form, shape, Inputs::normal, padding, trial.data);
        for (const bool at_end : {true, false}) {
          if (trial.found.failed()) return;
          operands.reset();
          ++trial.found.n_compared;
          const std::string fault = guarded.call_within(trial, operands, at_end);
          if (fault.empty()) continue;
          trial.found.fail([&] { return fmt::format("{}: {}", trial.describe(operands.arguments()), fault); });
        }
      }
    }
  }
}

}  // namespace

template <class T>
std::vector<Check> checks_of_memory() {
  return {{.name = "empty",
           .statement = " with nothing to write touches nothing",
           .source = "reference BLAS 3.11: 'Quick return if possible'",
           .check = empty<T>},
          {.name = "inside",
           .statement = ": nothing outside of the operands is touched, on either side",
           .source = exact_source,
           .check = inside<T>}};
}

template std::vector<Check> checks_of_memory<float>();
template std::vector<Check> checks_of_memory<double>();

}  // namespace sqrtn::claims
