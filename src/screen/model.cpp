#include "screen/model.hpp"

#include <algorithm>

#include "order/product.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::screen {
namespace {

std::vector<std::uint32_t> numbers_below(std::size_t size, const std::string& runs) {
  std::vector<std::uint32_t> numbers;
  for (const results::Run& run : results::runs_of(runs)) {
    require(run.end <= size, "an order of {} rows and columns has no entries {}", size, runs);
    for (std::uint32_t number = run.first; number < run.end; number += run.step) numbers.push_back(number);
  }
  return numbers;
}

}  // namespace

const Block* Model::block_of(std::size_t row, std::size_t column) const {
  for (const Block& block : blocks) {
    if (std::ranges::binary_search(block.rows, row) && std::ranges::binary_search(block.columns, column)) return &block;
  }
  return nullptr;
}

Model model_of(const results::LibraryOrder& order) {
  const order::Request request = order::parse_request(order.request);
  require(request.routine == "gemm" && request.m == request.n && request.n == request.k,
          "{}: only square products are screened", order.request);
  Model model{.is_f64 = order.dtype == "f64", .size = request.n, .kernel = order.identity.kernel};
  if (!order.refusal.empty() || !order.repeatable) return model;
  std::size_t entries = 0;
  for (const results::OrderClass& one : order.classes) {
    if (one.verdict != results::OrderVerdict::certified || one.blocks.empty()) continue;
    model.trees.push_back(laws::from_code(one.tree));
    require(model.trees.back().products() == model.size, "an order of {} products was expected, got {}", model.size,
            model.trees.back().products());
    model.programs.emplace_back(model.trees.back());
    for (const results::OrderBlock& of : one.blocks) {
      const Block& block = model.blocks.emplace_back(
          Block{numbers_below(model.size, of.rows), numbers_below(model.size, of.columns), model.trees.size() - 1});
      model.ends.push_back(entries += block.rows.size() * block.columns.size());
    }
  }
  return model;
}

}  // namespace sqrtn::screen
