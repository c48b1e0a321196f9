#pragma once

#include <algorithm>
#include <complex>
#include <cstring>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "blas/operations.hpp"
#include "claims/routines/halves.hpp"
#include "claims/routines/instance.hpp"
#include "claims/routines/rotations.hpp"

/// A BLAS that does what the descriptions say, one formula after the other, and faults that are planted in it.
namespace sqrtn::verify {

/// What is done otherwise. Members that are not set do nothing.
struct RoutineFault {
  std::string name;
  bool (*fits)(const blas::Operation&, char type);
  void (*misdescribe)(blas::Operation&) = nullptr;
  void (*misread)(claims::Choice&) = nullptr;
  const char* only = "";  ///< the one claim that can see it; empty: any may
  bool forgets_last_term = false, forgets_last_entry = false, reads_result = false, writes_gap = false,
       writes_after = false, writes_before = false, ignores_beta = false, ignores_alpha = false, takes_last = false,
       ignores_sign = false, adds_in_single = false, flips_rotation = false, skips_second_scaling = false,
       keeps_few_digits = false;
};

inline std::ostream& operator<<(std::ostream& out, const RoutineFault& fault) { return out << fault.name; }

/// The choices and scalars that a call holds.
template <class T>
struct ReadCall {
  claims::Choice choice;
  T alpha{1}, beta{0}, offset{0}, second{0};
  std::vector<std::pair<char, T*>> places;
  std::vector<std::pair<char, std::int64_t>> leading;
};

/// An operand's memory, whose elements may have 16 bits.
template <class T>
struct Memory {
  T* address;
  std::optional<Dtype> half;

  [[nodiscard]] T get(std::ptrdiff_t at) const {
    if (!half) return address[at];
    const std::uint16_t bits = reinterpret_cast<const std::uint16_t*>(address)[at];
    return T(static_cast<claims::Real<T>>(*half == Dtype::f16 ? from_f16(bits) : from_bf16(bits)));
  }
  void set(std::ptrdiff_t at, const T& value) const {
    if (!half) {
      address[at] = value;
    } else {
      reinterpret_cast<std::uint16_t*>(address)[at] = claims::half_of(*half, value);
    }
  }
};

template <class T>
T scalar_at(const blas::Operation& operation, char name, const void* address) {
  if (const auto half = operation.half_scalars)
    return Memory<T>{const_cast<T*>(static_cast<const T*>(address)), half}.get(0);
  if (operation.real_scalars.find(name) == std::string_view::npos) return *static_cast<const T*>(address);
  return T(*static_cast<const claims::Real<T>*>(address));
}

template <class T>
ReadCall<T> read_call(const blas::Call& call) {
  using What = blas::Argument::What;
  ReadCall<T> read;
  claims::Choice& choice = read.choice;
  choice.row_major = call.row_major;
  for (std::size_t i = 0; i < call.values.size(); ++i) {
    const auto& [what, of] = call.operation.arguments[i];
    const blas::Value& value = call.values[i];
    const auto letter = static_cast<char>(value.integer);
    const auto length = static_cast<std::size_t>(value.integer);
    if (what == What::side) choice.side = letter;
    if (what == What::triangle) choice.triangle = letter;
    if (what == What::diagonal) choice.diagonal = letter;
    if (what == What::transpose) (of == 'B' ? choice.transpose_b : choice.transpose_a) = letter;
    if (what == What::increment) (of == 'x' ? choice.increment_x : choice.increment_y) = value.integer;
    if (what == What::leading) read.leading.emplace_back(of, value.integer);
    if (what == What::data) read.places.emplace_back(of, static_cast<T*>(value.address));
    if (what == What::scalar && of == 'a') read.alpha = scalar_at<T>(call.operation, of, value.address);
    if (what == What::scalar && of == 'b') read.beta = scalar_at<T>(call.operation, of, value.address);
    if (what == What::scalar && of == 'o') read.offset = scalar_at<T>(call.operation, of, value.address);
    if (what == What::scalar && of == 'y') read.second = scalar_at<T>(call.operation, of, value.address);
    if (what == What::data && of == 'H' && !finds_rotation(call.operation))
      choice.rotation = static_cast<int>(claims::real_part(*static_cast<const T*>(value.address)));
    if (what != What::length) continue;
    (of == 'm'   ? choice.m
     : of == 'n' ? choice.n
     : of == 'k' ? choice.k
     : of == 'l' ? choice.lower
                 : choice.upper) = length;
  }
  if (!has_argument(call.operation, What::transpose, 'B')) choice.transpose_b = choice.transpose_a;
  if (call.operation.lengths_of_stored && choice.transpose_a != 'N') std::swap(choice.m, choice.n);
  return read;
}

/// X of op(A)·X = right, one row after the other; `upper` as op has made it.
template <class T>
void substitute(const std::vector<T>& op, std::size_t order, bool upper, std::vector<T>& right) {
  const std::size_t cols = right.size() / order;
  for (std::size_t step = 0; step < order; ++step) {
    const std::size_t i = upper ? order - 1 - step : step;
    for (std::size_t j = 0; j < cols; ++j) {
      T sum = right[i * cols + j];
      for (std::size_t p = upper ? i + 1 : 0; p < (upper ? order : i); ++p) {
        sum -= claims::times(op[i * order + p], right[p * cols + j]);
      }
      right[i * cols + j] = sum / op[i * order + i];
    }
  }
}

template <class T>
std::vector<T> turned_over(const std::vector<T>& matrix, std::size_t rows, std::size_t cols) {
  std::vector<T> result(matrix.size());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) result[j * rows + i] = matrix[i * cols + j];
  }
  return result;
}

template <class T>
std::vector<T> solved(const claims::Instance<T>& instance) {
  const claims::Choice& choice = instance.choice;
  const claims::Stored<T>& a = instance.stored('A');
  const claims::Stored<T>& x = instance.stored(instance.operation.outputs.front().operand);
  const std::size_t order = a.placement.rows;
  std::vector<T> op = a.entries;
  bool upper = choice.triangle == 'U';
  if (choice.transpose_a != 'N') {
    op = turned_over(op, order, order);
    upper = !upper;
  }
  if (choice.transpose_a == 'C') std::ranges::transform(op, op.begin(), claims::conjugate<T>);
  std::vector<T> right = x.entries;
  if (instance.scalar('a') == T(0)) return std::vector<T>(right.size());
  for (T& entry : right) entry = claims::times(instance.scalar('a'), entry);
  if (choice.side == 'l') {
    substitute(op, order, upper, right);
    return right;
  }
  right = turned_over(right, x.placement.rows, x.placement.cols);
  substitute(turned_over(op, order, order), order, !upper, right);
  return turned_over(right, x.placement.cols, x.placement.rows);
}

/// The operands' entries from memory, as their structures say.
template <class T>
void read_operands(claims::Instance<T>& instance, const ReadCall<T>& read) {
  for (claims::Stored<T>& operand : instance.operands) {
    claims::Placement& placement = operand.placement;
    for (const auto& [name, leading] : read.leading) {
      if (name == placement.operand.name) placement.leading = leading;
    }
    const char holder = has_memory(placement.operand) ? placement.operand.name : placement.operand.over;
    const auto place = std::ranges::find(read.places, holder, [](const auto& p) { return p.first; });
    for (std::size_t i = 0; i < placement.rows; ++i) {
      for (std::size_t j = 0; j < placement.cols; ++j) {
        if (const auto at = placement.place(i, j); at && has_memory(placement.operand))
          operand(i, j) = Memory<T>{place->second, placement.operand.half}.get(static_cast<std::ptrdiff_t>(*at));
      }
    }
    instance.places.push_back(place->second);
    if (!has_memory(placement.operand)) continue;
    claims::Stored<T> whole = operand;
    whole.memory = claims::Elements<T>(placement.extent());
    whole.store();
    operand.entries = whole.entries;
  }
}

template <class T>
void write_output(claims::Instance<T>& instance, char name, const std::vector<T>& values, const RoutineFault& fault) {
  claims::Stored<T>& operand = instance.stored(name);
  const claims::Placement& placement = operand.placement;
  const Memory<T> memory{instance.places[static_cast<std::size_t>(&operand - instance.operands.data())],
                         placement.operand.half};
  std::optional<std::size_t> last;
  for (std::size_t i = 0; i < placement.rows; ++i) {
    for (std::size_t j = 0; j < placement.cols; ++j) {
      const auto at = placement.place(i, j);
      if (!at) continue;
      T value = values[i * placement.cols + j];
      const auto place = static_cast<std::ptrdiff_t>(*at);
      if (fault.keeps_few_digits) value = claims::rounded_to_half(Dtype::bf16, value);
      if (placement.operand.structure == blas::Structure::hermitian && i == j) value = T(claims::real_part(value));
      const bool is_last = i + 1 == placement.rows && j + 1 == placement.cols;
      if (fault.reads_result) value += claims::times(T(0), memory.get(place));
      if (!(fault.forgets_last_entry && is_last)) memory.set(place, value);
      last = at;
    }
  }
  if (fault.writes_after) memory.set(static_cast<std::ptrdiff_t>(placement.extent()), T(0));
  if (fault.writes_before) memory.set(-1, T(0));
  if (fault.writes_gap && last && placement.leading > static_cast<std::int64_t>(placement.rows) &&
      !instance.choice.row_major)
    memory.set(static_cast<std::ptrdiff_t>(placement.rows), T(0));
}

template <class T>
void return_reduction(const claims::Instance<T>& instance, const blas::Call& call, const RoutineFault& fault) {
  const std::vector<T>& x = instance.stored('x').entries;
  if (instance.operation.reduction == blas::Reduction::norm) {
    long double sum = 0;
    for (const T& entry : x)
      sum += std::norm(std::complex<long double>(claims::real_part(entry), claims::imaginary_part(entry)));
    *static_cast<claims::Real<T>*>(call.result) = static_cast<claims::Real<T>>(std::sqrt(sum));
    return;
  }
  const bool largest = instance.operation.reduction == blas::Reduction::first_largest ||
                       instance.operation.reduction == blas::Reduction::largest;
  const bool by_sign = instance.operation.by_sign && !fault.ignores_sign;
  const auto measure = [=](const T& entry) { return by_sign ? claims::real_part(entry) : claims::size_of(entry); };
  std::size_t best = 0;
  for (std::size_t i = 1; i < x.size(); ++i) {
    const bool better = largest ? measure(x[best]) < measure(x[i]) : measure(x[i]) < measure(x[best]);
    if (better || (fault.takes_last && measure(x[i]) == measure(x[best]))) best = i;
  }
  if (returns_index(instance.operation)) {
    *static_cast<std::int64_t*>(call.result) = static_cast<std::int64_t>(best);
  } else {
    *static_cast<claims::Real<T>*>(call.result) = measure(x[fault.forgets_last_entry && best > 0 ? best - 1 : best]);
  }
}

template <class T>
void write_rotation(claims::Instance<T>& instance, const RoutineFault& fault) {
  const auto given = [&](std::size_t which) { return instance.places[which][0]; };
  if (instance.operation.reduction == blas::Reduction::plane_rotation) {
    claims::PlaneRotation<T> made = claims::plane_rotation(given(0), given(1));
    if (fault.flips_rotation) made.s = -made.s;
    instance.places[0][0] = made.r;
    if (!claims::is_complex<T>) instance.places[1][0] = T(made.z);
    *reinterpret_cast<claims::Real<T>*>(instance.places[2]) = made.c;
    instance.places[3][0] = made.s;
    return;
  }
  if constexpr (std::is_same_v<T, claims::Real<T>>) {
    claims::ModifiedRotation<T> made = claims::modified_rotation(given(0), given(1), given(2), instance.second);
    if (fault.flips_rotation) std::swap(made.h[2], made.h[3]);
    if (fault.skips_second_scaling && made.h[0] == -1) made.h[2] = -1;
    const std::array<T, 3> numbers{made.d1, made.d2, made.x1};
    for (std::size_t i = 0; i < 3; ++i) instance.places[i][0] = numbers.at(i);
    for (std::size_t i = 0; i < 5; ++i) {
      const bool on_diagonal = i == 1 || i == 4;
      if (i == 0 || made.h[0] == -1 || made.h[0] == (on_diagonal ? 1 : 0)) instance.places[3][i] = made.h.at(i);
    }
  }
}

template <class T>
void evaluate(const blas::Call& call, const RoutineFault& fault) {
  ReadCall<T> read = read_call<T>(call);
  blas::Operation operation = call.operation;
  if (fault.misdescribe != nullptr) fault.misdescribe(operation);
  if (fault.misread != nullptr) fault.misread(read.choice);
  claims::Instance<T> instance(operation, read.choice);
  instance.second = read.second;
  instance.set_scalars(fault.ignores_alpha ? T(1) : read.alpha, fault.ignores_beta ? T(1) : read.beta);
  instance.offset = fault.ignores_beta ? T(0) : read.offset;
  read_operands(instance, read);
  if (finds_rotation(operation)) return write_rotation(instance, fault);
  if (fault.forgets_last_term) {
    // All of a sum's last factors.
    claims::Stored<T>& factor = instance.operands.front();
    for (std::size_t i = 0; i < factor.placement.rows; ++i) {
      for (std::size_t j = 0; j < factor.placement.cols; ++j) {
        const bool transposed = has_op(operation, factor.placement.operand.name) &&
                                read.choice.transpose(factor.placement.operand.name) != 'N';
        const bool is_last =
            transposed || factor.placement.cols == 1 ? i + 1 == factor.placement.rows : j + 1 == factor.placement.cols;
        if (is_last) factor(i, j) = T(0);
      }
    }
  }
  if (operation.reduction != blas::Reduction::none) return return_reduction(instance, call, fault);
  if (operation.solves) return write_output(instance, operation.outputs.front().operand, solved(instance), fault);
  std::vector<std::vector<T>> values;
  for (const blas::Output& output : operation.outputs) values.push_back(instance.template expected<T>(output).value);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const char name = operation.outputs[i].operand;
    const T first = values[i].empty() ? T(0) : values[i].front();
    if (operation.adds_in_double) {
      const double sum =
          fault.adds_in_single
              ? static_cast<double>(claims::real_part(first))
              : claims::real_part(instance.template expected<claims::Wider<T>>(operation.outputs[i]).value.front());
      if (operation.returns_double) std::memcpy(call.result, &sum, sizeof sum);
      const auto rounded = static_cast<float>(sum);
      if (!operation.returns_double) std::memcpy(call.result, &rounded, sizeof rounded);
    } else if (name != '=') {
      write_output(instance, name, values[i], fault);
    } else if (operation.pattern.front() == '?') {
      std::memcpy(call.result, &first, sizeof first);
    } else {
      *static_cast<claims::Real<T>*>(call.result) = claims::real_part(first);
    }
  }
}

inline blas::Interface described_blas(const RoutineFault& fault = {}) {
  return {.of_c = true,
          .has = [](const blas::Operation&, char) { return true; },
          .call =
              [fault](const blas::Call& call) {
                if (call.type == 's') return evaluate<float>(call, fault);
                if (call.type == 'd') return evaluate<double>(call, fault);
                if (call.type == 'c') return evaluate<std::complex<float>>(call, fault);
                return evaluate<std::complex<double>>(call, fault);
              },
          .symbol = [](const blas::Operation& operation, char type) { return name_of(operation, type); }};
}

}  // namespace sqrtn::verify
