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

}  // namespace

template <class T>
std::size_t calls_for(const Classes& classes, const Questions<T>& questions) {
  return turns<T>(classes.row_groups, questions.rows) * turns<T>(classes.column_groups, questions.columns);
}

template <class T>
bool ask_all(const Product<T>& product, const Classes& classes, const Questions<T>& questions,
             const std::function<void(std::size_t, std::size_t, std::size_t, T)>& visit, const GoOn& go_on) {
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
