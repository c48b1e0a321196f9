#include "order/diagonal.hpp"

#include <algorithm>

#include "order/data.hpp"

namespace sqrtn::order {
namespace {

constexpr std::size_t draws = 8, most_on_diagonal = 64;

/// One tree, and which classes of the diagonal it may be that of.
struct Candidate {
  std::size_t number = 0;
  laws::SumProgram program;
};

/// Those of the classes beside the diagonal, each once.
std::vector<Candidate> candidates_of(const Classes& classes, const std::vector<ClassOrder>& orders) {
  std::vector<Candidate> candidates;
  for (std::size_t number = 0; number < orders.size(); ++number) {
    if (classes.classes[number].diagonal || !orders[number].tree) continue;
    const bool is_known = std::ranges::any_of(
        candidates, [&](const Candidate& one) { return orders[one.number].tree == orders[number].tree; });
    if (!is_known) candidates.push_back({number, laws::SumProgram(*orders[number].tree)});
  }
  return candidates;
}

/// Some of the class.
Group some_of(const Classes& classes, std::size_t number, std::size_t n) {
  Group entries;
  for (std::size_t i = 0; i < n && entries.size() < most_on_diagonal; ++i) {
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

}  // namespace

template <class T>
void read_diagonal(const Product<T>& product, const Classes& classes, std::vector<ClassOrder>& orders,
                   std::uint64_t seed) {
  if (!classes.is_triangle()) return;
  std::vector<std::vector<Candidate>> left(orders.size(), candidates_of(classes, orders));
  Matrix<T> a(product.m, product.k), b(product.k, product.n), c(product.m, product.n, product.n, T(0));
  for (std::size_t draw = 0; draw < draws; ++draw) {
    fill_fresh<T>(a.storage(), "diagonal a", seed, draw);
    make_symmetric(product.symmetric, a.view(), b.view());
    product.call(a.view(), b.view(), T(1), T(0), c.view());
    for (std::size_t number = 0; number < orders.size(); ++number) {
      if (!classes.classes[number].diagonal) continue;
      const Group entries = some_of(classes, number, product.n);
      std::erase_if(left[number], [&](const Candidate& one) { return !predicts(one, entries, a, b, c); });
    }
  }
  for (std::size_t number = 0; number < orders.size(); ++number) {
    if (!classes.classes[number].diagonal) continue;
    orders[number] = left[number].empty()
                         ? ClassOrder{{},
                                      "its products are squares, which never cancel, and it has the order of no "
                                      "other class"}
                         : orders[left[number].front().number];
  }
}

template void read_diagonal(const Product<float>&, const Classes&, std::vector<ClassOrder>&, std::uint64_t);
template void read_diagonal(const Product<double>&, const Classes&, std::vector<ClassOrder>&, std::uint64_t);

}  // namespace sqrtn::order
