#include "contest.hpp"

#include <algorithm>
#include <mutex>
#include <numeric>

#include "bench.hpp"
#include "speeds.hpp"
#include "sqrtn/report/summary.hpp"
#include "sqrtn/support/parallel.hpp"
#include "sqrtn/support/progress.hpp"

namespace sqrtn::command {
namespace {

// A run of nine libraries keeps within 10 minutes, a quick one within 2, on two cores that nobody else uses:
// the claims about sqrtn and the default library, its measurements, then these. Only a library that hangs uses up
// the first.
constexpr double judge_limit_s = 240, quick_judge_limit_s = 60;
constexpr double timing_budget_s = 200, quick_timing_budget_s = 35;
constexpr double cap_s = 1, quick_cap_s = 0.05;
// Hard limit of the measurements of one library, which themselves stop after 150 s.
constexpr double measure_limit_s = 400;

/// Results are published: only paths in the system's folders are told, another library is named by its file.
std::string shown(const std::string& blas) {
  const bool system = blas.starts_with("/usr/") || blas.starts_with("/lib") || blas.starts_with("/opt/");
  return blas.find('/') == std::string::npos || system ? blas : fmt::format("./{}", blas.substr(blas.rfind('/') + 1));
}

bool has_kernels_of_choice(const BackendChoice& backend) { return backend.blas.find('@') != std::string::npos; }

}  // namespace

Contest::Contest(const std::vector<BackendChoice>& backends, ContestOptions options)
    : backends_(backends), options_(std::move(options)), judged_(backends.size()) {}

void Contest::judge(const std::vector<claims::Claim>& claims) {
  Progress progress("libraries");
  std::mutex guard;
  std::vector<double> shares(backends_.size(), 0);
  // One library a processor: a child keeps one busy most of the time.
  parallel_for(backends_.size(), 0, [&](std::size_t i) {
    if (!backends_[i].record) return;
    std::vector<claims::Claim> about = claims;
    std::erase_if(about,
                  [i](const claims::Claim& claim) { return !claim.uses_blas || (i > 0 && !is_about_product(claim)); });
    // The default is judged by everything, whatever time that takes: an answer is what was asked for.
    const double limit_s = i == 0 ? 5 * judge_limit_s : options_.quick ? quick_judge_limit_s : judge_limit_s;
    const auto tell = [&](std::size_t done, const std::string& group) {
      const std::lock_guard lock(guard);
      shares[i] = static_cast<double>(done) / static_cast<double>(about.size());
      progress.update(std::reduce(shares.begin(), shares.end()) / static_cast<double>(backends_.size()),
                      backends_[i].name + ' ' + group);
    };
    judged_[i] = judge_in_children(
        backends_[i], about,
        {.seed = options_.seed, .effect_scale = options_.effect_scale, .limit_s = limit_s, .filter = options_.filter},
        tell);
    tell(about.size(), "");
  });
}

std::vector<report::Measurement> Contest::measure_default() {
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

void Contest::time() {
  std::vector<BackendChoice> timed;
  std::ranges::copy_if(backends_, std::back_inserter(timed),
                       [](const BackendChoice& backend) { return backend.record && !has_kernels_of_choice(backend); });
  if (timed.size() < 2) return;
  Progress progress("rounds");
  timed_ = time_in_rounds(timed,
                          {.budget_s = options_.quick ? quick_timing_budget_s : timing_budget_s,
                           .first_cap_s = options_.quick ? quick_cap_s : cap_s,
                           .quick = options_.quick,
                           .seed = options_.seed,
                           .filter = options_.filter},
                          [&](double done, const std::string& name) { progress.update(done, name); });
}

std::vector<claims::Result> Contest::results_of_default() const { return judged_.front().claims; }

report::BackendReport Contest::report(const report::Document& document) const {
  report::BackendReport report{.provenance = report::provenance_line(document),
                               .default_name = backends_.front().name,
                               .seed = options_.seed,
                               .backends = {}};
  for (std::size_t i = 0; i < backends_.size(); ++i) {
    report::BackendEntry& entry = report.backends.emplace_back();
    entry.name = backends_[i].name;
    entry.blas = shown(backends_[i].blas);
    entry.record = backends_[i].record;
    entry.refusal = backends_[i].refusal;
    entry.claims = judged_[i].claims;
    entry.properties = judged_[i].properties;
    entry.incidents = judged_[i].incidents;
    // Beside the others it counts by what they are judged by.
    std::erase_if(entry.claims, [](const claims::Result& result) { return !is_about_product(result.claim); });
  }
  add_speeds(report, timed_, document.measurements);
  return report;
}

std::vector<claims::Result> judge_own(const std::vector<claims::Claim>& claims, const claims::Settings& settings) {
  const claims::Subject subject = claims::default_subject({}, "");
  std::vector<claims::Result> results;
  Progress progress("claims");
  for (std::size_t i = 0; i < claims.size(); ++i) {
    progress.update(static_cast<double>(i) / static_cast<double>(claims.size()), claims[i].id);
    if (!claims[i].uses_blas) results.push_back(claims::run(claims[i], subject, settings));
  }
  return results;
}

}  // namespace sqrtn::command
