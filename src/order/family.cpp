#include "order/family.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "order/data.hpp"
#include "order/leaves.hpp"
#include "support/number.hpp"

namespace sqrtn::order {
namespace {

constexpr std::size_t few = 16;     // that are asked for in any case
constexpr std::size_t telling = 4;  // that others are told by
constexpr std::size_t fresh_products = 8;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Its numbers, and what is between them.
std::pair<std::vector<std::int64_t>, std::string> taken_apart(std::string_view code) {
  std::vector<std::int64_t> numbers;
  std::string rest;
  for (std::size_t at = 0; at < code.size();) {
    std::size_t end = at;
    while (end < code.size() && is_digit(code[end])) ++end;
    if (end == at) {
      rest += code[at++];
      continue;
    }
    numbers.push_back(parse_number<std::int64_t>(code.substr(at, end - at)).value_or(-1));
    rest += '0';
    at = end;
  }
  return {std::move(numbers), std::move(rest)};
}

/// The tree of that code, if it is one of k products.
std::optional<laws::SumTree> tree_of_code(const std::string& code, std::size_t k) {
  if (code.empty()) return std::nullopt;
  try {
    laws::SumTree tree = laws::from_code(code);
    if (tree.products() == k) return tree;
  } catch (const std::invalid_argument&) {
    // What was carried on too far is none.
  }
  return std::nullopt;
}

template <class T>
class Family {
 public:
  Family(const Product<T>& product, const Classes& classes, std::vector<ClassOrder>& orders)
      : product_(product), classes_(classes), orders_(orders), by_rows_(classes.column_groups.size() == 1) {}

  /// By place, those that others are told by.
  [[nodiscard]] std::vector<std::size_t> some() const {
    const std::vector<std::size_t> all = by_place();
    std::vector<std::size_t> chosen;
    for (std::size_t i = 1; i <= telling; ++i) chosen.push_back(all[i * all.size() / (telling + 1)]);
    return chosen;
  }

  /// Those that none of these tell.
  std::vector<std::size_t> tell(const std::vector<std::size_t>& known, std::uint64_t seed) {
    draw(seed);
    std::vector<std::size_t> rest;
    for (std::size_t number = 0; number < orders_.size(); ++number) {
      if (std::ranges::find(known, number) != known.end()) continue;
      if (!classes_.classes[number].has_block || !is_told(number, known)) rest.push_back(number);
    }
    return rest;
  }

 private:
  [[nodiscard]] std::size_t place_of(std::size_t number) const {
    return by_rows_ ? classes_.classes[number].row : classes_.classes[number].column;
  }

  [[nodiscard]] std::vector<std::size_t> by_place() const {
    std::vector<std::size_t> all(classes_.classes.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    std::ranges::sort(all, {}, [this](std::size_t number) { return place_of(number); });
    return all;
  }

  void draw(std::uint64_t seed) {
    for (std::size_t i = 0; i < fresh_products; ++i) {
      Drawn& one = drawn_.emplace_back(product_);
      fill_fresh<T>(one.a.storage(), "family a", seed, i);
      fill_fresh<T>(one.b.storage(), "family b", seed, i);
      make_symmetric(product_.symmetric, one.a.view(), one.b.view());
      product_.call(one.a.view(), one.b.view(), T(1), T(0), one.c.view());
    }
  }

  bool is_told(std::size_t number, const std::vector<std::size_t>& known) {
    for (std::size_t i = 0; i + 1 < known.size(); ++i) {
      const ClassOrder &first = orders_[known[i]], &second = orders_[known[i + 1]];
      if (!first.tree || !second.tree) continue;
      const auto tree = tree_of_code(carried_on(laws::to_code(*first.tree), place_of(known[i]),
                                                laws::to_code(*second.tree), place_of(known[i + 1]), place_of(number)),
                                     product_.k);
      if (!tree || !predicts(*tree, classes_.classes[number])) continue;
      orders_[number].tree = laws::canonical(*tree);
      return true;
    }
    return false;
  }

  bool predicts(const laws::SumTree& tree, const EntryClass& one) const {
    const Group &rows = classes_.row_groups[one.row_group], &columns = classes_.column_groups[one.column_group];
    const laws::SumProgram program(tree);
    Matrix<T> expected(rows.size(), columns.size());
    return std::ranges::all_of(drawn_, [&](const Drawn& drawn) {
      program.evaluate<T>(drawn.a.view(), rows, drawn.b.view(), columns, expected.view());
      for (std::size_t r = 0; r < rows.size(); ++r) {
        for (std::size_t c = 0; c < columns.size(); ++c) {
          if (bits_of(expected(r, c)) != bits_of(drawn.c.view()(rows[r], columns[c]))) return false;
        }
      }
      return true;
    });
  }

  struct Drawn {
    explicit Drawn(const Product<T>& product)
        : a(product.m, product.k), b(product.k, product.n), c(product.m, product.n) {}
    Matrix<T> a, b, c;
  };

  const Product<T>& product_;
  const Classes& classes_;
  std::vector<ClassOrder>& orders_;
  const bool by_rows_;
  std::vector<Drawn> drawn_;
};

}  // namespace

std::string carried_on(std::string_view first, std::size_t first_place, std::string_view second,
                       std::size_t second_place, std::size_t place) {
  const auto [of_first, rest] = taken_apart(first);
  const auto [of_second, other_rest] = taken_apart(second);
  if (rest != other_rest || first_place == second_place) return "";
  const auto from = static_cast<std::int64_t>(first_place);
  const std::int64_t steps = static_cast<std::int64_t>(second_place) - from;
  std::string code;
  std::size_t n = 0;
  for (const char c : rest) {
    if (c != '0') {
      code += c;
      continue;
    }
    const std::int64_t grown = of_second[n] - of_first[n];
    const std::int64_t number = of_first[n] + grown / steps * (static_cast<std::int64_t>(place) - from);
    if (grown % steps != 0 || number < 0) return "";
    code += fmt::to_string(number);
    ++n;
  }
  return code;
}

template <class T>
std::vector<ClassOrder> read_orders(const Product<T>& product, const Classes& classes, std::uint64_t seed,
                                    const GoOn& go_on) {
  std::vector<ClassOrder> orders(classes.classes.size());
  std::vector<std::size_t> all(orders.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const auto read = [&](std::vector<std::size_t> numbers) {
    std::ranges::sort(numbers);
    read_trees(product, classes, numbers, orders, go_on);
    read_roundings(product, classes, numbers, orders, go_on);
  };
  if (!has_symmetric_factor(product.symmetric) || all.size() <= few) {
    read(all);
    return orders;
  }
  Family<T> family(product, classes, orders);
  const std::vector<std::size_t> some = family.some();
  read(some);
  read(family.tell(some, seed));
  return orders;
}

template std::vector<ClassOrder> read_orders(const Product<float>&, const Classes&, std::uint64_t, const GoOn&);
template std::vector<ClassOrder> read_orders(const Product<double>&, const Classes&, std::uint64_t, const GoOn&);

}  // namespace sqrtn::order
