#include <gtest/gtest.h>

#include "program.hpp"
#include "results/order.hpp"

/// The command `order` asked about libraries as they are.
namespace sqrtn::verify {
namespace {

// The reference begins each row of the symmetric factor at its diagonal: a class a row, but the first two.
TEST(OrderOfLibraries, OfAClassARowIsRead) {
  if (shell(Folder(), "sqrtn backends --blas reference").code != 0)
    GTEST_SKIP() << "the reference is not installed the way of Debian";
  EXPECT_EQ(shell(Folder(), "sqrtn order symm:300x4 --blas reference --entries 20000").code, 0);
}

std::size_t numbers_in(const std::string& text) {
  std::size_t n = 0;
  for (const results::Run& run : results::runs_of(text)) n += (run.end - run.first + run.step - 1) / run.step;
  return n;
}

TEST(OrderOfLibraries, TellsWhereEachClassIs) {
  const Folder folder;
  const Ended ended = shell(folder, "sqrtn order gemm:41x29x60 --json order.json");
  EXPECT_EQ(ended.code, 0) << ended.err;
  const results::OrderDocument document = results::read_orders(folder / "order.json");
  for (const results::OrderClass& one : document.orders.front().classes) {
    std::size_t entries = 0;
    for (const results::OrderBlock& block : one.blocks) entries += numbers_in(block.rows) * numbers_in(block.columns);
    EXPECT_EQ(entries, one.entries) << one.formula;
  }
}

// All of the triangle, and the diagonal.
TEST(OrderOfLibraries, OfSyrkIsReadUpToTheDiagonal) {
  const Folder folder;
  EXPECT_EQ(shell(folder, "sqrtn order syrk/LT:50x40 --entries 20000 --json order.json").code, 0);
  const results::OrderDocument document = results::read_orders(folder / "order.json");
  std::size_t entries = 0, on_diagonal = 0;
  for (const results::OrderClass& one : document.orders.front().classes) {
    EXPECT_FALSE(one.blocks.empty());
    entries += one.entries;
    on_diagonal += one.row == one.column ? one.entries : 0;
  }
  EXPECT_EQ(entries, 50U * 51 / 2);
  EXPECT_EQ(on_diagonal, 50U);
}

TEST(OrderOfLibraries, OfALibraryOfFortranIsByColumns) {
  const Folder folder;
  const Ended ended = shell(folder, "sqrtn order gemm/TN:12x10x30 dot:30 --entries 2000 --blas " +
                                        (program_folder() / "fortran-blas.so").string());
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(holds(ended.out, "gemm/TN/column:12x10x30 f32"));
  EXPECT_TRUE(holds(ended.out, "dot:30 f32"));
}

TEST(OrderOfLibraries, OfBfloat16IsReadWhereItIsExported) {
  const Ended ended =
      shell(Folder(), "sqrtn order gemm:5x5x5 --dtype bf16 --blas " + (program_folder() / "fortran-blas.so").string());
  EXPECT_EQ(ended.code, 4) << ended.err;
  EXPECT_TRUE(holds(ended.out, "not read: the library has no gemm of bf16")) << ended.out;
}

}  // namespace
}  // namespace sqrtn::verify
