#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "bench.hpp"

/// Products of one's own, for the subcommands that time.
namespace sqrtn::command {

struct ShapeOptions {
  std::vector<std::string> shapes;  ///< "gemm:180x5120x5120"
  std::string file;                 ///< one a line; '-' is standard input
};

/// Adds --shape and --shapes.
void add_shapes(CLI::App& subcommand, ShapeOptions& options);

/// All of them in their order, each once. In the file # begins a comment.
/// Throws: as parse_product, with the line; std::system_error if the file cannot be read.
std::vector<bench::AskedProduct> asked_products(const ShapeOptions& options);

/// What is left to do if nothing was asked of the other measurements: products alone.
std::string filter_for(const std::string& given, const std::vector<bench::AskedProduct>& products);

}  // namespace sqrtn::command
