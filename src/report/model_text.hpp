#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "init/model.hpp"
#include "report/table.hpp"

/// The weights of a model that were drawn, for people and for programs.
namespace sqrtn::report {

/// A line a weight: its law's deviation beside the measured one, and by how many standard errors they differ.
Table model_table(const std::vector<init::NamedWeight>& weights);

/// The table, and how many values there are.
std::string model_text(const std::vector<init::NamedWeight>& weights);

/// Schema "sqrtn.weights/1": of each weight its name and what `sqrtn init` tells of it alone.
nlohmann::ordered_json model_json(const std::vector<init::NamedWeight>& weights);

}  // namespace sqrtn::report
