#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "bench.hpp"

/// Shapes of one's own, for the subcommands that judge or time.
namespace sqrtn::command {

struct ShapeOptions {
  std::vector<std::string> shapes;  ///< "gemm:180x5120x5120"
  std::string file;                 ///< one a line; '-' is standard input
};

/// Adds --shape and --shapes. `text`: what a shape is, and what is done with it.
void add_shapes(CLI::App& subcommand, ShapeOptions& options, const std::string& text);

/// take(shape) for each of them in their order, once. In the file # begins a comment; what `take` throws about one of
/// it has its line. Throws: std::invalid_argument if the file has none or there are more than 500; std::system_error if
/// it cannot be read.
void for_asked_shapes(const ShapeOptions& options, const std::function<void(const std::string&)>& take);

/// The same as products to time. Throws: as parse_product too.
void add_timed_shapes(CLI::App& subcommand, ShapeOptions& options);
std::vector<bench::AskedProduct> asked_products(const ShapeOptions& options);

/// What is left to do if nothing was asked of the other measurements: products alone.
std::string filter_for(const std::string& given, const std::vector<bench::AskedProduct>& products);

}  // namespace sqrtn::command
