#include "order/certificate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <span>

#include "order/data.hpp"

namespace sqrtn::order {
namespace {

// The same call again, where not all is predicted: one of two orders at random is taken for one alone once in 10⁹.
constexpr int repetitions = 30;
// Products of few columns are predicted together, with one A and a B each: as many as are evaluated side by side.
constexpr std::size_t columns_together = 64;
// Rows of a triangle for which columns are prepared once.
constexpr std::size_t rows_together = 16;

template <class T>
class Certifier {
 public:
  Certifier(const Product<T>& product, const Classes& classes, const std::vector<ClassOrder>& orders)
      : product_(product),
        classes_(classes),
        products_(classes.is_triangle() ? 1 : std::max<std::size_t>(1, columns_together / product.n)),
        a_(product.m, product.k),
        b_(product.k, product.n * products_),
        c_(product.m, product.n * products_) {
    result_.classes.resize(orders.size());
    for (const ClassOrder& order : orders) {
      programs_.push_back(order.tree ? std::optional(laws::SumProgram(*order.tree)) : std::nullopt);
    }
  }

  Certificate certify(std::uint64_t seed, std::size_t entries, const GoOn& go_on) {
    for (std::size_t number = 0; result_.compared + result_.unknown < entries && (number == 0 || go_on()); ++number) {
      fill_factors<T>(product_, a_.storage(), "fresh a", seed, number);
      fill_factors<T>(product_, b_.storage(), "fresh b", seed, number);
      for (std::size_t at = 0; at < b_.cols(); at += product_.n)
        make_symmetric<T>(product_.symmetric, a_.view(), {&b_(0, at), product_.k, product_.n, b_.ld()});
      call_each(c_);
      compare_rows(seed + number, entries - result_.compared - result_.unknown, number);
    }
    if (result_.unknown > 0 || result_.predicted < result_.compared) repeat(go_on);
    return std::move(result_);
  }

 private:
  /// Columns number·n … of B and C are the operands of one product.
  void call_each(Matrix<T>& out) {
    const std::size_t n = product_.n;
    Matrix<T> b(product_.k, n), c(product_.m, n, n, T(0));
    for (std::size_t number = 0; number < products_; ++number) {
      for (std::size_t l = 0; l < product_.k; ++l) std::copy_n(&b_(l, number * n), n, &b(l, 0));
      product_.call(a_.view(), b.view(), T(1), T(0), c.view());
      for (std::size_t i = 0; i < product_.m; ++i) std::copy_n(&c(i, 0), n, &out(i, number * n));
    }
  }

  /// As many rows of each group, chosen at random, as make up the entries.
  void compare_rows(std::uint64_t seed, std::size_t entries, std::size_t number) {
    const std::size_t n = c_.cols(), all = classes_.is_triangle() ? n * (n + 1) / 2 : product_.m * n;
    const double share = static_cast<double>(entries) / static_cast<double>(all);
    std::mt19937_64 engine(seed);
    const auto some_of = [&](Group rows) {
      if (share >= 1) return rows;
      std::ranges::shuffle(rows, engine);
      rows.resize(static_cast<std::size_t>(share * static_cast<double>(rows.size() - 1)) + 1);
      return rows;
    };
    if (classes_.is_triangle()) {
      Group all_rows(product_.m);
      std::iota(all_rows.begin(), all_rows.end(), 0U);
      return compare_triangle(some_of(std::move(all_rows)), number);
    }
    for (std::size_t g = 0; g < classes_.row_groups.size(); ++g) {
      const Group rows = some_of(classes_.row_groups[g]);
      for (std::size_t h = 0; h < classes_.column_groups.size(); ++h) compare_block(rows, g, h, number);
    }
  }

  void compare_block(const Group& rows, std::size_t row_group, std::size_t column_group, std::size_t number) {
    Group columns;
    for (std::size_t product = 0; product < products_; ++product) {
      for (const std::uint32_t column : classes_.column_groups[column_group])
        columns.push_back(static_cast<std::uint32_t>(product * product_.n) + column);
    }
    compare(rows, columns, classes_.at(row_group, column_group), number);
  }

  /// Those rows, and of each class one, a few together; of each class the columns where one of them has it.
  void compare_triangle(Group rows, std::size_t number) {
    for (const EntryClass& one : classes_.classes) rows.push_back(one.row);
    std::ranges::sort(rows);
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    for (std::size_t first = 0; first < rows.size(); first += rows_together) {
      const std::span<const std::uint32_t> some(rows.begin() + static_cast<std::ptrdiff_t>(first),
                                                std::min(rows_together, rows.size() - first));
      std::map<std::int16_t, Group> columns_of;
      for (std::uint32_t j = 0; j < product_.n; ++j) {
        for (const std::uint32_t i : some) {
          if (!product_.has(i, j)) continue;
          Group& columns = columns_of[classes_.of_entry[i * product_.n + j]];
          if (columns.empty() || columns.back() != j) columns.push_back(j);
        }
      }
      for (const auto& [at, columns] : columns_of) compare(some, columns, at, number);
    }
  }

  /// Whether that entry is of the class; of what is no triangle all that are asked about are.
  [[nodiscard]] bool is_of(std::uint32_t row, std::uint32_t column, std::int16_t at) const {
    return !classes_.is_triangle() || (product_.has(row, column) && classes_.of_entry[row * product_.n + column] == at);
  }

  /// The entries of these crossings that are of the class; −1: of none that was kept.
  void compare(std::span<const std::uint32_t> rows, const Group& columns, std::int16_t at, std::size_t number) {
    Matrix<T> expected(rows.size(), columns.size());
    const bool is_known = at >= 0 && programs_[static_cast<std::size_t>(at)];
    if (is_known) {
      programs_[static_cast<std::size_t>(at)]->template evaluate<T>(a_.view(), rows, b_.view(), columns,
                                                                    expected.view());
    }
    for (std::size_t r = 0; r < rows.size(); ++r) {
      for (std::size_t c = 0; c < columns.size(); ++c) {
        if (!is_of(rows[r], columns[c], at)) continue;
        if (is_known)
          count(result_.classes[static_cast<std::size_t>(at)], number, rows[r], columns[c], expected(r, c));
        else
          ++result_.unknown;
      }
    }
  }

  void count(Tally& tally, std::size_t number, std::uint32_t row, std::uint32_t column, T expected) {
    const T entry = c_(row, column);
    const bool same = bits_of(entry) == bits_of(expected);
    ++tally.compared;
    ++result_.compared;
    tally.predicted += same ? 1 : 0;
    result_.predicted += same ? 1 : 0;
    if (same || !tally.first_miss.empty()) return;
    tally.first_miss =
        fmt::format("product {}, entry ({}, {}): {:a}, predicted {:a}", number, row, column, entry, expected);
  }

  void repeat(const GoOn& go_on) {
    Matrix<T> again(product_.m, c_.cols());
    for (int i = 0; i < repetitions && result_.repeatable && go_on(); ++i) {
      call_each(again);
      result_.repeatable = same_bits<T>(again.storage(), c_.storage());
    }
  }

  const Product<T>& product_;
  const Classes& classes_;
  const std::size_t products_;
  std::vector<std::optional<laws::SumProgram>> programs_;
  Matrix<T> a_, b_, c_;
  Certificate result_;
};

}  // namespace

template <class T>
Certificate certify(const Product<T>& product, const Classes& classes, const std::vector<ClassOrder>& orders,
                    std::uint64_t seed, std::size_t entries, const GoOn& go_on) {
  return Certifier<T>(product, classes, orders).certify(seed, entries, go_on);
}

template Certificate certify(const Product<float>&, const Classes&, const std::vector<ClassOrder>&, std::uint64_t,
                             std::size_t, const GoOn&);
template Certificate certify(const Product<double>&, const Classes&, const std::vector<ClassOrder>&, std::uint64_t,
                             std::size_t, const GoOn&);

}  // namespace sqrtn::order
