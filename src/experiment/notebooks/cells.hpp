#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "experiment/notebooks.hpp"
#include "experiment/propagation.hpp"
#include "sqrtn/laws/prediction.hpp"

/// What the files of cells share.
namespace sqrtn::experiment::notebooks {

using Experiments = std::vector<NotebookExperiment>;

/// The cells by subject; each file adds its own.
void add_averages(Experiments& all);
void add_fresh_chains(Experiments& all);
void add_shared_chains(Experiments& all);
void add_self_products(Experiments& all);
void add_batches(Experiments& all);
void add_constants(Experiments& all);
void add_networks(Experiments& all);
void add_open_ends(Experiments& all);

/// The stream of this purpose in this run.
random::Stream stream_for(const NotebookSettings& settings, std::string_view purpose);

/// A number as printed and the half unit of its last digit: "0.0058" is 0.0058 ± 0.00005.
struct Printed {
  double value = 0;
  double half_unit = 0;
};
Printed parse_printed(const std::string& text);

/// The finding of a number by its law. published: as printed, or empty.
Finding number(std::string id, std::string experiment, std::string law, const laws::Prediction& prediction,
               const std::string& published, double value);

/// The finding of something that happens or does not, with this probability: printed "nan", or 0.
/// `happened` is ours; `value` is what we saw instead of or beside it.
Finding event(std::string id, std::string experiment, std::string law, double probability, const std::string& published,
              bool happened, std::string value);

/// Two texts that must be equal.
Finding exact(std::string id, std::string experiment, std::string law, const std::string& published,
              const std::string& value);

/// "0.5467", as people read it; "nan", "inf".
std::string show(double x);

/// "1/512", "2/100", "1".
std::string show_variance(double variance);

}  // namespace sqrtn::experiment::notebooks
