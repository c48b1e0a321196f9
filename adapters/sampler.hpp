#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The conversation with `sqrtn verify --sampler ./my_sampler`, for initialisers in C++20; docs/sampler.md has its
/// words.
namespace sampler {

/// A question: `count` tensors of this shape, one behind the other in C order, all from this seed.
struct Ask {
  std::string rule, layer, dtype, mode;  ///< mode: empty where the rule's own fan is meant
  std::vector<std::size_t> shape;
  std::size_t groups = 1, count = 1;
  std::uint64_t seed = 0;
  double gain = 1;

  [[nodiscard]] std::size_t size() const {  ///< of all tensors
    std::size_t n = count;
    for (const std::size_t length : shape) n *= length;
    return n;
  }
  /// Terms of one output, outputs of one input.
  [[nodiscard]] std::size_t fan_in() const { return layer == "transposed_conv" ? along_first() : along_second(); }
  [[nodiscard]] std::size_t fan_out() const { return layer == "transposed_conv" ? along_second() : along_first(); }

 private:
  [[nodiscard]] std::size_t area() const {
    std::size_t n = 1;
    for (std::size_t axis = 2; axis < shape.size(); ++axis) n *= shape[axis];
    return n;
  }
  [[nodiscard]] std::size_t along_first() const { return shape.at(0) / groups * area(); }
  [[nodiscard]] std::size_t along_second() const { return shape.at(1) * area(); }
};

/// What stands behind "key": in a question, which is one flat object without escapes; empty if there is no such key.
inline std::string_view value_of(std::string_view line, std::string_view key) {
  const std::string name = '"' + std::string(key) + "\": ";
  const std::size_t at = line.find(name);
  if (at == std::string_view::npos) return {};
  line.remove_prefix(at + name.size());
  if (line.front() == '"') return line.substr(1, line.find('"', 1) - 1);
  if (line.front() == '[') return line.substr(1, line.find(']') - 1);
  return line.substr(0, line.find_first_of(",}"));
}

inline std::uint64_t number_of(std::string_view text) { return std::strtoull(std::string(text).c_str(), nullptr, 10); }

inline Ask parse(std::string_view line) {
  Ask ask;
  ask.rule = value_of(line, "rule");
  ask.layer = value_of(line, "layer");
  ask.dtype = value_of(line, "dtype");
  ask.mode = value_of(line, "mode");
  ask.groups = number_of(value_of(line, "groups"));
  ask.count = number_of(value_of(line, "count"));
  ask.seed = number_of(value_of(line, "seed"));
  if (const std::string_view gain = value_of(line, "gain"); !gain.empty()) ask.gain = std::stod(std::string(gain));
  std::string_view shape = value_of(line, "shape");
  ask.shape.push_back(number_of(shape));
  for (std::size_t comma = 0; (comma = shape.find(',')) != std::string_view::npos;) {
    shape.remove_prefix(comma + 1);
    ask.shape.push_back(number_of(shape));
  }
  return ask;
}

/// Writes the values of one answer.
template <class T>
void answer(std::span<const T> values) {
  std::fwrite(values.data(), sizeof(T), values.size(), stdout);
  std::fflush(stdout);
}

/// Answers until there are no more questions. `known`: the line of JSON that answers {"hello": 1}; draw(ask) calls
/// answer() once, with ask.size() values of the type ask.dtype.
template <class Draw>
int serve(const char* known, Draw draw) {
  for (std::string line; std::getline(std::cin, line);) {
    if (line.find("\"hello\"") == std::string::npos) {
      draw(parse(line));
    } else {
      std::puts(known);
      std::fflush(stdout);
    }
  }
  return 0;
}

}  // namespace sampler
