#include "gate/google_benchmark.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "bench.hpp"
#include "results/json_input.hpp"
#include "results/printed_json.hpp"
#include "sqrtn/statistics/median.hpp"
#include "sqrtn/support/require.hpp"

namespace sqrtn::gate {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_name = 64 << 10;  // as the readers of results take it

/// Numbers of an entry that every program has, or that count something else than what was timed.
constexpr std::array<std::string_view, 12> own_numbers{"family_index",
                                                       "per_family_instance_index",
                                                       "repetitions",
                                                       "repetition_index",
                                                       "threads",
                                                       "iterations",
                                                       "real_time",
                                                       "cpu_time",
                                                       "rms",
                                                       "cpu_coefficient",
                                                       "real_coefficient",
                                                       "label"};

std::string text_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool flag_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && *found == true;
}

double number_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number() ? found->get<double>() : 0;
}

/// 0 for a unit that Google Benchmark does not know.
double unit_s(const std::string& unit) {
  if (unit == "s") return 1;
  if (unit == "ms") return 1e-3;
  if (unit == "us") return 1e-6;
  return unit == "ns" || unit.empty() ? 1e-9 : 0;  // the default
}

/// What an entry is: a repetition, the program's own median or mean, or none of these.
std::optional<Basis> basis_of(const Json& entry) {
  // A program's own counter may be called rms; a fit has no time.
  if (!entry.contains("real_time") && (entry.contains("big_o") || entry.contains("rms"))) return std::nullopt;
  if (text_at(entry, "run_type") != "aggregate") return Basis::repetitions;
  if (text_at(entry, "aggregate_unit") == "percentage") return std::nullopt;
  const std::string aggregate = text_at(entry, "aggregate_name");
  if (aggregate == "median") return Basis::own_median;
  return aggregate == "mean" ? std::optional(Basis::own_mean) : std::nullopt;
}

/// All that was printed about one case.
struct Entries {
  BenchmarkCase c;
  std::optional<double> median, mean;  ///< the program's own
  std::set<std::pair<double, double>> instances;
  std::size_t without_counter = 0, n = 0;
};

/// Reads the entries of one output.
class Reader {
 public:
  Reader(const Quantity& quantity, std::string name) : quantity_(quantity), name_(std::move(name)) {}

  void add(const Json& entry) {
    require(entry.is_object(), "{} is no Google Benchmark JSON: an entry of 'benchmarks' is not an object", name_);
    const std::string run_name = text_at(entry, "run_name"),
                      name = run_name.empty() ? text_at(entry, "name") : run_name;
    require(!name.empty() && name.size() <= longest_name,
            "{} is no Google Benchmark JSON: an entry of 'benchmarks' has no name of 1 to {} bytes", name_,
            longest_name);
    const std::optional<Basis> basis = basis_of(entry);
    if (!basis) return;
    const auto [at, is_new] = index_.try_emplace(name, all_.size());
    if (is_new) all_.emplace_back().c.name = name;
    Entries& entries = all_[at->second];
    entries.instances.emplace(number_at(entry, "family_index"), number_at(entry, "per_family_instance_index"));
    if (text_at(entry, "label") == bench::wrong_answer) entries.c.wrong_answer = true;
    if (flag_at(entry, "error_occurred") || flag_at(entry, "skipped")) {
      entries.c.stopped = flag_at(entry, "skipped") ? "skipped: " + text_at(entry, "skip_message")
                                                    : "error: " + text_at(entry, "error_message");
      return;
    }
    add_value(entries, entry, *basis);
  }

  BenchmarkOutput take() {
    for (Entries& entries : all_) {
      BenchmarkCase& c = entries.c;
      c.shared_name = entries.instances.size() > 1;
      c.lacks_counter = entries.n > 0 && entries.without_counter == entries.n;
      if (c.lacks_counter) c.stopped = fmt::format("no counter '{}'", quantity_.counter);
      settle(c, entries);
      output_.cases.push_back(std::move(c));
    }
    return std::move(output_);
  }

 private:
  static void settle(BenchmarkCase& c, const Entries& entries) {
    const std::optional<double> median = statistics::median(c.repetitions);
    if (!median && entries.median) c.basis = Basis::own_median;
    if (!median && !entries.median && entries.mean) c.basis = Basis::own_mean;
    const std::optional<double> value = median ? median : entries.median ? entries.median : entries.mean;
    if (c.fault.empty() && c.stopped.empty() && !value) c.fault = "it reports no time";
    if (c.fault.empty() && c.stopped.empty()) c.value = *value;
  }

  void add_value(Entries& entries, const Json& entry, Basis basis) {
    for (const auto& [key, value] : entry.items()) {
      if (value.is_number() && std::ranges::find(own_numbers, key) == own_numbers.end()) output_.counters.insert(key);
    }
    ++entries.n;
    const bool is_time = quantity_.counter.empty();
    const std::string key = !is_time                                  ? quantity_.counter
                            : quantity_.clock == BenchmarkClock::real ? "real_time"
                                                                      : "cpu_time";
    const auto found = entry.find(key);
    if (!is_time && found == entry.end()) {
      ++entries.without_counter;
      entries.c.fault = fmt::format("{} is missing", key);
      return;
    }
    if (found == entry.end() || !found->is_number()) {
      entries.c.fault = fmt::format("{} is {}", key, found == entry.end() ? "missing" : "not a number");
      return;
    }
    const std::string unit = text_at(entry, "time_unit");
    if (unit_s(unit) == 0) {
      entries.c.fault = fmt::format("time_unit is '{}', not s, ms, us or ns", unit);
      return;
    }
    const double value = found->get<double>() * (is_time ? unit_s(unit) : 1);
    if (!std::isfinite(value) || value <= 0) {
      entries.c.fault = fmt::format("{} is {}, not {}", key, found->get<double>(), is_time ? "a time" : "above 0");
      return;
    }
    if (basis == Basis::own_median) entries.median = value;
    if (basis == Basis::own_mean) entries.mean = value;
    if (basis != Basis::repetitions) return;
    entries.c.repetitions.push_back(value);
    entries.c.loops_s += number_at(entry, "iterations") * number_at(entry, "real_time") * unit_s(unit);
  }

  const Quantity& quantity_;
  std::string name_;
  std::vector<Entries> all_;
  std::map<std::string, std::size_t> index_;
  BenchmarkOutput output_;
};

}  // namespace

BenchmarkOutput read_benchmark_output(std::string_view text, const Quantity& quantity, const std::string& name) {
  require(!text.starts_with("\xFF\xFE") && !text.starts_with("\xFE\xFF"),
          "{}: not JSON, it is UTF-16; write it as UTF-8", name);
  results::JsonLimits limits;
  limits.control_characters = limits.repeated_fields = true;
  limits.remedy = "";
  const Json json = results::parse_json(results::without_noise(text), name, limits);
  const auto benchmarks = json.is_object() ? json.find("benchmarks") : json.end();
  require(benchmarks != json.end() && benchmarks->is_array(),
          "{} is no Google Benchmark JSON: it has no list 'benchmarks'", name);
  Reader reader(quantity, name);
  for (const Json& entry : *benchmarks) reader.add(entry);
  BenchmarkOutput output = reader.take();
  if (const auto context = json.find("context"); context != json.end() && context->is_object()) {
    for (const auto& [key, value] : context->items()) {
      if (value.is_string()) output.context[key] = value.get<std::string>();
      if (value.is_number()) output.context[key] = value.dump();
    }
  }
  return output;
}

}  // namespace sqrtn::gate
