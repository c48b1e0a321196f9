#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "init/weight.hpp"

/// Weights that were drawn, and the rules to draw them by, for people and for programs.
namespace sqrtn::report {

/// Law and fans, and expected beside measured.
std::string weight_text(const init::EntriesPlan& plan, const init::EntriesDrawn& drawn);
nlohmann::ordered_json weight_json(const init::EntriesPlan& plan, const init::EntriesDrawn& drawn);

/// The law, and how near to it the weight is.
std::string weight_text(const init::MatrixPlan& plan, const init::MatrixDrawn& drawn);
nlohmann::ordered_json weight_json(const init::MatrixPlan& plan, const init::MatrixDrawn& drawn);

/// All rules, and all activations with both gains.
std::string rules_text();
nlohmann::ordered_json rules_json();

}  // namespace sqrtn::report
