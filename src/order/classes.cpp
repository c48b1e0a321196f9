#include "order/classes.hpp"

#include <algorithm>
#include <unordered_map>

#include "order/data.hpp"
#include "order/triangle.hpp"

namespace sqrtn::order {
namespace {

constexpr std::size_t most_classes = 2048, usual_groups = 256, most_blocks = usual_groups * usual_groups;

/// A number for each entry, from its bits in each of the products; none if a product was not the same again.
template <class T>
std::vector<std::uint64_t> signatures_of(const Product<T>& product, std::uint64_t seed) {
  const std::size_t m = product.m, n = product.n, k = product.k;
  Matrix<T> a(m, k), b(k, n), c(m, n), again(m, n);
  std::vector<std::uint64_t> signature(m * n, 0);
  for (std::size_t sum = 0; sum < sensitive_sums(product.symmetric); ++sum) {
    Factors<T> factors = sensitive_factors<T>(sum, k, seed, product.symmetric);
    make_short<T>(product, factors.a);
    make_short<T>(product, factors.b);
    for (std::size_t i = 0; i < m; ++i) std::ranges::copy(factors.a, &a(i, 0));
    for (std::size_t l = 0; l < k; ++l) std::fill_n(&b(l, 0), n, factors.b[l]);
    product.call(a.view(), b.view(), T(1), T(0), c.view());
    for (std::size_t i = 0; i < m * n; ++i) signature[i] = mixed(signature[i], bits_of(c.storage()[i]));
    if (sum > 0) continue;
    product.call(a.view(), b.view(), T(1), T(0), again.view());
    if (!same_bits<T>(c.storage(), again.storage())) return {};
  }
  return signature;
}

/// Rows, or columns, of equal number, in the order in which they first appear.
std::vector<Group> groups_of(const std::vector<std::uint64_t>& numbers) {
  std::vector<Group> groups;
  std::unordered_map<std::uint64_t, std::size_t> known;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto [place, is_new] = known.try_emplace(numbers[i], groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].push_back(static_cast<std::uint32_t>(i));
  }
  std::ranges::stable_sort(groups, std::greater{}, &Group::size);
  return groups;
}

/// The largest of them; more than usual where there are few of the others.
void keep_most(std::vector<Group>& groups, const std::vector<Group>& others) {
  const std::size_t most = std::min(most_classes, most_blocks / std::min(others.size(), usual_groups));
  if (groups.size() > most) groups.resize(most);
}

/// Counts the classes, and keeps the largest.
std::unordered_map<std::uint64_t, std::int16_t> number_classes(const std::vector<std::uint64_t>& signature,
                                                               std::size_t n, Classes& found) {
  std::unordered_map<std::uint64_t, EntryClass> known;
  for (std::size_t i = 0; i < signature.size(); ++i) {
    if (signature[i] == no_entry) continue;
    const auto [place, is_new] = known.try_emplace(signature[i]);
    if (is_new) {
      place->second.row = static_cast<std::uint32_t>(i / n);
      place->second.column = static_cast<std::uint32_t>(i % n);
    }
    ++place->second.entries;
  }
  found.distinct = known.size();
  std::vector<std::pair<std::uint64_t, EntryClass>> all(known.begin(), known.end());
  std::ranges::sort(all, [](const auto& x, const auto& y) {
    return std::tuple(y.second.entries, x.second.row, x.second.column) <
           std::tuple(x.second.entries, y.second.row, y.second.column);
  });
  if (all.size() > most_classes) all.resize(most_classes);
  std::unordered_map<std::uint64_t, std::int16_t> numbers;
  for (const auto& [hash, one] : all) {
    numbers[hash] = static_cast<std::int16_t>(found.classes.size());
    found.classes.push_back(one);
  }
  return numbers;
}

/// The groups of rows and of columns, and where the classes are among them.
void find_groups(const std::vector<std::uint64_t>& signature, std::size_t m, std::size_t n,
                 const std::unordered_map<std::uint64_t, std::int16_t>& numbers, Classes& found) {
  std::vector<std::uint64_t> of_row(m, 0), of_column(n, 0);
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      of_row[i] = mixed(of_row[i], signature[i * n + j]);
      of_column[j] = mixed(of_column[j], signature[i * n + j]);
    }
  }
  found.row_groups = groups_of(of_row);
  found.column_groups = groups_of(of_column);
  keep_most(found.row_groups, found.column_groups);
  keep_most(found.column_groups, found.row_groups);
  for (const Group& rows : found.row_groups) {
    for (const Group& columns : found.column_groups) {
      const auto number = numbers.find(signature[rows.front() * n + columns.front()]);
      found.of_block.push_back(number == numbers.end() ? std::int16_t{-1} : number->second);
    }
  }
}

/// Of each class its largest block; a class that has none among the groups kept stays without entries of its own.
void find_blocks(Classes& found) {
  std::vector<std::size_t> largest(found.classes.size(), 0);
  for (std::size_t r = 0; r < found.row_groups.size(); ++r) {
    for (std::size_t c = 0; c < found.column_groups.size(); ++c) {
      const std::int16_t number = found.at(r, c);
      const std::size_t size = found.row_groups[r].size() * found.column_groups[c].size();
      if (number < 0 || size <= largest[static_cast<std::size_t>(number)]) continue;
      EntryClass& one = found.classes[static_cast<std::size_t>(number)];
      largest[static_cast<std::size_t>(number)] = size;
      one.has_block = true;
      one.row_group = r;
      one.column_group = c;
    }
  }
}

std::vector<std::int32_t> sorted(const Group& group) {
  std::vector<std::int32_t> numbers(group.begin(), group.end());
  std::ranges::sort(numbers);
  return numbers;
}

}  // namespace

template <class T>
Classes find_classes(const Product<T>& product, std::uint64_t seed) {
  Classes found;
  const bool is_triangle = product.symmetric == Symmetric::c;
  const std::vector<std::uint64_t> signature =
      is_triangle ? signatures_of_triangle(product, seed) : signatures_of(product, seed);
  found.repeatable = !signature.empty();
  if (!found.repeatable) return found;
  const auto numbers = number_classes(signature, product.n, found);
  if (is_triangle) {
    for (const std::uint64_t one : signature) {
      const auto number = numbers.find(one);
      found.of_entry.push_back(number == numbers.end() ? std::int16_t{-1} : number->second);
    }
    find_tiles(found, product.n, product.upper);
  } else {
    find_groups(signature, product.m, product.n, numbers, found);
    find_blocks(found);
  }
  return found;
}

std::vector<EntryBlock> blocks_of(const Classes& classes, std::size_t number) {
  if (classes.is_triangle()) return blocks_of_triangle(classes, number);
  std::vector<EntryBlock> blocks;
  for (std::size_t row_group = 0; row_group < classes.row_groups.size(); ++row_group) {
    Group columns;
    for (std::size_t group = 0; group < classes.column_groups.size(); ++group) {
      if (classes.at(row_group, group) != static_cast<std::int16_t>(number)) continue;
      columns.insert(columns.end(), classes.column_groups[group].begin(), classes.column_groups[group].end());
    }
    if (!columns.empty()) blocks.push_back({sorted(classes.row_groups[row_group]), sorted(columns)});
  }
  return blocks;
}

template Classes find_classes(const Product<float>&, std::uint64_t);
template Classes find_classes(const Product<double>&, std::uint64_t);

}  // namespace sqrtn::order
