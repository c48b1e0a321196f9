#include "order/sweep.hpp"

#include <algorithm>

namespace sqrtn::order {
namespace {

template <class T>
std::size_t turns(const std::vector<Group>& groups, const std::vector<std::vector<Question<T>>>& questions) {
  std::size_t most = 1;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    most = std::max(most, (questions[g].size() + groups[g].size() - 1) / groups[g].size());
  }
  return most;
}

/// Questions of one turn, handed to members of their groups; set(member, question) for each.
template <class T, class Set>
void hand_out(const std::vector<Group>& groups, const std::vector<std::vector<Question<T>>>& questions,
              std::size_t turn, Set set) {
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const std::size_t first = turn * groups[g].size();
    for (std::size_t i = 0; i < groups[g].size() && first + i < questions[g].size(); ++i) {
      set(groups[g][i], questions[g][first + i]);
    }
  }
}

template <class T>
class Asking {
 public:
  Asking(const Product<T>& product, const Classes& classes, const Questions<T>& questions)
      : product_(product),
        classes_(classes),
        questions_(questions),
        a_(product.m, product.k, product.k, questions.others_a),
        b_(product.k, product.n, product.n, questions.others_b),
        c_(product.m, product.n) {}

  void set_rows(std::size_t turn, bool back) {
    hand_out<T>(classes_.row_groups, questions_.rows, turn, [&](std::uint32_t row, const Question<T>& question) {
      for (std::size_t i = 0; i < question.leaf.size() && question.leaf[i] >= 0; ++i)
        a_(row, static_cast<std::size_t>(question.leaf[i])) = back ? questions_.others_a : question.factor[i];
    });
  }

  void set_columns(std::size_t turn, bool back) {
    hand_out<T>(
        classes_.column_groups, questions_.columns, turn, [&](std::uint32_t column, const Question<T>& question) {
          for (std::size_t i = 0; i < question.leaf.size() && question.leaf[i] >= 0; ++i)
            b_(static_cast<std::size_t>(question.leaf[i]), column) = back ? questions_.others_b : question.factor[i];
        });
  }

  void call() { product_.call(a_.view(), b_.view(), T(1), T(0), c_.view()); }

  template <class Visit>
  void visit_answers(std::size_t row_turn, std::size_t column_turn, const Visit& visit) {
    for (std::size_t number = 0; number < classes_.classes.size(); ++number) {
      const EntryClass& one = classes_.classes[number];
      if (!one.has_block) continue;
      const Group &rows = classes_.row_groups[one.row_group], &columns = classes_.column_groups[one.column_group];
      const std::size_t first_row = row_turn * rows.size(), first_column = column_turn * columns.size();
      const std::size_t row_questions = questions_.rows[one.row_group].size(),
                        column_questions = questions_.columns[one.column_group].size();
      for (std::size_t i = 0; i < rows.size() && first_row + i < row_questions; ++i) {
        for (std::size_t j = 0; j < columns.size() && first_column + j < column_questions; ++j)
          visit(number, first_row + i, first_column + j, c_(rows[i], columns[j]));
      }
    }
  }

 private:
  const Product<T>& product_;
  const Classes& classes_;
  const Questions<T>& questions_;
  Matrix<T> a_, b_, c_;
};

std::size_t rounded_up(std::size_t n, std::size_t by) { return (n + by - 1) / by; }

/// The questions of one class of a symmetric C, a part of them in each tile.
template <class T>
class TiledQuestions {
 public:
  TiledQuestions(const Classes& classes, const EntryClass& one, const Questions<T>& questions)
      : one_(one),
        rows_(classes.row_groups[one.row_group]),
        columns_(classes.column_groups[one.column_group]),
        of_rows_(questions.rows[one.row_group]),
        of_columns_(questions.columns[one.column_group]),
        height_(one.has_block ? classes.rows_of(one) : 1),
        width_(one.has_block ? classes.columns_of(one) : 1) {}

  [[nodiscard]] std::size_t parts() const {
    return one_.has_block ? rounded_up(of_rows_.size(), height_) * rounded_up(of_columns_.size(), width_) : 0;
  }
  [[nodiscard]] std::size_t calls() const { return rounded_up(parts(), one_.tiles); }

  /// set_row(row, question) and set_column(column, question) for all that are asked in this call.
  template <class SetRow, class SetColumn>
  void hand_out(std::size_t call, const SetRow& set_row, const SetColumn& set_column) const {
    each_part(call, [&](std::size_t tile, std::size_t first_row, std::size_t first_column) {
      for (std::size_t r = 0; r < height_ && first_row + r < of_rows_.size(); ++r)
        set_row(rows_[tile * height_ + r], of_rows_[first_row + r]);
      for (std::size_t c = 0; c < width_ && first_column + c < of_columns_.size(); ++c)
        set_column(columns_[tile * width_ + c], of_columns_[first_column + c]);
    });
  }

  /// visit(row, column, row question, column question) for all pairs that meet in this call.
  template <class Visit>
  void visit_pairs(std::size_t call, const Visit& visit) const {
    each_part(call, [&](std::size_t tile, std::size_t first_row, std::size_t first_column) {
      for (std::size_t r = 0; r < height_ && first_row + r < of_rows_.size(); ++r) {
        for (std::size_t c = 0; c < width_ && first_column + c < of_columns_.size(); ++c)
          visit(rows_[tile * height_ + r], columns_[tile * width_ + c], first_row + r, first_column + c);
      }
    });
  }

 private:
  template <class Visit>
  void each_part(std::size_t call, const Visit& visit) const {
    const std::size_t across = rounded_up(of_columns_.size(), width_);
    for (std::size_t tile = 0; tile < one_.tiles && call * one_.tiles + tile < parts(); ++tile) {
      const std::size_t part = call * one_.tiles + tile;
      visit(tile, part / across * height_, part % across * width_);
    }
  }

  const EntryClass& one_;
  const Group &rows_, &columns_;
  const std::vector<Question<T>>&of_rows_, &of_columns_;
  const std::size_t height_, width_;
};

/// Class by class, since each row of A is a column of its transpose as well.
template <class T>
bool ask_triangle(const Product<T>& product, const Classes& classes, const Questions<T>& questions,
                  const std::function<void(std::size_t, std::size_t, std::size_t, T)>& visit, const GoOn& go_on) {
  Matrix<T> a(product.m, product.k, product.k, questions.others_a), c(product.m, product.n, product.n, T(0));
  const auto set = [&](std::uint32_t row, const Question<T>& question, T others) {
    std::fill_n(&a(row, 0), product.k, others);
    for (std::size_t i = 0; i < question.leaf.size() && question.leaf[i] >= 0; ++i)
      a(row, static_cast<std::size_t>(question.leaf[i])) = question.factor[i];
  };
  for (std::size_t number = 0; number < classes.classes.size(); ++number) {
    const TiledQuestions<T> tiled(classes, classes.classes[number], questions);
    for (std::size_t call = 0; call < tiled.calls(); ++call) {
      if (!go_on()) return false;
      tiled.hand_out(
          call, [&](std::uint32_t row, const Question<T>& question) { set(row, question, questions.others_a); },
          [&](std::uint32_t column, const Question<T>& question) { set(column, question, questions.others_b); });
      product.call(a.view(), {}, T(1), T(0), c.view());
      tiled.visit_pairs(call, [&](std::uint32_t row, std::uint32_t column, std::size_t of_row, std::size_t of_column) {
        visit(number, of_row, of_column, c(row, column));
      });
    }
  }
  return true;
}

}  // namespace

template <class T>
std::size_t calls_for(const Classes& classes, const Questions<T>& questions) {
  if (classes.is_triangle()) {
    std::size_t calls = 0;
    for (const EntryClass& one : classes.classes) calls += TiledQuestions<T>(classes, one, questions).calls();
    return calls;
  }
  return turns<T>(classes.row_groups, questions.rows) * turns<T>(classes.column_groups, questions.columns);
}

template <class T>
bool ask_all(const Product<T>& product, const Classes& classes, const Questions<T>& questions,
             const std::function<void(std::size_t, std::size_t, std::size_t, T)>& visit, const GoOn& go_on) {
  if (classes.is_triangle()) return ask_triangle<T>(product, classes, questions, visit, go_on);
  Asking<T> asking(product, classes, questions);
  const std::size_t row_turns = turns<T>(classes.row_groups, questions.rows),
                    column_turns = turns<T>(classes.column_groups, questions.columns);
  for (std::size_t row_turn = 0; row_turn < row_turns; ++row_turn) {
    asking.set_rows(row_turn, false);
    for (std::size_t column_turn = 0; column_turn < column_turns; ++column_turn) {
      if (!go_on()) return false;
      asking.set_columns(column_turn, false);
      asking.call();
      asking.visit_answers(row_turn, column_turn, visit);
      asking.set_columns(column_turn, true);
    }
    asking.set_rows(row_turn, true);
  }
  return true;
}

template std::size_t calls_for(const Classes&, const Questions<float>&);
template std::size_t calls_for(const Classes&, const Questions<double>&);
template bool ask_all(const Product<float>&, const Classes&, const Questions<float>&,
                      const std::function<void(std::size_t, std::size_t, std::size_t, float)>&, const GoOn&);
template bool ask_all(const Product<double>&, const Classes&, const Questions<double>&,
                      const std::function<void(std::size_t, std::size_t, std::size_t, double)>&, const GoOn&);

}  // namespace sqrtn::order
