#include "claims/routines/blocks.hpp"

#include <cmath>
#include <cstdint>
#include <vector>

#include "claims/routines/comparison.hpp"
#include "claims/routines/sweep.hpp"

namespace sqrtn::claims {
namespace {

using blas::Operation;

/// An integer, or a complex number of two, modulo 2⁶⁴.
struct Residue {
  std::uint64_t re = 0, im = 0;

  Residue& operator+=(const Residue& other) {
    re += other.re;
    im += other.im;
    return *this;
  }
  friend Residue operator*(const Residue& a, const Residue& b) {
    return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
  }
  bool operator==(const Residue&) const = default;
};
using Residues = std::vector<Residue>;

template <class R>
std::uint64_t residue_of_part(R part) {
  // What is no such integer is wrong; this residue tells, as right ones are even.
  if (!(std::abs(part) < std::ldexp(R(1), 62)) || part != std::floor(part)) return 1;
  return 2 * static_cast<std::uint64_t>(static_cast<std::int64_t>(part));
}

/// Twice the number.
template <class T>
Residue doubled(const T& value) {
  return {residue_of_part(real_part(value)), residue_of_part(imaginary_part(value))};
}
template <class T>
Residue residue(const T& value) {
  const auto whole = [](auto part) { return static_cast<std::uint64_t>(static_cast<std::int64_t>(part)); };
  return {whole(real_part(value)), whole(imaginary_part(value))};
}

/// entry(i, p)·v_p over p.
template <class Entry>
Residues times_vector(std::size_t rows, std::size_t cols, Entry entry, const Residues& v) {
  Residues product(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t p = 0; p < cols; ++p) product[i] += entry(i, p) * v[p];
  }
  return product;
}

template <class T>
Residues times_vector(const Instance<T>& instance, const blas::Factor& factor, const Residues& v) {
  const auto [rows, cols] = instance.shape(factor);
  return times_vector(
      rows, cols, [&](std::size_t i, std::size_t j) { return residue(instance.entry(factor, i, j)); }, v);
}

/// Odd numbers: one wrong entry changes a residue, whichever it is.
Residues odd_vector(std::size_t size) {
  Residues v(size);
  std::uint64_t state = 1;
  for (Residue& entry : v) entry.re = (state = state * 6364136223846793005U + 1442695040888963407U) >> 40 | 1;
  return v;
}

/// An operand's entries in memory, a triangle's mirrored.
template <class T>
std::vector<T> entries_in_memory(const Stored<T>& operand) {
  std::vector<T> entries(operand.entries.size());
  for (std::size_t i = 0; i < operand.placement.rows; ++i) {
    for (std::size_t j = 0; j < operand.placement.cols; ++j) {
      T& entry = entries[i * operand.placement.cols + j];
      if (const auto at = operand.placement.place(i, j)) {
        entry = operand.memory[*at];
      } else {
        entry = operand.memory[*operand.placement.place(j, i)];
        if (operand.placement.operand.structure == blas::Structure::hermitian) entry = conjugate(entry);
      }
    }
  }
  return entries;
}

/// Twice what the output should be, times v: α·op(A)·(op(B)·v) + β·(C·v), without the product of matrices.
template <class T>
Residues expected_times(const Instance<T>& instance, const blas::Output& output, const Residues& v) {
  const bool exchanged = instance.choice.side == 'r';
  Residues sum(instance.stored(output.operand).placement.rows);
  for (const blas::Term& term : output.terms) {
    const blas::Factor &left = exchanged ? term.right : term.left, &right = exchanged ? term.left : term.right;
    const Residues product = times_vector(instance, left, times_vector(instance, right, v));
    const Residue coefficient = doubled(instance.scalar(term.scalar));
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += coefficient * product[i];
  }
  if (output.old == '0') return sum;
  const Residues old = times_vector(instance, {output.operand}, v);
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += doubled(instance.scalar(output.old)) * old[i];
  return sum;
}

template <class T>
void compare(Instance<T>& instance, const blas::Interface& interface, Findings& found) {
  const blas::Output& output = instance.operation.outputs.front();
  const Stored<T>& operand = instance.stored(output.operand);
  const Residues v = odd_vector(operand.placement.cols);
  const std::vector<T> got = entries_in_memory(operand);
  const auto doubled_entry = [&](std::size_t i, std::size_t j) { return doubled(got[i * operand.placement.cols + j]); };
  found.n_compared += got.size();
  if (times_vector(operand.placement.rows, operand.placement.cols, doubled_entry, v) ==
      expected_times(instance, output, v)) {
    return;
  }
  // Which entry it is takes the whole product.
  const std::string call = instance.describe(interface);
  instance.store();
  call_and_compare(instance, interface, true, ", integer inputs", found);
  if (!found.failed()) found.fail([&] { return call + ": wrong at first, right when it was called again"; });
}

}  // namespace

template <class T>
void exact_blocks(const Inquiry& inquiry) {
  std::vector<Choice> shapes;
  const auto add = [&](std::size_t m, std::size_t n, std::size_t k) {
    shapes.push_back({.m = m, .n = n, .k = k});
    if (!has_argument(inquiry.operation, blas::Argument::What::length, 'm')) shapes.back().m = 1;
    if (!has_argument(inquiry.operation, blas::Argument::What::length, 'k')) shapes.back().k = 1;
  };
  add(601, 607, 613);
  for (const std::size_t shorter : {1, 4}) {
    add(601, 607, shorter);
    add(601, shorter, 613);
    add(shorter, 607, 613);
  }
  exact_blocks<T>(inquiry, shapes, 1);
}

template <class T>
void exact_blocks(const Inquiry& inquiry, const std::vector<Choice>& shapes, std::size_t n_forms) {
  for_calls(
      inquiry, shapes,
      [&](const Choice& choice, const blas::Interface& interface) {
        Instance<T> instance(inquiry.operation, choice);
        instance.fill_integers(inquiry.data);
        instance.set_scalars(T(-1), T(2));
        instance.store();
        instance.call(interface);
        compare(instance, interface, inquiry.found);
      },
      0, n_forms);
}

template void exact_blocks<float>(const Inquiry&);
template void exact_blocks<double>(const Inquiry&);
template void exact_blocks<std::complex<float>>(const Inquiry&);
template void exact_blocks<std::complex<double>>(const Inquiry&);
template void exact_blocks<float>(const Inquiry&, const std::vector<Choice>&, std::size_t);
template void exact_blocks<double>(const Inquiry&, const std::vector<Choice>&, std::size_t);
template void exact_blocks<std::complex<float>>(const Inquiry&, const std::vector<Choice>&, std::size_t);
template void exact_blocks<std::complex<double>>(const Inquiry&, const std::vector<Choice>&, std::size_t);

bool multiplies_matrices(const Operation& operation) {
  const auto is_matrix = [&](char name) {
    return name != '1' && name != 'I' && operand_of(operation, name).structure != blas::Structure::vector &&
           operand_of(operation, name).format == blas::Format::full;
  };
  const blas::Output& output = operation.outputs.front();
  // Of gemmt only a triangle is known.
  return !operation.solves && !operation.name.starts_with("gemmt") && !output.terms.empty() &&
         is_matrix(output.terms.front().left.operand) && is_matrix(output.terms.front().right.operand);
}

}  // namespace sqrtn::claims
