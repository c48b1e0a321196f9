#include "statistics/summary.hpp"

#include <algorithm>

#include "sqrtn/support/parallel.hpp"
#include "statistics/patterns.hpp"
#include "statistics/summary_part.hpp"

namespace sqrtn::statistics {
namespace {

constexpr std::size_t shortest_row = 16, longest_row = std::size_t{1} << 24;
constexpr std::size_t most_rows = std::size_t{1} << 20, most_columns = std::size_t{1} << 16;
constexpr std::size_t part_size = std::size_t{1} << 20, most_parts = 64;
constexpr std::size_t largest_part = std::size_t{1} << 31;  // what a cell of 32 bits counts

/// A tensor as rows that are summarised on their own; one row of all values where it is no matrix.
struct Layout {
  std::size_t rows = 1, row_length = 0;
  bool is_matrix = false, has_columns = false;
};

Layout layout_of(const StoredTensor& tensor) {
  const std::size_t count = tensor.count();
  const Layout flat{1, count, false, false};
  if (tensor.shape.size() < 2) return flat;
  const std::size_t rows = tensor.reversed ? tensor.shape.back() : tensor.shape.front(), length = count / rows;
  if (rows < 2 || rows > most_rows || length < shortest_row || length > longest_row) return flat;
  return {rows, length, true, length <= most_columns};
}

std::vector<Cell> merged(const std::vector<Cell>& a, const std::vector<Cell>& b) {
  std::vector<Cell> all;
  all.reserve(a.size() + b.size());
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (j == b.size() || (i < a.size() && a[i].pattern < b[j].pattern)) {
      all.push_back(a[i++]);
    } else if (i == a.size() || b[j].pattern < a[i].pattern) {
      all.push_back(b[j++]);
    } else {
      all.push_back({a[i].pattern, a[i].count + b[j].count});
      ++i, ++j;
    }
  }
  return all;
}

/// A sum of hashes below, an exclusive or above: what two parts that are read as one have.
std::uint64_t joined(std::uint64_t a, std::uint64_t b) {
  return ((a ^ b) & 0xffffffff00000000u) | static_cast<std::uint32_t>(a + b);
}

void merge(Part& into, const Part& from) {
  Summary& s = into.summary;
  const Summary& o = from.summary;
  s.count += o.count;
  s.sum += o.sum;
  s.sum_of_squares += o.sum_of_squares;
  s.hash = joined(s.hash, o.hash);
  s.n_nan += o.n_nan;
  s.n_infinite += o.n_infinite;
  s.n_zero += o.n_zero;
  s.minimum = std::min(s.minimum, o.minimum);
  s.maximum = std::max(s.maximum, o.maximum);
  s.used_bits |= o.used_bits;
  s.cells = merged(s.cells, o.cells);
  s.anchors.insert(s.anchors.end(), o.anchors.begin(), o.anchors.end());
  Columns& c = into.columns;
  for (std::size_t j = 0; j < c.sums.size(); ++j) {
    c.sums[j] += from.columns.sums[j];
    c.squares[j] += from.columns.squares[j];
    c.hashes[j] += from.columns.hashes[j];
  }
}

/// Places where the tensor is cut: between rows of a matrix, else anywhere.
std::size_t n_parts_of(std::size_t count) {
  const std::size_t wanted = std::min(most_parts, (count + part_size - 1) / part_size);
  return std::max({std::size_t{1}, wanted, (count + largest_part - 1) / largest_part});
}

Part summarise_part(const StoredTensor& tensor, const Layout& layout, std::size_t begin, std::size_t end,
                    std::span<Line> rows) {
  PartSummary part(tensor, layout.has_columns ? layout.row_length : 0, end - begin);
  if (!layout.is_matrix) {
    const Line whole = part.add_row(begin, end - begin);
    Part done = part.take();
    done.summary.sum = whole.sum;
    done.summary.sum_of_squares = whole.sum_of_squares;
    done.summary.hash = whole.hash;
    return done;
  }
  for (std::size_t at = begin; at < end; at += layout.row_length) {
    rows[at / layout.row_length] = part.add_row(at, layout.row_length);
  }
  return part.take();
}

/// What was taken out and stood as zeros since; cells in the order of their numbers.
void finish(Summary& s, const Dtype dtype) {
  const std::size_t taken_out = s.n_nan + s.n_infinite;
  s.n_zero -= taken_out;
  if (taken_out > 0) {
    s.cells.front().count -= taken_out;  // pattern 0
    if (s.cells.front().count == 0) s.cells.erase(s.cells.begin());
  }
  const unsigned first_normal = dtype == Dtype::f16 ? 0x400 : 0x80;
  std::size_t below = 0;
  for (const Cell& cell : s.cells) {
    if ((cell.pattern & 0x7fffu) < first_normal) below += cell.count;
  }
  s.n_subnormal = dtype == Dtype::f64 ? 0 : below - s.n_zero;
  std::ranges::sort(s.cells, {}, [](const Cell& cell) { return order_of(cell.pattern); });
}

void add_lines(Summary& s, std::vector<Line> rows, const Columns& columns) {
  for (const Line& row : rows) {
    s.sum += row.sum;
    s.sum_of_squares += row.sum_of_squares;
    s.hash = joined(s.hash, row.hash);
  }
  s.rows = std::move(rows);
  for (std::size_t j = 0; j < columns.sums.size(); ++j) {
    s.columns.push_back({columns.sums[j], columns.squares[j], columns.hashes[j]});
  }
}

}  // namespace

Summary summarise(const StoredTensor& tensor, unsigned threads,
                  const std::function<void(std::size_t values)>& progress) {
  const Layout layout = layout_of(tensor);
  const std::size_t count = tensor.count(), unit = layout.is_matrix ? layout.row_length : 1, units = count / unit;
  const std::size_t n_parts = std::min(n_parts_of(count), units);
  std::vector<Line> rows(layout.is_matrix ? layout.rows : 0);
  std::vector<Part> parts(n_parts);
  parallel_for(n_parts, threads, [&](std::size_t i) {
    const std::size_t begin = units * i / n_parts * unit, end = units * (i + 1) / n_parts * unit;
    parts[i] = summarise_part(tensor, layout, begin, end, rows);
    if (progress) progress(end - begin);
    const std::size_t size = bytes_of(tensor.dtype);
    if (tensor.storage.file) tensor.storage.file->release(tensor.bytes.subspan(begin * size, (end - begin) * size));
  });
  Part whole = std::move(parts[0]);
  for (std::size_t i = 1; i < n_parts; ++i) merge(whole, parts[i]);
  Summary& s = whole.summary;
  s.row_length = layout.is_matrix ? layout.row_length : 0;
  add_lines(s, std::move(rows), whole.columns);
  finish(s, tensor.dtype);
  return std::move(s);
}

}  // namespace sqrtn::statistics
