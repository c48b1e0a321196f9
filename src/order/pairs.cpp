#include "order/pairs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace sqrtn::order {
namespace {

/// Absorbs counts in 64 significant bits too, so that the tree of wider accumulators is read as well.
template <class T>
constexpr T huge = T(0x1p100);

constexpr std::size_t most_sizes = std::size_t{1} << 22;  // that one class asks for at first
constexpr std::size_t most_kept = std::size_t{1} << 26;   // of all classes, beside what each of them asks for
constexpr std::size_t first_products = 32;                // the same, where each of its pairs is a question

/// What is known of one class, and asked.
struct ClassSizes {
  std::vector<SumSizes> known;
  std::vector<std::int32_t> ask;
  bool done = false;
};

template <class T>
class PairReader {
 public:
  PairReader(const Product<T>& product, const Classes& classes, std::vector<ClassOrder>& orders, const GoOn& go_on)
      : product_(product), classes_(classes), go_on_(go_on), sizes_(orders.size()), orders_(orders) {}

  void read(const std::vector<std::size_t>& numbers) {
    for (ClassSizes& sizes : sizes_) sizes.done = true;
    for (const std::size_t number : numbers) begin(number);
    while (std::ranges::any_of(sizes_, [](const ClassSizes& sizes) { return !sizes.done; })) {
      if (!ask_round()) break;
      for (std::size_t number = 0; number < sizes_.size(); ++number) conclude(number);
    }
    for (std::size_t number = 0; number < sizes_.size(); ++number) {
      if (!sizes_[number].done) orders_[number].why_not = "there was no time to read it";
    }
  }

 private:
  [[nodiscard]] std::size_t k() const { return product_.k; }
  /// Whether one factor asks of both products, since the other is to stay symmetric.
  [[nodiscard]] bool by_pairs() const { return has_symmetric_factor(product_.symmetric); }

  /// As many products as one call asks about anyway, spread over all of them.
  void begin(std::size_t number) {
    const EntryClass& one = classes_.classes[number];
    ClassSizes& sizes = sizes_[number];
    sizes.done = false;
    if (k() <= 2 || !one.has_block) {
      sizes.done = true;
      if (!one.has_block) orders_[number].why_not = "its entries form no block of rows and columns";
      if (one.has_block) orders_[number].tree = k() == 1 ? laws::product_term(0) : laws::sum_chain(0, 2, false);
      return;
    }
    const std::size_t rows = classes_.rows_of(one), columns = classes_.columns_of(one);
    const std::size_t most = by_pairs() ? first_products : std::max(most_sizes / k(), std::size_t{1});
    const std::size_t free = one.tiles == 1 ? std::min(rows, columns) : rows * columns * one.tiles / k() + 1;
    const std::size_t first = std::min({free, k(), most});
    std::set<std::int32_t> ask;
    for (std::size_t i = 0; i < first; ++i) {
      // Half of them are neighbours, so that each of several lanes has one.
      const std::size_t at = i < (first + 1) / 2 ? i : i * k() / first;
      ask.insert(static_cast<std::int32_t>(at));
    }
    sizes.ask.assign(ask.begin(), ask.end());
  }

  /// One question a product and each other one.
  [[nodiscard]] std::vector<Question<T>> pairs(const std::vector<std::int32_t>& products) const {
    std::vector<Question<T>> all;
    for (const std::int32_t product : products) {
      for (std::int32_t other = 0; index(other) < k(); ++other)
        all.push_back({{product, other, -1}, {huge<T>, -huge<T>, 0}});
    }
    return all;
  }

  /// One question a product; `factor`: M or −M.
  static std::vector<Question<T>> questions(const std::vector<std::int32_t>& products, T factor) {
    std::vector<Question<T>> all;
    for (const std::int32_t product : products) all.push_back({{product, -1, -1}, {factor, 0, 0}});
    return all;
  }

  /// Which products are asked about in rows, or else in columns; all others in the other.
  std::vector<std::vector<std::int32_t>> asked(bool in_rows) const {
    std::vector<std::set<std::int32_t>> of_group((in_rows ? classes_.row_groups : classes_.column_groups).size());
    for (std::size_t number = 0; number < sizes_.size(); ++number) {
      if (sizes_[number].done) continue;
      const EntryClass& one = classes_.classes[number];
      of_group[in_rows ? one.row_group : one.column_group].insert(sizes_[number].ask.begin(), sizes_[number].ask.end());
    }
    std::vector<std::vector<std::int32_t>> lists;
    for (const auto& set : of_group) lists.emplace_back(set.begin(), set.end());
    return lists;
  }

  Questions<T> round(bool in_rows, const std::vector<std::vector<std::int32_t>>& products) const {
    Questions<T> questions_of;
    auto& asking = in_rows ? questions_of.rows : questions_of.columns;
    auto& answering = in_rows ? questions_of.columns : questions_of.rows;
    for (const auto& list : products) asking.push_back(by_pairs() ? pairs(list) : questions(list, huge<T>));
    answering.resize((in_rows ? classes_.column_groups : classes_.row_groups).size());
    std::vector<std::int32_t> all(k());
    std::iota(all.begin(), all.end(), 0);
    for (std::size_t number = 0; number < sizes_.size(); ++number) {
      if (sizes_[number].done) continue;
      const EntryClass& one = classes_.classes[number];
      answering[in_rows ? one.column_group : one.row_group] =
          by_pairs() ? std::vector<Question<T>>(1) : questions(all, -huge<T>);
    }
    return questions_of;
  }

  bool ask_round() {
    const auto in_rows = asked(true), in_columns = asked(false);
    const Questions<T> by_rows = round(true, in_rows), by_columns = round(false, in_columns);
    const bool rows = by_pairs() ? product_.symmetric == Symmetric::b
                                 : calls_for<T>(classes_, by_rows) <= calls_for<T>(classes_, by_columns);
    const auto& products = rows ? in_rows : in_columns;
    // Where a product's sizes of a class stand, by group and question.
    std::vector<std::vector<SumSizes*>> places(sizes_.size());
    for (std::size_t number = 0; number < sizes_.size(); ++number) {
      if (sizes_[number].done) continue;
      const EntryClass& one = classes_.classes[number];
      const auto& list = products[rows ? one.row_group : one.column_group];
      auto& known = sizes_[number].known;
      known.reserve(known.size() + list.size());
      for (const std::int32_t product : list) {
        // What other classes ask for is told as well, and kept while there is room.
        const bool is_own = std::ranges::binary_search(sizes_[number].ask, product);
        const bool is_kept = is_own || known.size() * k() * sizes_.size() < most_kept;
        if (is_kept) known.push_back({product, std::vector<std::int32_t>(k(), 0)});
        places[number].push_back(is_kept ? &known.back() : nullptr);
      }
    }
    const auto take = [&](std::size_t number, std::size_t row, std::size_t column, T entry) {
      if (sizes_[number].done) return;
      const std::size_t question = rows ? row : column;
      SumSizes* const place = places[number][by_pairs() ? question / k() : question];
      if (place == nullptr) return;
      SumSizes& sizes = *place;
      const std::size_t other = by_pairs() ? question % k() : rows ? column : row;
      if (index(sizes.product) == other) return;
      const T size = T(k()) - entry;
      if (size >= T(2) && size <= T(k()) && size == std::floor(size)) {
        sizes.of[other] = static_cast<std::int32_t>(size);
      } else if (orders_[number].why_not.empty()) {
        orders_[number].why_not = fmt::format(
            "with 2^100 and -2^100 as products {} and {}, all others 1, it returned {}: "
            "that is no sum of two at a time",
            sizes.product, other, entry);
      }
    };
    return ask_all<T>(product_, classes_, rows ? by_rows : by_columns, take, go_on_);
  }

  static std::size_t index(std::int32_t product) { return static_cast<std::size_t>(product); }

  void conclude(std::size_t number) {
    ClassSizes& sizes = sizes_[number];
    if (sizes.done) return;
    ClassOrder& order = orders_[number];
    if (order.why_not.empty()) {
      TreeAttempt attempt = tree_of(k(), sizes.known);
      order.tree = std::move(attempt.tree);
      order.why_not = std::move(attempt.why_not);
      std::ranges::sort(attempt.ask);
      attempt.ask.erase(std::unique(attempt.ask.begin(), attempt.ask.end()), attempt.ask.end());
      sizes.ask = std::move(attempt.ask);
    }
    sizes.done = order.tree.has_value() || !order.why_not.empty();
  }

  const Product<T>& product_;
  const Classes& classes_;
  const GoOn& go_on_;
  std::vector<ClassSizes> sizes_;
  std::vector<ClassOrder>& orders_;
};

}  // namespace

template <class T>
void read_trees(const Product<T>& product, const Classes& classes, const std::vector<std::size_t>& numbers,
                std::vector<ClassOrder>& orders, const GoOn& go_on) {
  PairReader<T>(product, classes, orders, go_on).read(numbers);
}

template void read_trees(const Product<float>&, const Classes&, const std::vector<std::size_t>&,
                         std::vector<ClassOrder>&, const GoOn&);
template void read_trees(const Product<double>&, const Classes&, const std::vector<std::size_t>&,
                         std::vector<ClassOrder>&, const GoOn&);

}  // namespace sqrtn::order
