#include <algorithm>
#include <complex>
#include <set>
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

bool seeks_smallest(const blas::Operation& operation) {
  return operation.reduction == Reduction::first_smallest || operation.reduction == Reduction::smallest;
}

/// What the operands hold in all calls of a claim, and where.
template <class T>
class LargeOperands {
 public:
  explicit LargeOperands(const Inquiry& inquiry) : operation_(inquiry.operation) {
    for (std::size_t i = 0; i < operation_.operands.size(); ++i) {
      blocks_.push_back(block_of<T>(inquiry.data));
      for (T& entry : blocks_.back()) entry += T(seeks_smallest(operation_) ? 1 : 0);
    }
    for (const std::vector<T>& block : blocks_) memory_.emplace_back(std::as_bytes(std::span(block)));
  }

  [[nodiscard]] const std::vector<T>& block(std::size_t operand) const { return blocks_[operand]; }

  /// Makes the call one of these operands, as if none had been made before.
  void place(RoutineCall<T>& call) {
    call.places.resize(operation_.operands.size());
    for (std::size_t i = 0; i < call.places.size(); ++i) {
      const std::size_t bytes = (call.placements[i].extent() + 2 * margin) * sizeof(T);
      std::byte* const memory = is_written(operation_.operands[i]) ? memory_[i].copied(bytes) : memory_[i].seen(bytes);
      call.places[i] = reinterpret_cast<T*>(memory) + margin;
      if (operation_.operands[i].structure == blas::Structure::rotation)
        std::ranges::copy(call.rotation(), call.places[i]);
    }
  }

 private:
  /// By the call, or by us before it.
  [[nodiscard]] bool is_written(const blas::Operand& operand) const {
    return operand.structure == blas::Structure::rotation || is_search(operation_) ||
           std::ranges::find(operation_.outputs, operand.name, &blas::Output::operand) != operation_.outputs.end();
  }

  const blas::Operation& operation_;
  std::vector<std::vector<T>> blocks_;
  std::vector<RepeatedMemory> memory_;
};

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
    call_.call(interface);
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

  [[nodiscard]] Entries<T> entries(const blas::Factor& factor) const {
    if (factor.operand == '1') return {};
    const std::size_t which = call_.place_of(factor.operand);
    const Placement& placement = call_.placements[which];
    const auto at = [&](std::size_t i, std::size_t j) { return static_cast<std::ptrdiff_t>(*placement.place(i, j)); };
    const char flag = factor.by_flag ? call_.choice.transpose(factor.operand) : 'N';
    const std::ptrdiff_t first = at(0, 0);
    Entries<T> all{
        .block = &operands_.block(which), .first = first + static_cast<std::ptrdiff_t>(margin), .cols = placement.cols};
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
  return !finds_rotation(operation) && std::ranges::all_of(operation.operands, is_plain) &&
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
