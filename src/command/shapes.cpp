#include "command/shapes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "command/options.hpp"
#include "results/json_input.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::command {
namespace {

constexpr std::size_t most_bytes = 64 << 10, most_shapes = 500;

/// take(shape, its line) for each that the file names.
void for_shapes_in(const std::string& path, const std::function<void(const std::string&, std::size_t)>& take) {
  std::istringstream lines(results::read_text(path, most_bytes, "file of shapes"));
  std::size_t number = 0;
  bool any = false;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line.erase(std::min(line.find('#'), line.size()));
    std::erase_if(line, [](char letter) { return letter == ' ' || letter == '\t' || letter == '\r'; });
    if (line.empty()) continue;
    any = true;
    take(line, number);
  }
  require(any, "{} names no shape; write one a line, as gemm:180x5120x5120", path);
}

}  // namespace

void add_shapes(CLI::App& subcommand, ShapeOptions& options, const std::string& text) {
  subcommand.add_option("--shape", options.shapes, text)
      ->type_name("ROUTINE:SHAPE")
      ->check(word_error)
      ->allow_extra_args(false);
  add_file(subcommand, "--shapes", options.file, "Such shapes, one a line; # begins a comment");
}

void for_asked_shapes(const ShapeOptions& options, const std::function<void(const std::string&)>& take) {
  std::set<std::string> taken;
  const auto take_once = [&](const std::string& shape) {
    if (!taken.insert(shape).second) return;
    require(taken.size() <= most_shapes, "these are too many shapes for one run; at most {}", most_shapes);
    take(shape);
  };
  std::ranges::for_each(options.shapes, take_once);
  if (options.file.empty()) return;
  for_shapes_in(options.file, [&](const std::string& shape, std::size_t line) {
    try {
      take_once(shape);
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument(fmt::format("{}:{}: {}", options.file, line, error.what()));
    }
  });
}

void add_timed_shapes(CLI::App& subcommand, ShapeOptions& options) {
  add_shapes(subcommand, options,
             "Only this product of your own: gemm:MxNxK or gemv:MxN; repeatable, answers are checked first");
}

std::vector<bench::AskedProduct> asked_products(const ShapeOptions& options) {
  std::vector<bench::AskedProduct> products;
  for_asked_shapes(options, [&](const std::string& shape) { products.push_back(bench::parse_product(shape)); });
  return products;
}

std::string filter_for(const std::string& given, const std::vector<bench::AskedProduct>& products) {
  return given.empty() && !products.empty() ? "^products/" : given;
}

}  // namespace sqrtn::command
