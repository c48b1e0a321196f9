#include <algorithm>
#include <complex>
#include <memory>
#include <vector>

#include "claims/routines/counts.hpp"
#include "claims/routines/repeated_memory.hpp"
#include "claims/routines/routine_call.hpp"

namespace sqrtn::claims {
namespace {

using blas::Reduction;
using What = blas::Argument::What;

constexpr std::size_t block_bytes = std::size_t{1} << 20;
/// Elements on either side that may be touched: whether something is, `inside` tells.
constexpr std::size_t margin = 64;
constexpr std::size_t past_65536 = (std::size_t{1} << 16) + 61, past_8388608 = (std::size_t{1} << 23) + 1029;

/// Entries of op of an operand as they were before the call.
template <class T>
struct Entries {
  const std::vector<T>* block = nullptr;  ///< none: ones
  std::ptrdiff_t first = 0, row_step = 0, col_step = 0;
  std::size_t cols = 1;
  bool conjugated = false;
  blas::Factor::Part part = blas::Factor::Part::whole;

  T operator()(std::size_t i, std::size_t j) const {
    if (block == nullptr) return T(1);
    const std::ptrdiff_t at =
        first + static_cast<std::ptrdiff_t>(i) * row_step + static_cast<std::ptrdiff_t>(j) * col_step;
    const T entry = (*block)[static_cast<std::size_t>(at) % (block_bytes / sizeof(T))];
    return part_of(part, conjugated ? conjugate(entry) : entry);
  }
};

/// Entries 0 and 1, or i: in any order, sums of up to 2²⁴ of them are exact even in float.
template <class T>
std::vector<T> block_of(TestData& data) {
  std::vector<T> block(block_bytes / sizeof(T));
  Buffer<Real<T>> draws(block.size());
  data.fill_integers<Real<T>>(draws.span(), 4);
  for (std::size_t at = 0; at < block.size(); ++at) {
    block[at] = draws[at] > 0 ? T(1) : T(0);
    if constexpr (is_complex<T>) {
      if (draws[at] < -2) block[at] = T(0, 1);
    }
  }
  return block;
}

/// Both ends, around powers of two, and some between.
std::vector<std::size_t> sampled(std::size_t n) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < n; ++i) {
    const bool near_power = i % 65536 < 3 || i % 65536 > 65533;
    if (n < 5000 || i < 64 || i + 2048 >= n || near_power || i % 1009 == 0) places.push_back(i);
  }
  return places;
}

template <class T>
class LargeCount {
 public:
  LargeCount(const Inquiry& inquiry, const Choice& choice) : inquiry_(inquiry), call_(inquiry.operation, choice) {
    call_.alpha = T(2);
    call_.beta = T(-1);
    call_.places.resize(inquiry.operation.operands.size());
    for (std::size_t i = 0; i < call_.places.size(); ++i) {
      blocks_.push_back(block_of<T>(inquiry.data));
      if (seeks_smallest()) {
        for (T& entry : blocks_.back()) entry += T(1);
      }
      memory_.push_back(std::make_unique<RepeatedMemory>(std::as_bytes(std::span(blocks_.back())),
                                                         (call_.placements[i].extent() + 2 * margin) * sizeof(T)));
      call_.places[i] = reinterpret_cast<T*>(memory_.back()->data()) + margin;
      if (inquiry.operation.operands[i].structure == blas::Structure::rotation)
        std::ranges::copy(call_.rotation(), call_.places[i]);
    }
  }

  void check(const blas::Interface& interface) {
    const Reduction reduction = inquiry_.operation.reduction;
    if (is_search(inquiry_.operation)) *last_of_x() = T(seeks_smallest() ? 0 : 3);
    call_.call(interface);
    const std::string what = call_.describe(interface);
    if (reduction == Reduction::norm) return compare_norm(what);
    if (returns_index(inquiry_.operation)) return compare_index(what);
    if (reduction != Reduction::none)
      return compare(call_.returned_number(), T(seeks_smallest() ? 0 : 3), [&] { return what + ", the result"; });
    for (const blas::Output& output : inquiry_.operation.outputs) {
      if (output.operand == '=') {
        compare_sum(output, what);
      } else {
        compare_entries(output, what);
      }
    }
  }

 private:
  [[nodiscard]] bool seeks_smallest() const {
    const Reduction reduction = inquiry_.operation.reduction;
    return reduction == Reduction::first_smallest || reduction == Reduction::smallest;
  }
  [[nodiscard]] T* last_of_x() const {
    const Placement& placement = call_.placements.front();
    return call_.places.front() + *placement.place(placement.rows - 1, 0);
  }

  [[nodiscard]] Entries<T> entries(const blas::Factor& factor) const {
    if (factor.operand == '1') return {};
    const std::size_t which = call_.place_of(factor.operand);
    const Placement& placement = call_.placements[which];
    const auto at = [&](std::size_t i, std::size_t j) { return static_cast<std::ptrdiff_t>(*placement.place(i, j)); };
    const char flag = factor.by_flag ? call_.choice.transpose(factor.operand) : 'N';
    const std::ptrdiff_t first = at(0, 0);
    Entries<T> all{
        .block = &blocks_[which], .first = first + static_cast<std::ptrdiff_t>(margin), .cols = placement.cols};
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
      const Entries<T> left = entries(term.left), right = entries(term.right);
      T sum(0);
      for (std::size_t p = 0; p < left.cols; ++p) sum += times(left(i, p), right(p, j));
      value += times(call_.scalar(term.scalar), sum);
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

  void compare_entries(const blas::Output& output, const std::string& what) const {
    const std::size_t which = call_.place_of(output.operand);
    const Placement& placement = call_.placements[which];
    for (const std::size_t i : sampled(placement.rows)) {
      for (const std::size_t j : sampled(placement.cols)) {
        compare(call_.places[which][*placement.place(i, j)], expected(output, i, j),
                [&] { return fmt::format("{}, {} ({}, {})", what, output.operand, i, j); });
      }
    }
  }

  void compare_sum(const blas::Output& output, const std::string& what) const {
    compare(call_.returned_number(), expected(output, 0, 0), [&] { return what + ", the result"; });
  }

  /// The sum of squares is a whole number; what follows rounds a few times.
  void compare_norm(const std::string& what) const {
    using Wide = Real<Wider<T>>;
    const Entries<T> x = entries({.operand = 'x'});
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
  RoutineCall<T> call_;
  std::vector<std::vector<T>> blocks_;
  std::vector<std::unique_ptr<RepeatedMemory>> memory_;
};

/// A row-major call whose n is long is a column-major one whose m is.
std::vector<Choice> long_choices(const Inquiry& inquiry, bool row_major_too) {
  const blas::Operation& operation = inquiry.operation;
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
      if (row_major_too) all.push_back({.row_major = true, .transpose_a = transpose, .m = length, .n = 2});
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
  return !finds_rotation(operation) && std::ranges::all_of(operation.operands, is_plain) &&
         std::ranges::all_of(operation.operands, blas::has_memory) && !has_argument(operation, What::data, 'C') &&
         !has_argument(operation, What::data, 'B');
}

template <class T>
void large_counts(const Inquiry& inquiry) {
  for (const blas::Interface& interface : inquiry.interfaces) {
    if (!interface.has(inquiry.operation, inquiry.type)) continue;
    for (const Choice& choice : long_choices(inquiry, interface.of_c)) {
      if (inquiry.found.failed()) return;
      LargeCount<T>(inquiry, choice).check(interface);
    }
  }
}

template void large_counts<float>(const Inquiry&);
template void large_counts<double>(const Inquiry&);
template void large_counts<std::complex<float>>(const Inquiry&);
template void large_counts<std::complex<double>>(const Inquiry&);

}  // namespace sqrtn::claims
