#include <complex>
#include <set>
#include <vector>

#include "claims/last_call.hpp"
#include "claims/routines/large_operands.hpp"
#include "claims/routines/reproducer.hpp"

namespace sqrtn::claims {
namespace {

using blas::Reduction;
using What = blas::Argument::What;

constexpr std::size_t past_65536 = (std::size_t{1} << 16) + 61, past_8388608 = (std::size_t{1} << 23) + 1029;

/// Both ends, around powers of two, and some between.
std::vector<std::size_t> sampled(std::size_t n) {
  std::set<std::size_t> places;
  const auto add = [&](std::size_t first, std::size_t end, std::size_t step) {
    for (std::size_t i = first; i < std::min(end, n); i += step) places.insert(places.end(), i);
  };
  add(0, n < 5000 ? n : 64, 1);
  add(0, n, 1009);
  for (std::size_t power = 65536; power < n; power += 65536) add(power - 2, power + 3, 1);
  add(n - std::min<std::size_t>(n, 2048), n, 1);
  return {places.begin(), places.end()};
}

/// Some of what a call should leave, the same through every interface.
template <class T>
class LargeCount {
 public:
  LargeCount(const Inquiry& inquiry, const Choice& choice, LargeOperands<T>& operands)
      : inquiry_(inquiry), operands_(operands), call_(inquiry.operation, choice) {
    call_.alpha = T(2);
    call_.beta = T(-1);
    if (inquiry.operation.reduction != Reduction::none) return;
    for (const blas::Output& output : inquiry.operation.outputs) expect(output);
  }

  void check(const blas::Interface& interface) {
    operands_.place(call_);
    if (is_search(inquiry_.operation)) *last_of_x() = T(seeks_smallest(inquiry_.operation) ? 0 : 3);
    try {
      call_.call(interface);
    } catch (CallReached& last) {
      Instance<T> same(inquiry_.operation, call_.choice);
      same.set_scalars(call_.alpha, call_.beta);
      same.store();
      last.program = c_program(same, interface, {.kind = Symptom::Kind::ends_the_process});
      throw;
    }
    const std::string what = call_.describe(interface);
    if (inquiry_.operation.reduction == Reduction::norm) return compare_norm(what);
    if (returns_index(inquiry_.operation)) return compare_index(what);
    if (inquiry_.operation.reduction != Reduction::none)
      return compare(call_.returned_number(), T(seeks_smallest(inquiry_.operation) ? 0 : 3),
                     [&] { return what + ", the result"; });
    for (const ExpectedEntry& entry : entries_) {
      compare(entry.operand == '=' ? call_.returned_number() : *place_of(entry), entry.value, [&] {
        return entry.operand == '=' ? what + ", the result"
                                    : fmt::format("{}, {} ({}, {})", what, entry.operand, entry.row, entry.col);
      });
    }
  }

 private:
  struct ExpectedEntry {
    char operand;  ///< '=': the result
    std::size_t row, col;
    T value;
  };

  [[nodiscard]] T* last_of_x() const {
    const Placement& placement = call_.placements.front();
    return call_.places.front() + *placement.place(placement.rows - 1, 0);
  }

  [[nodiscard]] const T* place_of(const ExpectedEntry& entry) const {
    const std::size_t which = call_.place_of(entry.operand);
    return call_.places[which] + *call_.placements[which].place(entry.row, entry.col);
  }

  [[nodiscard]] RepeatedEntries<T> entries(const blas::Factor& factor) const {
    if (factor.operand == '1') return {};
    const std::size_t which = call_.place_of(factor.operand);
    const Placement& placement = call_.placements[which];
    const auto at = [&](std::size_t i, std::size_t j) { return static_cast<std::ptrdiff_t>(*placement.place(i, j)); };
    const char flag = factor.by_flag ? call_.choice.transpose(factor.operand) : 'N';
    const std::ptrdiff_t first = at(0, 0);
    RepeatedEntries<T> all{.block = &operands_.block(which),
                           .first = first + static_cast<std::ptrdiff_t>(large_margin),
                           .cols = placement.cols};
    all.row_step = placement.rows > 1 ? at(1, 0) - first : 0;
    all.col_step = placement.cols > 1 ? at(0, 1) - first : 0;
    if ((flag != 'N') != factor.transposed) {
      std::swap(all.row_step, all.col_step);
      all.cols = placement.rows;
    }
    all.conjugated = (flag == 'C') != factor.conjugated;
    all.part = factor.part;
    return all;
  }

  [[nodiscard]] T expected(const blas::Output& output, std::size_t i, std::size_t j) const {
    T value(0);
    for (const blas::Term& term : output.terms) {
      const RepeatedEntries<T> left = entries(term.left), right = entries(term.right);
      value += times(call_.scalar(term.scalar), sum_of_products(left, right, i, j));
    }
    if (output.operand == '=' || output.old == '0') return value;
    return value + times(call_.scalar(output.old), entries({.operand = output.operand})(i, j));
  }

  template <class Where>
  void compare(const T& got, const T& wanted, Where where) const {
    inquiry_.found.compare_wide<Real<T>>(real_part(got), real_part(wanted), 0, where);
    if constexpr (is_complex<T>)
      inquiry_.found.compare_wide<Real<T>>(imaginary_part(got), imaginary_part(wanted), 0, where);
  }

  void expect(const blas::Output& output) {
    if (output.operand == '=') {
      entries_.push_back({output.operand, 0, 0, expected(output, 0, 0)});
      return;
    }
    const Placement& placement = call_.placements[call_.place_of(output.operand)];
    const std::vector<std::size_t> cols = sampled(placement.cols);
    for (const std::size_t row : sampled(placement.rows)) {
      for (const std::size_t col : cols) entries_.push_back({output.operand, row, col, expected(output, row, col)});
    }
  }

  /// The sum of squares is a whole number; what follows rounds a few times.
  void compare_norm(const std::string& what) const {
    using Wide = Real<Wider<T>>;
    const RepeatedEntries<T> x = entries({.operand = 'x'});
    std::size_t n_ones = 0;
    for (std::size_t i = 0; i < call_.placements.front().rows; ++i) n_ones += x(i, 0) != T(0) ? 1 : 0;
    const Wide norm = std::sqrt(static_cast<Wide>(n_ones));
    const Wide bound = 8 * norm * std::numeric_limits<Real<T>>::epsilon();
    inquiry_.found.compare_wide<Wide>(call_.template returned<Real<T>>(), norm, bound,
                                      [&] { return what + ", the result"; });
  }

  void compare_index(const std::string& what) const {
    ++inquiry_.found.n_compared;
    const auto wanted = static_cast<std::int64_t>(call_.placements.front().rows) - 1;
    const auto got = static_cast<std::int64_t>(static_cast<std::int32_t>(call_.template returned<std::int64_t>()));
    if (got == wanted) return;
    inquiry_.found.fail([&] { return fmt::format("{}: got index {}, expected {}", what, got, wanted); });
  }

  const Inquiry& inquiry_;
  LargeOperands<T>& operands_;
  RoutineCall<T> call_;
  std::vector<ExpectedEntry> entries_;
};

/// A row-major call whose n is long is a column-major one whose m is.
std::vector<Choice> long_choices(const blas::Operation& operation) {
  if (!has_matrix(operation)) {
    const std::int64_t backwards = takes_negative_increments(operation) ? -1 : 1;
    return {{.n = past_8388608}, {.n = past_8388608, .increment_x = 2, .increment_y = backwards}};
  }
  const bool transposes = has_argument(operation, What::transpose, 'A');
  std::vector<Choice> all;
  for (const std::size_t length : {past_65536, past_8388608}) {
    for (const char transpose : std::string_view(transposes ? "NT" : "N")) {
      all.push_back({.transpose_a = transpose, .m = length, .n = 2});
      all.push_back({.transpose_a = transpose, .m = 2, .n = length});
      all.push_back({.row_major = true, .transpose_a = transpose, .m = length, .n = 2});
    }
  }
  return all;
}

}  // namespace

bool takes_long_vectors(const blas::Operation& operation) {
  const auto is_plain = [](const blas::Operand& operand) {
    const bool is_vector = operand.structure == blas::Structure::vector;
    const bool is_rotation = operand.structure == blas::Structure::rotation;
    return is_vector || is_rotation ||
           (operand.structure == blas::Structure::general && operand.format == blas::Format::full);
  };
  return !finds_rotation(operation) && !has_halves(operation) && std::ranges::all_of(operation.operands, is_plain) &&
         std::ranges::all_of(operation.operands, blas::has_memory) && !has_argument(operation, What::data, 'C') &&
         !has_argument(operation, What::data, 'B');
}

template <class T>
void large_counts(const Inquiry& inquiry) {
  LargeOperands<T> operands(inquiry);
  for (const Choice& choice : long_choices(inquiry.operation)) {
    LargeCount<T> count(inquiry, choice, operands);
    for (const blas::Interface& interface : inquiry.interfaces) {
      if (inquiry.found.failed()) return;
      const bool offers = interface.has(inquiry.operation, inquiry.type) && (interface.of_c || !choice.row_major);
      if (offers) count.check(interface);
    }
  }
}

template void large_counts<float>(const Inquiry&);
template void large_counts<double>(const Inquiry&);
template void large_counts<std::complex<float>>(const Inquiry&);
template void large_counts<std::complex<double>>(const Inquiry&);

}  // namespace sqrtn::claims
