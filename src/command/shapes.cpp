#include "command/shapes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "command/options.hpp"
#include "results/json_input.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::command {
namespace {

constexpr std::size_t most_bytes = 64 << 10, most_products = 500;

std::vector<bench::AskedProduct> products_in(const std::string& path) {
  std::istringstream lines(results::read_text(path, most_bytes, "file of shapes"));
  std::vector<bench::AskedProduct> products;
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line.erase(std::min(line.find('#'), line.size()));
    std::erase_if(line, [](char letter) { return letter == ' ' || letter == '\t' || letter == '\r'; });
    if (line.empty()) continue;
    try {
      products.push_back(bench::parse_product(line));
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument(fmt::format("{}:{}: {}", path, number, error.what()));
    }
  }
  require(!products.empty(), "{} names no product; write one a line, as gemm:180x5120x5120", path);
  return products;
}

}  // namespace

void add_shapes(CLI::App& subcommand, ShapeOptions& options) {
  subcommand
      .add_option("--shape", options.shapes,
                  "Only this product of your own: gemm:MxNxK or gemv:MxN; repeatable, answers are checked first")
      ->type_name("PRODUCT")
      ->check(word_error)
      ->allow_extra_args(false);
  add_file(subcommand, "--shapes", options.file, "Such products, one a line; # begins a comment");
}

std::vector<bench::AskedProduct> asked_products(const ShapeOptions& options) {
  std::vector<bench::AskedProduct> all, once;
  for (const std::string& shape : options.shapes) all.push_back(bench::parse_product(shape));
  if (!options.file.empty()) std::ranges::move(products_in(options.file), std::back_inserter(all));
  for (bench::AskedProduct& product : all) {
    if (std::ranges::find(once, product) == once.end()) once.push_back(std::move(product));
  }
  require(once.size() <= most_products, "{} products are too many for one run; at most {}", once.size(), most_products);
  return once;
}

std::string filter_for(const std::string& given, const std::vector<bench::AskedProduct>& products) {
  return given.empty() && !products.empty() ? "^products/" : given;
}

}  // namespace sqrtn::command
