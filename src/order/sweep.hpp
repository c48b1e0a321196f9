#pragma once

#include <array>
#include <functional>
#include <vector>

#include "order/classes.hpp"

/// Questions to all classes at once: each row of a block asks one, or each column, or each pair of both.
namespace sqrtn::order {

/// The factors of a row of A, or of a column of B, that are not as all others.
template <class T>
struct Question {
  std::array<std::int32_t, 3> leaf{-1, -1, -1};
  std::array<T, 3> factor{};
};

/// The questions of each group of rows, and of columns. None in a group: it stays as all others.
template <class T>
struct Questions {
  std::vector<std::vector<Question<T>>> rows, columns;
  T others_a = 1, others_b = 1;  ///< factors that no question names
};

/// How many calls they need.
template <class T>
std::size_t calls_for(const Classes& classes, const Questions<T>& questions);

/// Whether to go on: false once there is no time left.
using GoOn = std::function<bool()>;

/// visit(class, row question, column question, entry) for each pair of questions that meet in the block of a class.
/// Returns: false if it was ended early.
template <class T>
bool ask_all(const Product<T>& product, const Classes& classes, const Questions<T>& questions,
             const std::function<void(std::size_t, std::size_t, std::size_t, T)>& visit, const GoOn& go_on);

}  // namespace sqrtn::order
