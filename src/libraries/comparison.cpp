#include "libraries/comparison.hpp"

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <iterator>
#include <map>
#include <mutex>
#include <string_view>

#include "bench.hpp"
#include "libraries/speeds.hpp"
#include "report/summary.hpp"
#include "sqrtn/support/parallel.hpp"
#include "support/progress.hpp"

namespace sqrtn::libraries {
namespace {

// A run of nine libraries keeps within about 10 minutes on two cores that nobody else uses: the claims about sqrtn and
// the default library, its measurements, then these. Only a library that hangs uses up the first.
constexpr double judge_limit_s = 240;
constexpr double timing_budget_s = 200, quick_timing_budget_s = 16;
constexpr std::size_t usual_number = 10;  // of libraries; each more has as much time, as the kernels of --kernels do
constexpr double cap_s = 1, quick_cap_s = 0.05;
// Hard limit of the measurements of one library, which themselves stop after 150 s.
constexpr double measure_limit_s = 400;
// A hundred layers of 512 take seconds.
constexpr double propagate_limit_s = 120;

/// Results are published: only paths in the system's folders are told, another library is named by its file.
std::string shown(const std::string& blas) {
  const bool local = blas.starts_with("/usr/local/");
  const bool system = (blas.starts_with("/usr/") && !local) || blas.starts_with("/lib") || blas.starts_with("/opt/");
  return blas.find('/') == std::string::npos || system ? blas : fmt::format("./{}", blas.substr(blas.rfind('/') + 1));
}

/// The text with the library's path as it is shown.
std::string without_folders(std::string text, const std::string& blas) {
  const std::string path = blas.substr(0, blas.find('@'));
  boost::replace_all(text, path, shown(path));
  return text;
}

void add(Judged& into, Judged more) {
  std::ranges::move(more.claims, std::back_inserter(into.claims));
  std::ranges::move(more.properties, std::back_inserter(into.properties));
  std::ranges::move(more.incidents, std::back_inserter(into.incidents));
  into.time_s += more.time_s;
}

/// In the order of `claims`.
void sort_as(const std::vector<claims::Claim>& claims, std::vector<claims::Result>& results) {
  std::map<std::string_view, std::size_t> places;
  for (const claims::Claim& claim : claims) places.emplace(claim.id, places.size());
  std::ranges::sort(results, {}, [&places](const claims::Result& result) { return places.at(result.claim.id); });
}

}  // namespace

Contest::Contest(const std::vector<Candidate>& backends, ContestOptions options)
    : backends_(backends), options_(std::move(options)), judged_(backends.size()) {}

void Contest::judge(const std::vector<claims::Claim>& claims) {
  Progress progress("libraries");
  std::mutex guard;
  std::size_t done = 0;
  const std::size_t n = backends_.size();
  const auto judge = [&](std::size_t i, std::vector<claims::Claim> about, bool properties) {
    if (!backends_[i].record || (about.empty() && !properties)) return;
    std::unique_lock lock(guard);
    // The default is judged by everything, whatever time that takes: an answer is what was asked for.
    const double limit_s = (i == 0 ? 5 * judge_limit_s : judge_limit_s) - judged_[i].time_s;
    lock.unlock();
    Judged judged = judge_in_children(backends_[i], about,
                                      {.seed = options_.seed,
                                       .effect_scale = options_.effect_scale,
                                       .properties = properties,
                                       .limit_s = limit_s,
                                       .filter = options_.filter},
                                      [&](std::size_t, const std::string& group) {
                                        const std::lock_guard update(guard);
                                        progress.update(static_cast<double>(done) / static_cast<double>(4 * n),
                                                        backends_[i].name + ' ' + group);
                                      });
    lock.lock();
    add(judged_[i], std::move(judged));
    ++done;
  };
  enum class Part { threads, largest, rest };
  const auto part_of = [](const claims::Claim& claim) {
    if (!is_about_product(claim) || claim.id.starts_with("products/all/")) return Part::threads;
    return claim.id.starts_with("products/gemm/") ? Part::largest : Part::rest;
  };
  const auto of_library = [&](std::size_t i, Part part) {
    std::vector<claims::Claim> about;
    std::ranges::copy_if(claims, std::back_inserter(about), [&](const claims::Claim& claim) {
      return claim.uses_blas && (i == 0 || is_about_product(claim)) && part_of(claim) == part;
    });
    return about;
  };
  // What wakes several threads has the machine for itself: libraries whose threads spin would starve beside others.
  for (std::size_t i = 0; i < n; ++i) judge(i, of_library(i, Part::threads), false);
  // The longest first, so that no processor is left with a whole library in the end.
  parallel_for(2 * n, 0,
               [&](std::size_t i) { judge(i % n, of_library(i % n, i < n ? Part::largest : Part::rest), false); });
  const bool describes = !options_.quick && std::ranges::any_of(claims, is_about_product);
  for (std::size_t i = 0; i < n && describes; ++i) {
    if (judged_[i].incidents.empty()) judge(i, {}, true);
  }
  for (Judged& judged : judged_) sort_as(claims, judged.claims);
}

std::vector<results::Measurement> Contest::measure_default() {
  Progress progress("measurements");
  progress.update(0, backends_.front().name);
  std::vector<std::string> words{"bench", "--blas", backends_.front().blas, "--seed", fmt::to_string(options_.seed)};
  if (!options_.filter.empty()) words.insert(words.end(), {"--filter", options_.filter});
  if (options_.quick) words.emplace_back("--quick");
  Answer answer = ask_child(words, {.wall_s = measure_limit_s});
  if (answer.document) return std::move(answer.document->measurements);
  judged_.front().incidents.push_back(answer.complaint + " in the measurements");
  return {};
}

std::vector<results::ChainRecord> Contest::propagate_default() {
  Progress progress("chains");
  progress.update(0, backends_.front().name);
  std::vector<std::string> words{"propagate",
                                 "--blas",
                                 backends_.front().blas,
                                 "--seed",
                                 fmt::to_string(options_.seed),
                                 "--compare",
                                 "normal,glorot_uniform,he_normal"};
  if (options_.quick) words.insert(words.end(), {"--replicates", "5"});
  Answer answer = ask_child(words, {.wall_s = propagate_limit_s});
  if (answer.document) return std::move(answer.document->propagation);
  judged_.front().incidents.push_back(answer.complaint + " in the deep chains");
  return {};
}

void Contest::time() {
  std::vector<Candidate> timed;
  std::ranges::copy_if(backends_, std::back_inserter(timed),
                       [](const Candidate& backend) { return backend.record.has_value(); });
  if (timed.size() < 2) return;
  Progress progress("rounds");
  const double share = std::max(1.0, static_cast<double>(timed.size()) / usual_number);
  timed_ = time_in_rounds(timed,
                          {.budget_s = share * (options_.quick ? quick_timing_budget_s : timing_budget_s),
                           .first_cap_s = options_.quick ? quick_cap_s : cap_s,
                           .quick = options_.quick,
                           .seed = options_.seed,
                           .filter = options_.filter},
                          [&](double done, const std::string& name) { progress.update(done, name); });
}

const Judged& Contest::default_judged() const { return judged_.front(); }

results::Libraries Contest::report(const results::Document& document) const {
  results::Libraries report{.provenance = report::provenance_line(document),
                            .default_name = backends_.front().name,
                            .seed = options_.seed,
                            .backends = {},
                            .environment = document.environment};
  for (std::size_t i = 0; i < backends_.size(); ++i) {
    results::Library& entry = report.backends.emplace_back();
    entry.name = backends_[i].name;
    entry.blas = shown(backends_[i].blas);
    entry.record = backends_[i].record;
    entry.refusal = without_folders(backends_[i].refusal, backends_[i].blas);
    entry.claims = judged_[i].claims;
    entry.properties = judged_[i].properties;
    entry.incidents = judged_[i].incidents;
    // Beside the others it counts by what they are judged by.
    std::erase_if(entry.claims, [](const claims::Result& result) { return !is_about_product(result.claim); });
  }
  add_speeds(report, timed_, document.measurements);
  return report;
}

}  // namespace sqrtn::libraries
