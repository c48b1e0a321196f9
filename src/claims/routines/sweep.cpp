#include "claims/routines/sweep.hpp"

#include <algorithm>
#include <array>

namespace sqrtn::claims {

using blas::Operation;
using What = blas::Argument::What;

namespace {

bool has_length(const Operation& operation, char letter) { return has_argument(operation, What::length, letter); }

std::size_t n_lengths(const Operation& operation) {
  return static_cast<std::size_t>(
      std::ranges::count(operation.arguments, What::length, [](const blas::Argument& a) { return a.what; }));
}

/// Whether k counts diagonals.
bool is_banded(const Operation& operation) {
  return std::ranges::any_of(operation.operands, [](const auto& o) { return o.format == blas::Format::band; });
}

/// The lengths of one letter from `first` to `last`, or the one that is there.
std::vector<std::size_t> range(bool exists, std::size_t first, std::size_t last) {
  if (!exists) return {first == 0 ? std::size_t{0} : std::size_t{1}};
  std::vector<std::size_t> values;
  for (std::size_t value = first; value <= last; ++value) values.push_back(value);
  return values;
}

std::size_t n_entries(const Choice& shape) { return shape.m * shape.n * std::max<std::size_t>(shape.k, 1); }

}  // namespace

Choice shape_of(const Operation& operation, std::size_t m, std::size_t n, std::size_t k) {
  Choice shape;
  if (has_length(operation, 'm')) shape.m = m;
  shape.n = has_length(operation, 'm') || has_matrix(operation) ? n : std::max(n, m);
  if (has_length(operation, 'k')) shape.k = is_banded(operation) ? std::min<std::size_t>(k, 20) : k;
  if (has_length(operation, 'l')) {
    shape.lower = std::min<std::size_t>(k, 9);
    shape.upper = std::min<std::size_t>(k, 17);
  }
  return shape;
}

std::vector<Choice> small_shapes(const Operation& operation, bool in_depth) {
  const std::size_t n_of_them = n_lengths(operation), longest_vector = in_depth ? 130 : 70;
  const std::size_t longest_of_two = in_depth && !operation.solves ? 17 : 8;
  const std::size_t longest = n_of_them == 1   ? (has_matrix(operation) ? 16 : longest_vector)
                              : n_of_them == 2 ? longest_of_two
                                               : 8;
  const bool diagonals = is_banded(operation);
  std::vector<Choice> shapes;
  for (const std::size_t m : range(has_length(operation, 'm'), 1, diagonals ? 6 : longest)) {
    for (const std::size_t n : range(has_length(operation, 'n'), 1, diagonals ? 6 : longest)) {
      for (const std::size_t k : range(has_length(operation, 'k'), has_length(operation, 'k') ? 0 : 1, 8)) {
        for (const std::size_t lower : range(has_length(operation, 'l'), 0, 3)) {
          for (const std::size_t upper : range(has_length(operation, 'u'), 0, 3)) {
            shapes.push_back({.m = m, .n = n, .k = k, .lower = lower, .upper = upper});
          }
        }
      }
    }
  }
  std::ranges::stable_sort(shapes, {}, n_entries);
  return shapes;
}

std::vector<Choice> large_shapes(const Operation& operation) {
  std::vector<Choice> shapes;
  const auto add = [&](std::size_t m, std::size_t n, std::size_t k) { shapes.push_back(shape_of(operation, m, n, k)); };
  if (!has_matrix(operation)) {
    for (const std::size_t n : {127, 128, 129, 255, 256, 257, 1023, 1024, 1025, 4099, 65535, 65536, 65537, 100'003}) {
      add(n, n, 1);
    }
    return shapes;
  }
  for (const std::size_t size : {15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129}) add(size, size, size);
  for (const std::size_t shorter : {1, 3}) {
    add(300, shorter, 5);
    add(shorter, 300, 7);
    if (n_lengths(operation) == 3) add(2, shorter, 300);
  }
  if (n_lengths(operation) == 1) add(300, 300, 1);
  return shapes;
}

std::vector<Choice> rounding_shapes(const Operation& operation) {
  if (!has_matrix(operation)) {
    // Of these lengths the first and the last have increments of 1.
    std::vector<Choice> shapes;
    for (const std::size_t n : {128, 129, 10'007, 10'016}) shapes.push_back(shape_of(operation, n, n, 1));
    return shapes;
  }
  std::vector<Choice> shapes;
  for (const auto& [m, n, k] : std::initializer_list<std::array<std::size_t, 3>>{
           {17, 16, 15}, {33, 64, 65}, {129, 70, 33}, {3, 5, 300}, {100, 90, 130}}) {
    shapes.push_back(shape_of(operation, m, n, k));
  }
  return shapes;
}

std::vector<Choice> typical_shapes(const Operation& operation) {
  std::vector<Choice> shapes;
  for (const auto& [m, n, k] : std::initializer_list<std::array<std::size_t, 3>>{{1, 1, 1},
                                                                                 {2, 3, 5},
                                                                                 {3, 1, 7},
                                                                                 {7, 9, 4},
                                                                                 {8, 8, 8},
                                                                                 {15, 17, 6},
                                                                                 {17, 5, 31},
                                                                                 {33, 18, 20},
                                                                                 {64, 65, 66}}) {
    shapes.push_back(shape_of(operation, m, n, k));
  }
  return shapes;
}

std::vector<Choice> varied_shapes(const Operation& operation) {
  std::vector<Choice> shapes = typical_shapes(operation);
  for (const auto& [m, n, k] : std::initializer_list<std::array<std::size_t, 3>>{
           {16, 16, 16}, {64, 64, 64}, {5, 129, 3}, {129, 3, 5}, {3, 5, 129}, {100, 100, 100}, {129, 65, 33}}) {
    shapes.push_back(shape_of(operation, m, has_length(operation, 'k') ? n : std::max(n, k), k));
  }
  return shapes;
}

std::vector<Choice> harmless_shapes(const Operation& operation) {
  std::vector<Choice> shapes = typical_shapes(operation);
  const auto lies_over = [](const blas::Operand& operand) { return operand.over != ' '; };
  if (std::ranges::any_of(operation.operands, lies_over)) {
    std::erase_if(shapes, [](const Choice& choice) { return choice.m != choice.n; });
  }
  return shapes;
}

bool takes_negative_increments(const Operation& operation) {
  return has_matrix(operation) || operation.operands.size() > 1;
}

std::vector<Choice> forms(const Operation& operation, char type, const Choice& shape, bool row_major_too) {
  static constexpr std::array<std::int64_t, 4> increments{1, 2, -1, -3};
  static constexpr std::array<std::size_t, 3> paddings{0, 1, 3};
  const std::string_view transposes = blas::is_complex(type) ? operation.complex_transposes : operation.transposes;
  const auto letters = [&](What what, char of, std::string_view all) {
    return has_argument(operation, what, of) ? all : all.substr(0, 1);
  };
  std::vector<Choice> all;
  std::size_t turn = n_entries(shape);
  if (operation.name == "rotm") {
    for (const int flag : {-1, 0, 1, -2}) {
      all.push_back(shape);
      all.back().rotation = flag;
      all.back().increment_x = increments.at(turn % 4);
      all.back().increment_y = increments.at(turn / 4 % 4);
      ++turn;
    }
    return all;
  }
  for (const bool row_major : {false, true}) {
    if (row_major && !(row_major_too && has_matrix(operation))) continue;
    for (const char side : letters(What::side, 'A', "lr")) {
      for (const char triangle : letters(What::triangle, 'A', "UL")) {
        for (const char diagonal : letters(What::diagonal, 'A', "nu")) {
          for (const char transpose_a : letters(What::transpose, 'A', transposes)) {
            for (const char transpose_b : letters(What::transpose, 'B', transposes)) {
              Choice choice = shape;
              choice.row_major = row_major;
              choice.side = side;
              choice.triangle = triangle;
              choice.diagonal = diagonal;
              choice.transpose_a = transpose_a;
              choice.transpose_b = has_argument(operation, What::transpose, 'B') ? transpose_b : transpose_a;
              choice.increment_x = increments.at(turn % 4);
              choice.increment_y = increments.at(turn / 4 % 4);
              if (!takes_negative_increments(operation)) choice.increment_x = std::abs(choice.increment_x);
              choice.padding = paddings.at(turn % 3);
              ++turn;
              all.push_back(choice);
            }
          }
        }
      }
    }
  }
  return all;
}

namespace {

/// Each form as dense as it can lie, and with gaps; of real types, where conjugate transposition is transposition, one
/// by each name.
void place_in_two_ways(std::vector<Choice>& all, char type) {
  std::vector<Choice> apart = all;
  if (!blas::is_complex(type)) {
    std::erase_if(all, [](const Choice& choice) { return choice.transpose_a == 'C' || choice.transpose_b == 'C'; });
    std::erase_if(apart, [](const Choice& choice) { return choice.transpose_a == 'T' || choice.transpose_b == 'T'; });
  }
  for (Choice& choice : all) {
    choice.padding = 0;
    choice.increment_x = choice.increment_y = 1;
  }
  for (Choice& choice : apart) {
    choice.padding = std::max<std::size_t>(choice.padding, 1);
    if (choice.increment_x == 1 && choice.increment_y == 1) choice.increment_x = 2, choice.increment_y = 3;
  }
  all.insert(all.end(), apart.begin(), apart.end());
}

}  // namespace

void for_calls(const Inquiry& inquiry, const std::vector<Choice>& shapes,
               const std::function<void(const Choice&, const blas::Interface&)>& action, std::size_t all_forms_up_to,
               std::size_t n_forms) {
  for (const blas::Interface& interface : inquiry.interfaces) {
    if (!interface.has(inquiry.operation, inquiry.type)) continue;
    std::size_t turn = 0, n_shapes = 0;
    for (const Choice& shape : shapes) {
      std::vector<Choice> all = forms(inquiry.operation, inquiry.type, shape, interface.of_c);
      if (inquiry.in_depth) place_in_two_ways(all, inquiry.type);
      const bool takes_all = inquiry.in_depth || n_entries(shape) <= all_forms_up_to;
      const std::size_t n = takes_all ? all.size() : std::min(n_forms, all.size());
      for (std::size_t i = 0; i < n; ++i) {
        if (inquiry.found.failed()) return;
        if ((i + n_shapes) % inquiry.every != 0) continue;
        // A step without a common divisor with numbers of flags goes through all of them.
        action(all[n == all.size() ? i : (turn += 7) % all.size()], interface);
      }
      ++n_shapes;
    }
  }
}

}  // namespace sqrtn::claims
