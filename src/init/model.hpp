#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "init/weight.hpp"

/// All weights of a model, drawn into one file.
namespace sqrtn::init {

/// One number everywhere, as biases and the factors of norms begin.
struct ConstantPlan {
  Shape shape;
  Dtype dtype;
  double value = 0;  ///< as it is stored
};

struct NamedWeight {
  std::string name;       ///< in the file
  WeightOptions options;  ///< with a stream of its own, by its name: other lines change no bit of it
  std::variant<EntriesPlan, MatrixPlan, ConstantPlan> plan;
  std::variant<std::monostate, EntriesDrawn, MatrixDrawn> drawn;
};

/// Lines of a name, a shape and a rule: "encoder.0.weight 512x256 he_normal,gain=gelu". Rules are those of `sqrtn init`
/// with the options of rule_text.hpp, and "zeros", "ones" and "constant,gain=0.5". `common`: type, engine, seed and
/// threads. `file`: what messages call the text.
/// Throws: std::invalid_argument with the line, also for a name that stands twice.
std::vector<NamedWeight> plan_model(std::string_view text, const std::string& file, const WeightOptions& common);

/// Draws them one after the other, into the file `common.output` if it names one.
/// Throws: std::system_error if it cannot be written.
void draw_model(std::vector<NamedWeight>& weights, const WeightOptions& common);

}  // namespace sqrtn::init
