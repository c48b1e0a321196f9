#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "statistics/patterns.hpp"
#include "statistics/summary.hpp"
#include "verify.hpp"
#include "weights.hpp"

/// One pass over a tensor: every number against its definition.
namespace sqrtn::verify {
namespace {

using statistics::Summary;

constexpr Dtype all_dtypes[] = {Dtype::f16, Dtype::bf16, Dtype::f32, Dtype::f64};

// Rows that are no multiple of a vector or a piece, and a tensor that is cut into parts.
const Shape shapes[] = {{1}, {7}, {5, 16}, {3, 2051}, {37, 129}, {700, 3001}, {4, 3, 5, 5}, {2, 1, 31}};

std::vector<double> values_of(const StoredTensor& tensor) {
  std::vector<double> values(tensor.count());
  statistics::read_values(tensor, 0, values);
  return values;
}

void expect_near(double a, double b, double scale) { EXPECT_NEAR(a, b, 1e-12 * scale); }

void expect_matches_definition(const StoredTensor& tensor, const Summary& s) {
  const std::vector<double> x = values_of(tensor);
  double sum = 0, squares = 0;
  for (const double v : x) sum += v, squares += v * v;
  EXPECT_EQ(s.count, x.size());
  expect_near(s.sum, sum, std::sqrt(squares * static_cast<double>(x.size())));
  expect_near(s.sum_of_squares, squares, squares);
  EXPECT_EQ(s.minimum, *std::ranges::min_element(x));
  EXPECT_EQ(s.maximum, *std::ranges::max_element(x));
  EXPECT_EQ(s.n_zero, static_cast<std::size_t>(std::ranges::count(x, 0.0)));
  std::uint64_t in_cells = 0;
  for (const statistics::Cell& cell : s.cells) in_cells += cell.count;
  EXPECT_EQ(in_cells, x.size());
  for (std::size_t r = 0; r < s.rows.size(); ++r) {
    double row = 0, row_squares = 0;
    for (std::size_t c = 0; c < s.row_length; ++c)
      row += x[r * s.row_length + c], row_squares += std::pow(x[r * s.row_length + c], 2);
    expect_near(s.rows[r].sum, row, std::sqrt(row_squares * static_cast<double>(s.row_length)));
    expect_near(s.rows[r].sum_of_squares, row_squares, row_squares);
  }
  for (std::size_t c = 0; c < s.columns.size(); ++c) {
    double column = 0, column_squares = 0;
    for (std::size_t r = 0; r < s.rows.size(); ++r)
      column += x[r * s.row_length + c], column_squares += std::pow(x[r * s.row_length + c], 2);
    expect_near(s.columns[c].sum, column, std::sqrt(column_squares * static_cast<double>(s.rows.size())));
    expect_near(s.columns[c].sum_of_squares, column_squares, column_squares);
  }
}

TEST(Summary, IsWhatItsDefinitionSays) {
  for (const Dtype dtype : all_dtypes) {
    for (const Shape& shape : shapes) {
      SCOPED_TRACE(fmt::format("{} {}", to_string(dtype), to_string(shape)));
      const StoredTensor tensor = drawn("normal", shape, dtype, {random::Engine::ars, 1, 7});
      expect_matches_definition(tensor, statistics::summarise(tensor));
    }
  }
}

TEST(Summary, ThreadsChangeNoBit) {
  const StoredTensor tensor = drawn("normal", {3000, 1500}, Dtype::f32, {random::Engine::ars, 1, 8});
  const Summary one = statistics::summarise(tensor, 1), many = statistics::summarise(tensor, 3);
  EXPECT_EQ(one.sum, many.sum);
  EXPECT_EQ(one.sum_of_squares, many.sum_of_squares);
  EXPECT_EQ(one.hash, many.hash);
  ASSERT_EQ(one.columns.size(), many.columns.size());
  for (std::size_t c = 0; c < one.columns.size(); ++c) EXPECT_EQ(one.columns[c].sum, many.columns[c].sum);
}

TEST(Summary, WhatIsNotFiniteIsCountedAndLeftOut) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  const std::vector<double> values{1, nan, -2, infinity, 0, -infinity, 4};
  for (const Dtype dtype : all_dtypes) {
    const Summary s = statistics::summarise(stored<double>(values, {7}, dtype));
    EXPECT_EQ(s.n_nan, 1U);
    EXPECT_EQ(s.n_infinite, 2U);
    EXPECT_EQ(s.n_zero, 1U);
    EXPECT_EQ(s.sum, 3);
    EXPECT_EQ(s.sum_of_squares, 21);
    EXPECT_EQ(s.minimum, -2);
    EXPECT_EQ(s.maximum, 4);
    ASSERT_EQ(s.cells.size(), 4U);
    EXPECT_EQ(statistics::value_of(s.cells.front().pattern, dtype), -2);
  }
}

TEST(Summary, SubnormalsAndBytesInTheOtherOrder) {
  const std::vector<double> values{0x1p-130, -0x1p-131, 1, 0};
  StoredTensor tensor = stored<double>(values, {4}, Dtype::f32);
  EXPECT_EQ(statistics::summarise(tensor).n_subnormal, 2U);
  std::vector<std::byte> bytes(tensor.bytes.begin(), tensor.bytes.end());
  for (std::size_t i = 0; i < bytes.size(); i += 4)
    std::reverse(bytes.begin() + static_cast<long>(i), bytes.begin() + static_cast<long>(i) + 4);
  StoredTensor swapped = stored_bytes(bytes, {4}, Dtype::f32);
  swapped.swapped = true;
  EXPECT_EQ(values_of(swapped), values);
}

// The mass of a half's cell is exact: what rounds to a pattern lies between the ends of its cell, for every pattern.
TEST(Summary, EndsOfAllCellsAreWhereRoundingTurns) {
  const std::pair<Dtype, std::uint16_t (*)(float)> types[] = {{Dtype::f16, to_f16}, {Dtype::bf16, to_bf16}};
  for (const auto& [dtype, round] : types) {
    const unsigned infinite = dtype == Dtype::f16 ? 0x7c00 : 0x7f80;
    for (unsigned magnitude = 0; magnitude + 1 < infinite; ++magnitude) {
      for (const unsigned sign : {0U, 0x8000U}) {
        const auto pattern = static_cast<std::uint16_t>(sign | magnitude);
        const auto end = static_cast<float>(statistics::upper_end(pattern, dtype));
        const float inside = std::nextafterf(end, -INFINITY), outside = std::nextafterf(end, INFINITY);
        if (sign != 0 && magnitude == 0) continue;
        ASSERT_EQ(round(inside), pattern) << to_string(dtype) << " " << pattern;
        const unsigned next = sign == 0 ? magnitude + 1 : magnitude - 1;
        ASSERT_EQ(round(outside) & 0x7fffU, next) << to_string(dtype) << " " << pattern;
      }
    }
  }
}

TEST(Summary, HalvesAreReadExactly) {
  for (unsigned bits = 0; bits < 65536; ++bits) {
    const auto pattern = static_cast<std::uint16_t>(bits);
    if (std::isfinite(from_f16(pattern))) {
      ASSERT_EQ(to_f16(from_f16(pattern)), pattern);
    }
    if (std::isfinite(from_bf16(pattern))) {
      ASSERT_EQ(to_bf16(from_bf16(pattern)), pattern);
    }
  }
  EXPECT_EQ(from_f16(0x3555), 0x1.554p-2f);
  EXPECT_EQ(from_f16(0x0001), 0x1p-24f);
  EXPECT_EQ(to_f16(65520.f), 0x7c00);
  EXPECT_EQ(to_f16(65519.f), 0x7bff);
}

// Rows and columns of one content in any order and with any signs have one hash; others have not.
TEST(Summary, HashesKnowNoOrderAndNoSign) {
  std::vector<float> values = drawn_values("normal", {40, 64}, 9);
  for (std::size_t c = 0; c < 64; ++c) values[5 * 64 + c] = -values[11 * 64 + 63 - c];
  for (std::size_t r = 0; r < 40; ++r) values[r * 64 + 3] = values[r * 64 + 40];
  const Summary s = statistics::summarise(stored<float>(values, {40, 64}, Dtype::f32));
  EXPECT_EQ(s.columns[3].hash, s.columns[40].hash);
  EXPECT_NE(s.columns[3].hash, s.columns[41].hash);
  std::map<std::uint64_t, int> rows;
  for (const statistics::Line& row : s.rows) ++rows[row.hash];
  EXPECT_GE(rows.size(), 38U);
}

}  // namespace
}  // namespace sqrtn::verify
