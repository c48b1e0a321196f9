#include "command/shapes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "command/options.hpp"
#include "results/json_input.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::command {
namespace {

constexpr std::size_t most_bytes = 64 << 10, most_shapes = 500;

std::vector<std::string> shapes_in(const std::string& path, const std::function<void(const std::string&)>& check) {
  std::istringstream lines(results::read_text(path, most_bytes, "file of shapes"));
  std::vector<std::string> shapes;
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line.erase(std::min(line.find('#'), line.size()));
    std::erase_if(line, [](char letter) { return letter == ' ' || letter == '\t' || letter == '\r'; });
    if (line.empty()) continue;
    try {
      check(line);
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument(fmt::format("{}:{}: {}", path, number, error.what()));
    }
    shapes.push_back(line);
  }
  require(!shapes.empty(), "{} names no shape; write one a line, as gemm:180x5120x5120", path);
  return shapes;
}

}  // namespace

void add_shapes(CLI::App& subcommand, ShapeOptions& options, const std::string& text) {
  subcommand.add_option("--shape", options.shapes, text)
      ->type_name("ROUTINE:SHAPE")
      ->check(word_error)
      ->allow_extra_args(false);
  add_file(subcommand, "--shapes", options.file, "Such shapes, one a line; # begins a comment");
}

std::vector<std::string> asked_shapes(const ShapeOptions& options,
                                      const std::function<void(const std::string&)>& check) {
  std::vector<std::string> all = options.shapes, once;
  std::ranges::for_each(all, check);
  if (!options.file.empty()) std::ranges::move(shapes_in(options.file, check), std::back_inserter(all));
  for (std::string& shape : all) {
    if (std::ranges::find(once, shape) == once.end()) once.push_back(std::move(shape));
  }
  require(once.size() <= most_shapes, "{} shapes are too many for one run; at most {}", once.size(), most_shapes);
  return once;
}

void add_timed_shapes(CLI::App& subcommand, ShapeOptions& options) {
  add_shapes(subcommand, options,
             "Only this product of your own: gemm:MxNxK or gemv:MxN; repeatable, answers are checked first");
}

std::vector<bench::AskedProduct> asked_products(const ShapeOptions& options) {
  std::vector<bench::AskedProduct> products;
  for (const std::string& shape : asked_shapes(options, [](const std::string& one) { bench::parse_product(one); })) {
    products.push_back(bench::parse_product(shape));
  }
  return products;
}

std::string filter_for(const std::string& given, const std::vector<bench::AskedProduct>& products) {
  return given.empty() && !products.empty() ? "^products/" : given;
}

}  // namespace sqrtn::command
