#include <fmt/format.h>

#include <cmath>

#include "experiment/notebooks/cells.hpp"
#include "sqrtn/network/layers.hpp"
#include "sqrtn/random/fill.hpp"

/// Numbers that are arithmetic, and the statistics of plain draws.
namespace sqrtn::experiment::notebooks {
namespace {

struct Constant {
  const char* id;
  const char* expression;
  const char* published;
  double value;
};

const Constant constants[] = {
    {"000/in06/value", "√512", "22.627416997969522", std::sqrt(512.0)},
    {"000/in09/value", "1/512", "0.001953125", 1 / 512.0},
    {"000/in18/value", "√(512/2)", "16.0", std::sqrt(512.0 / 2)},
    {"001/in149/value", "1/√512", "0.044194173824159216", 1 / std::sqrt(512.0)},
    {"002/cell15/value", "1/√512", "0.044194173824159216", 1 / std::sqrt(512.0)},
    {"003/cell15/value", "1/√512", "0.044194173824159216", 1 / std::sqrt(512.0)},
};

/// As Python prints a float: the shortest digits that read back the same, with a point.
std::string python_float(double x) {
  std::string text = fmt::format("{}", x);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

/// Mean and centred deviation of `count` draws of N(0,1): exact laws.
std::vector<Finding> normal_draws(const std::string& id, const std::string& what, std::size_t count, const char* mean,
                                  const char* stddev, const NotebookSettings& settings) {
  Buffer<float> x(count);
  random::fill_normal<float>(stream_for(settings, id), x.span(), 0, 1);
  const auto moments = statistics::Moments::of<float>(x.span());
  const double n = static_cast<double>(count);
  laws::LogSum square;
  square.add_chi_squared(n - 1).add(-std::log(n - 1));
  return {
      number(id + "/mean", what, "N(0, 1/count)", laws::normal(0, 1 / std::sqrt(n), "exact"), mean, *moments.mean()),
      number(id + "/std", what, "√(χ²(count − 1)/(count − 1))", laws::root(square), stddev,
             std::sqrt(*moments.unbiased_variance()))};
}

}  // namespace

void add_constants(Experiments& all) {
  all.push_back({{"001/in143/shape"}, 0, [](const auto&, const auto&) {
                   network::Conv2d<float> conv(1, 1, 5);
                   return std::vector{exact("001/in143/shape", "weight of Conv2d(1, 1, kernel_size=5)",
                                            "c_out × c_in/groups × k × k", "1x1x5x5",
                                            to_string(conv.find_parameter("weight").value.shape))};
                 }});
  for (const Constant& row : constants) {
    all.push_back({{row.id}, 0, [&row](const auto&, const auto&) {
                     return std::vector{
                         exact(row.id, row.expression, "arithmetic", row.published, python_float(row.value))};
                   }});
  }
  all.push_back({{"003/cell16/mean", "003/cell16/std"}, 0, [](const auto&, const NotebookSettings& settings) {
                   return normal_draws("003/cell16", "512 draws of N(0,1)", 512, "0.0144", "1.0207", settings);
                 }});
  all.push_back({{"004/in03/mean", "004/in03/std"}, 0, [](const auto&, const NotebookSettings& settings) {
                   return normal_draws("004/in03", "64 × 100 draws of N(0,1)", 6400, "0.0145", "0.9855", settings);
                 }});
}

}  // namespace sqrtn::experiment::notebooks
