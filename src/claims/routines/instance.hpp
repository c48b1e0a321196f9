#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "claims/products/data.hpp"
#include "claims/routines/routine_call.hpp"

/// One call of a described routine: its operands and scalars, what it should leave and what it left.
namespace sqrtn::claims {

/// What an output should hold, row by row, and the size of what was added to get there.
template <class A>
struct Expected {
  std::vector<A> value;
  std::vector<Real<A>> magnitude;  ///< empty if it is computed in the type itself, exactly
  std::size_t n_terms = 0;         ///< the longest sum

  /// Of as many entries, or of none yet.
  void add(const A& coefficient, const Expected& other) {
    value.resize(other.value.size());
    magnitude.resize(other.magnitude.size());
    n_terms += other.n_terms;
    const Real<A> size = size_of(coefficient);
    for (std::size_t i = 0; i < value.size(); ++i) value[i] += times(coefficient, other.value[i]);
    for (std::size_t i = 0; i < magnitude.size(); ++i) magnitude[i] += size * other.magnitude[i];
  }
};

/// Real and imaginary ones.
template <class T>
std::span<Real<T>> parts_of(std::vector<T>& numbers) {
  return {reinterpret_cast<Real<T>*>(numbers.data()), numbers.size() * (is_complex<T> ? 2 : 1)};
}

template <class T>
class Instance : public RoutineCall<T> {
 public:
  Instance(const blas::Operation& operation, const Choice& choice);

  /// Integers so small that T holds each partial sum in any order; of a system, so that its solution is integers.
  void fill_integers(TestData& data);
  /// Entries of that kind; of a system, triangles that are well conditioned.
  void fill(TestData& data, Inputs inputs);
  /// Leaves of a product's sums each `step`-th term, and the first and last `at_ends`; the others' factors are 0.
  void keep_terms(std::size_t step, std::size_t at_ends);
  void set_scalars(T alpha, T beta);
  /// Writes entries to memory, and remembers it as what was there before the call. `unset`: the imaginary parts on a
  /// Hermitian diagonal.
  void store(Real<T> unset = 3);
  /// Takes what memory holds now for what was there before the call.
  void remember();
  /// Memory as it was before the call.
  void restore();
  /// The same, where the call has kept what is no result.
  void restore_results();

  /// Takes entries from a call of a real type at the same lengths, so that what is multiplied and added is the same:
  /// where a flag turns an operand in one call alone, its entries are turned too. Of a triangle, op has to be the same
  /// one. The solution and the factors' products, if they are known, are its own then.
  void take(const Instance& other);

  /// Takes the factors' products, exact or in the wider type, for those of all calls from now on, so that they are not
  /// multiplied again: only scalars and what is added to may change.
  template <class A = T>
  void multiply();
  /// Of one product, multiplied exactly before: its factors times 2 to these powers, what it is added to times 2^sum.
  void scale(int left, int right, int sum);

  /// Operands lie where `places` says, or in their own memory if it says nothing.
  void call(const blas::Interface& interface);

  /// Of that output; of a system, what op(A)·X is for the entries of now.
  template <class A>
  [[nodiscard]] Expected<A> expected(const blas::Output& output) const;

  /// Rows and columns of a factor, and one of its entries; 0 where its structure says so.
  [[nodiscard]] std::array<std::size_t, 2> shape(const blas::Factor& factor) const;
  [[nodiscard]] T entry(const blas::Factor& factor, std::size_t i, std::size_t j) const;
  [[nodiscard]] Stored<T>& stored(char name);
  [[nodiscard]] const Stored<T>& stored(char name) const;
  /// The operand in whose memory that one lies, most often itself.
  [[nodiscard]] Stored<T>& holder(const Stored<T>& operand) { return stored(holder_of(operand)); }
  [[nodiscard]] const Stored<T>& holder(const Stored<T>& operand) const { return stored(holder_of(operand)); }
  /// An operand's memory before the call.
  [[nodiscard]] const Elements<T>& before(char name) const;

  using RoutineCall<T>::choice;
  using RoutineCall<T>::operation;
  using RoutineCall<T>::places;
  using RoutineCall<T>::scalar;
  std::vector<Stored<T>> operands;
  std::vector<T> solution;  ///< of a system of integers, for α = 1

 private:
  template <class A>
  struct Dense;
  /// Whether the factor is the transposed operand.
  [[nodiscard]] bool turns(const blas::Factor& factor) const;
  template <class A>
  [[nodiscard]] Dense<A> dense(const blas::Factor& factor) const;
  template <class A>
  static void multiply_exactly(const Dense<A>& left, const Dense<A>& right, std::vector<A>& value);
  template <class A>
  static void multiply_with_sizes(const Dense<A>& left, const Dense<A>& right, Expected<A>& all);
  /// What the factor takes of an entry.
  [[nodiscard]] T part(const blas::Factor& factor, const T& entry) const {
    const bool conjugated = (factor.by_flag && choice.transpose(factor.operand) == 'C') != factor.conjugated;
    return part_of(factor.part, conjugated ? conjugate(entry) : entry);
  }
  /// Without its scalar.
  template <class A>
  [[nodiscard]] Expected<A> product(const blas::Term& term) const;
  static char holder_of(const Stored<T>& operand) {
    return has_memory(operand.placement.operand) ? operand.placement.operand.name : operand.placement.operand.over;
  }
  void call_with_halves(const blas::Interface& interface);
  [[nodiscard]] T& entry_of(const blas::Factor& factor, std::size_t i, std::size_t j);
  void thin_out(std::size_t most);
  void fill_integer_triangle(TestData& data);
  void set_right_side();
  void pair_up();

  std::vector<Elements<T>> before_;
  template <class A>
  using Products = std::shared_ptr<const std::map<const blas::Term*, Expected<A>>>;
  template <class A>
  [[nodiscard]] Products<A>& products() {
    return std::get<Products<A>>(products_);
  }
  std::tuple<Products<T>, Products<Wider<T>>> products_;  ///< that are known; none: no products are
};

}  // namespace sqrtn::claims
