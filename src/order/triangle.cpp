#include "order/triangle.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <numeric>
#include <tuple>

#include "order/data.hpp"

namespace sqrtn::order {
namespace {

constexpr std::size_t square_sums = 16;  // in which orders on the diagonal are told apart

/// Rows whose digit is 0 are one of the two, the others the other.
template <class T>
void set_rows(Matrix<T>& a, const Factors<T>& factors, std::size_t digit) {
  for (std::size_t i = 0; i < a.rows(); ++i)
    std::ranges::copy(((i >> digit) & 1) != 0 ? factors.b : factors.a, &a(i, 0));
}

template <class T>
class TriangleSignatures {
 public:
  TriangleSignatures(const Product<T>& product, std::uint64_t seed)
      : product_(product),
        seed_(seed),
        a_(product.m, product.k),
        c_(product.m, product.n, product.n, T(0)),
        signature_(product.m * product.n, no_entry) {}

  std::vector<std::uint64_t> find() {
    for (std::size_t sum = 0; sum < sensitive_sums(Symmetric::none); ++sum) {
      const Factors<T> factors = sensitive_factors<T>(sum, product_.k, seed_, Symmetric::none);
      for (std::size_t digit = 0; (product_.n - 1) >> digit > 0; ++digit) {
        set_rows(a_, factors, digit);
        call(c_);
        mix_where([digit](std::size_t i, std::size_t j) {
          return i != j && digit + 1 == static_cast<std::size_t>(std::bit_width(i ^ j));
        });
        if (sum == 0 && digit == 0 && !is_same_again()) return {};
      }
    }
    for (std::size_t sum = 0; sum < square_sums; ++sum) {
      set_rows(a_, equal_factors(sum), 0);
      call(c_);
      mix_where([](std::size_t i, std::size_t j) { return i == j; });
    }
    return std::move(signature_);
  }

 private:
  void call(Matrix<T>& out) { product_.call(a_.view(), {}, T(1), T(0), out.view()); }

  template <class Where>
  void mix_where(const Where& where) {
    for (std::size_t i = 0; i < product_.m; ++i) {
      for (std::size_t j = 0; j < product_.n; ++j) {
        std::uint64_t& signature = signature_[i * product_.n + j];
        // What begins with 1 is no number of an entry beside the diagonal.
        if (signature == no_entry && i == j) signature = 1;
        if (product_.has(i, j) && where(i, j)) signature = mixed(signature, bits_of(c_(i, j)));
      }
    }
  }

  bool is_same_again() {
    Matrix<T> again(product_.m, product_.n, product_.n, T(0));
    call(again);
    return same_bits<T>(c_.storage(), again.storage());
  }

  Factors<T> equal_factors(std::size_t sum) const {
    const std::size_t kinds = sensitive_sums(Symmetric::none);
    const Factors<T> factors = sensitive_factors<T>(sum % kinds, product_.k, seed_ + 1 + sum / kinds, Symmetric::none);
    return {factors.a, factors.a};
  }

  const Product<T>& product_;
  const std::uint64_t seed_;
  Matrix<T> a_, c_;
  std::vector<std::uint64_t> signature_;
};

struct Tile {
  Group rows, columns;
  [[nodiscard]] std::size_t size() const { return rows.size() * columns.size(); }
};

/// Of each class its largest crossing of rows and columns among these.
std::map<std::int16_t, Tile> largest_tiles(const Classes& found, std::size_t n, const Group& rows,
                                           const Group& columns) {
  std::map<std::pair<std::int16_t, Group>, Group> rows_of;  // by class, and its columns there
  for (const std::uint32_t i : rows) {
    std::map<std::int16_t, Group> columns_of;
    for (const std::uint32_t j : columns) columns_of[found.of_entry[i * n + j]].push_back(j);
    for (auto& [number, own] : columns_of) rows_of[{number, std::move(own)}].push_back(i);
  }
  std::map<std::int16_t, Tile> largest;
  for (auto& [of, own] : rows_of) {
    Tile& tile = largest[of.first];
    if (own.size() * of.second.size() > tile.size()) tile = {own, of.second};
  }
  largest.erase(-1);
  return largest;
}

/// As many of the tiles, cut to one size, as make up the most entries, if they are more than those that are asked now.
void choose(std::vector<Tile> tiles, EntryClass& one, Group& rows, Group& columns) {
  std::ranges::stable_sort(tiles, std::greater{}, &Tile::size);
  std::size_t height = tiles.front().rows.size(), width = tiles.front().columns.size();
  std::size_t most = rows.size() * columns.size() / one.tiles, chosen = 0, best_height = 0, best_width = 0;
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    height = std::min(height, tiles[i].rows.size());
    width = std::min(width, tiles[i].columns.size());
    if (height * width * (i + 1) <= most) continue;
    most = height * width * (i + 1);
    std::tie(chosen, best_height, best_width) = std::tuple(i + 1, height, width);
  }
  if (chosen == 0) return;
  one.has_block = true;
  one.tiles = chosen;
  rows.clear();
  columns.clear();
  for (std::size_t i = 0; i < chosen; ++i) {
    rows.insert(rows.end(), tiles[i].rows.begin(), tiles[i].rows.begin() + static_cast<std::ptrdiff_t>(best_height));
    columns.insert(columns.end(), tiles[i].columns.begin(),
                   tiles[i].columns.begin() + static_cast<std::ptrdiff_t>(best_width));
  }
}

Group numbers_between(std::size_t first, std::size_t end) {
  Group numbers(end - first);
  std::iota(numbers.begin(), numbers.end(), static_cast<std::uint32_t>(first));
  return numbers;
}

/// Rows, from that of most columns on, that have the classes of the first of a group.
std::vector<Group> alike_rows(const Classes& found, std::size_t n, bool upper) {
  std::vector<Group> groups;
  for (std::size_t step = 0; step < n; ++step) {
    const std::size_t i = upper ? step : n - 1 - step, begin = upper ? i + 1 : 0, end = upper ? n : i;
    const auto row = [&](std::size_t r) { return found.of_entry.begin() + static_cast<std::ptrdiff_t>(r * n); };
    const auto own = row(i);
    const auto group = std::ranges::find_if(groups, [&](const Group& one) {
      return std::equal(own + static_cast<std::ptrdiff_t>(begin), own + static_cast<std::ptrdiff_t>(end),
                        row(one.front()) + static_cast<std::ptrdiff_t>(begin));
    });
    (group == groups.end() ? groups.emplace_back() : *group).push_back(static_cast<std::uint32_t>(i));
  }
  return groups;
}

}  // namespace

template <class T>
std::vector<std::uint64_t> signatures_of_triangle(const Product<T>& product, std::uint64_t seed) {
  return TriangleSignatures<T>(product, seed).find();
}

void find_tiles(Classes& found, std::size_t n, bool upper) {
  found.row_groups.resize(found.classes.size());
  found.column_groups.resize(found.classes.size());
  for (std::size_t number = 0; number < found.classes.size(); ++number) {
    EntryClass& one = found.classes[number];
    one.row_group = one.column_group = number;
    one.diagonal = one.row == one.column;
  }
  // Squares of equal size beside the diagonal, as the halves of larger ones have them: each entry is in one.
  for (std::size_t half = 1; half < n; half *= 2) {
    std::map<std::int16_t, std::vector<Tile>> tiles;
    for (std::size_t begin = 0; begin + half < n; begin += 2 * half) {
      const Group low = numbers_between(begin, begin + half),
                  high = numbers_between(begin + half, std::min(begin + 2 * half, n));
      for (auto& [number, tile] : largest_tiles(found, n, upper ? low : high, upper ? high : low))
        tiles[number].push_back(std::move(tile));
    }
    for (auto& [number, of_class] : tiles) {
      const auto at = static_cast<std::size_t>(number);
      choose(std::move(of_class), found.classes[at], found.row_groups[at], found.column_groups[at]);
    }
  }
  found.alike = alike_rows(found, n, upper);
}

std::vector<EntryBlock> blocks_of_triangle(const Classes& classes, std::size_t number) {
  const std::size_t n = std::accumulate(classes.alike.begin(), classes.alike.end(), std::size_t{0},
                                        [](std::size_t sum, const Group& rows) { return sum + rows.size(); });
  const auto is_of = [&](std::size_t i, std::size_t j) {
    return classes.of_entry[i * n + j] == static_cast<std::int16_t>(number);
  };
  const auto columns_where = [n](const auto& is) {
    std::vector<std::int32_t> columns;
    for (std::size_t j = 0; j < n; ++j) {
      if (is(j)) columns.push_back(static_cast<std::int32_t>(j));
    }
    return columns;
  };
  if (classes.classes[number].diagonal) {
    const std::vector<std::int32_t> own = columns_where([&](std::size_t j) { return is_of(j, j); });
    return {{own, own}};
  }
  std::vector<EntryBlock> blocks;
  for (const Group& rows : classes.alike) {
    EntryBlock block{{rows.begin(), rows.end()}, columns_where([&](std::size_t j) { return is_of(rows.front(), j); })};
    std::ranges::sort(block.rows);
    if (!block.columns.empty()) blocks.push_back(std::move(block));
  }
  return blocks;
}

template std::vector<std::uint64_t> signatures_of_triangle(const Product<float>&, std::uint64_t);
template std::vector<std::uint64_t> signatures_of_triangle(const Product<double>&, std::uint64_t);

}  // namespace sqrtn::order
