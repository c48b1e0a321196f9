#include "order/diagonal.hpp"

#include <algorithm>

#include "order/data.hpp"

namespace sqrtn::order {
namespace {

// Two orders give an entry the same bits in many draws of its products; so many entries of a class tell them apart.
constexpr std::size_t enough_entries = 64;

struct Candidate {
  ClassOrder order;
  laws::SumProgram program;
};

/// The trees, each once.
std::vector<Candidate> candidates_of(const std::vector<ClassOrder>& orders) {
  std::vector<Candidate> candidates;
  for (const ClassOrder& order : orders) {
    if (!order.tree) continue;
    const bool is_known =
        std::ranges::any_of(candidates, [&](const Candidate& one) { return one.order.tree == order.tree; });
    if (!is_known) candidates.push_back({order, laws::SumProgram(*order.tree)});
  }
  return candidates;
}

/// Some of the class.
Group some_of(const Classes& classes, std::size_t number, std::size_t n) {
  Group entries;
  for (std::size_t i = 0; i < n && entries.size() < enough_entries; ++i) {
    if (classes.of_entry[i * n + i] == static_cast<std::int16_t>(number))
      entries.push_back(static_cast<std::uint32_t>(i));
  }
  return entries;
}

template <class T>
bool predicts(const Candidate& candidate, const Group& entries, const Matrix<T>& a, const Matrix<T>& b,
              const Matrix<T>& c) {
  Matrix<T> expected(1, 1);
  return std::ranges::all_of(entries, [&](std::uint32_t i) {
    candidate.program.evaluate<T>(a.view(), {&i, 1}, b.view(), {&i, 1}, expected.view());
    return bits_of(expected(0, 0)) == bits_of(c.view()(i, i));
  });
}

/// For these classes the first candidate that predicts fresh entries of each; those that have none.
template <class T>
std::vector<std::size_t> try_each(const Product<T>& product, const Classes& classes,
                                  const std::vector<std::size_t>& numbers, const std::vector<Candidate>& candidates,
                                  std::vector<ClassOrder>& orders, std::uint64_t seed) {
  std::vector<std::vector<Candidate>> left(numbers.size(), candidates);
  Matrix<T> a(product.m, product.k), b(product.k, product.n), c(product.m, product.n, product.n, T(0));
  std::vector<std::size_t> compared(numbers.size(), 0);
  const auto is_told = [&] {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (!left[i].empty() && compared[i] < enough_entries) return false;
    }
    return true;
  };
  for (std::size_t draw = 0; !is_told(); ++draw) {
    fill_fresh<T>(a.storage(), "diagonal a", seed, draw);
    make_symmetric(product.symmetric, a.view(), b.view());
    product.call(a.view(), b.view(), T(1), T(0), c.view());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const Group entries = some_of(classes, numbers[i], product.n);
      compared[i] += entries.size();
      std::erase_if(left[i], [&](const Candidate& one) { return !predicts(one, entries, a, b, c); });
    }
  }
  std::vector<std::size_t> rest;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (left[i].empty())
      rest.push_back(numbers[i]);
    else
      orders[numbers[i]] = left[i].front().order;
  }
  return rest;
}

}  // namespace

template <class T>
void read_diagonal(const Product<T>& product, const Classes& classes, std::vector<ClassOrder>& orders,
                   const std::function<std::vector<ClassOrder>()>& others, std::uint64_t seed) {
  std::vector<std::size_t> numbers;
  for (std::size_t number = 0; number < orders.size(); ++number) {
    if (!classes.classes[number].diagonal) continue;
    numbers.push_back(number);
    orders[number].why_not = "its products are squares, which never cancel, and it has the order of no other entry";
  }
  const std::vector<Candidate> candidates = candidates_of(orders);
  for (const std::size_t number : numbers) {
    if (candidates.empty()) orders[number].why_not = "it is read by the orders of other entries, and none was read";
  }
  if (!numbers.empty()) numbers = try_each(product, classes, numbers, candidates, orders, seed);
  if (!numbers.empty()) try_each(product, classes, numbers, candidates_of(others()), orders, seed);
}

template void read_diagonal(const Product<float>&, const Classes&, std::vector<ClassOrder>&,
                            const std::function<std::vector<ClassOrder>()>&, std::uint64_t);
template void read_diagonal(const Product<double>&, const Classes&, std::vector<ClassOrder>&,
                            const std::function<std::vector<ClassOrder>()>&, std::uint64_t);

}  // namespace sqrtn::order
