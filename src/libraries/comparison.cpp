#include "libraries/comparison.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>
#include <numeric>
#include <string_view>

#include "claims/area.hpp"
#include "libraries/measuring.hpp"
#include "libraries/orders.hpp"
#include "report/summary.hpp"
#include "sqrtn/support/parallel.hpp"
#include "support/progress.hpp"

namespace sqrtn::libraries {
namespace {

// A run of nine libraries keeps within about 15 minutes on two cores that nobody else uses: the claims about sqrtn and
// the default library, its measurements, then these. Only a library that hangs uses up the first.
constexpr double judge_limit_s = 480;
constexpr double timing_budget_s = 200, quick_timing_budget_s = 16, cap_s = 1, quick_cap_s = 0.05;
constexpr std::size_t usual_number = 10;  // of libraries; each more has as much time, as the kernels of --kernels do
// What somebody asked for is left out only if a call takes this long.
constexpr double asked_cap_s = 20;
// Its sums are longer than the blocks of most kernels. An order is read in a second.
constexpr const char* ordered_product = "gemm:96x96x512";
constexpr std::size_t ordered_entries = std::size_t{1} << 16;
constexpr double order_limit_s = 10;
// A hundred layers of 512 take seconds.
constexpr double propagate_limit_s = 120;

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

bool is_about_products(const claims::Claim& claim) { return claims::is_in(claims::Area::products, claim.id); }

/// When claims are judged: what wakes several threads has the machine for itself, since threads that spin would starve
/// beside others, and races would hide; then the longest, so that no processor has a whole library left in the end.
enum class Turn { alone, longest, rest };

bool has_threads(const results::BlasRecord& record) {
  return record.threads > 1 || (!record.identity.threading.empty() && record.identity.threading != "serial");
}

Turn turn_of(const claims::Claim& claim, bool has_threads) {
  if (!is_about_products(claim)) return Turn::alone;
  switch (claims::routines_of(claim.id)) {
    case claims::Routines::all:
      return has_threads || claim.id.ends_with("/concurrent") ? Turn::alone : Turn::longest;
    case claims::Routines::gemm:
      return Turn::longest;
    case claims::Routines::one:
      return Turn::rest;
  }
  return Turn::rest;
}

std::vector<claims::Claim> claims_in(Turn turn, const Candidate& library, bool is_default,
                                     const std::vector<claims::Claim>& claims) {
  std::vector<claims::Claim> chosen;
  std::ranges::copy_if(claims, std::back_inserter(chosen), [&](const claims::Claim& claim) {
    const bool wanted = is_default || is_about_products(claim);
    return claim.uses_blas && wanted && turn_of(claim, library.record && has_threads(*library.record)) == turn;
  });
  return chosen;
}

}  // namespace

/// How far several threads have come together.
class Comparison::Tally {
 public:
  explicit Tally(std::size_t n_tasks) : n_tasks_(n_tasks) {}
  void show(const std::string& text) {
    const std::lock_guard lock(guard);
    progress_.update(static_cast<double>(done) / static_cast<double>(n_tasks_), text);
  }
  std::mutex guard;  ///< of `done`, and of what was judged
  std::size_t done = 0;

 private:
  Progress progress_{"libraries"};
  std::size_t n_tasks_;
};

Comparison::Comparison(const std::vector<Candidate>& backends, ComparisonOptions options)
    : backends_(backends), options_(std::move(options)), judged_(backends.size()) {
  for (std::size_t i = 0; i < backends.size(); ++i) judged_[i].incidents = backends[i].incidents;
}

void Comparison::judge(const std::vector<claims::Claim>& claims) {
  const std::size_t n = backends_.size();
  Tally tally(4 * n);
  const auto take_turn = [&](std::size_t library, Turn turn) {
    const std::vector<claims::Claim> chosen = claims_in(turn, backends_[library], library == 0, claims);
    if (!chosen.empty()) judge_library(library, chosen, false, tally);
  };
  for (std::size_t library = 0; library < n; ++library) take_turn(library, Turn::alone);
  std::vector<double> lasted_s(n);
  parallel_for(n, 0, [&](std::size_t library) {
    const double before_s = judged_[library].time_s;
    take_turn(library, Turn::longest);
    lasted_s[library] = judged_[library].time_s - before_s;
  });
  // The slowest first, so that none is left for the end.
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t library) { return lasted_s[library]; });
  parallel_for(n, 0, [&](std::size_t i) { take_turn(order[i], Turn::rest); });
  for (Judged& judged : judged_) sort_as(claims, judged.claims);
  if (options_.settings.quick || std::ranges::none_of(claims, is_about_products)) return;
  for (std::size_t library = 0; library < n; ++library) {
    if (judged_[library].incidents.empty()) judge_library(library, {}, true, tally);
  }
  read_orders();
}

void Comparison::read_orders() {
  std::vector<Ordering> orderings;
  for (const char* dtype : {"f32", "f64"}) {
    orderings.push_back({.request = order::parse_request(ordered_product),
                         .dtype = dtype,
                         .seed = options_.settings.seed,
                         .entries = ordered_entries,
                         .limit_s = order_limit_s,
                         .invariance = true});
  }
  Progress progress("orders");
  orders_ =
      orders_apart(backends_, orderings, [&](double done, const std::string& name) { progress.update(done, name); });
}

void Comparison::judge_library(std::size_t library, const std::vector<claims::Claim>& claims, bool properties,
                               Tally& tally) {
  if (!backends_[library].record) return;
  std::unique_lock lock(tally.guard);
  // The default is judged by everything, whatever time that takes: an answer is what was asked for.
  const double limit_s = (library == 0 ? 5 * judge_limit_s : judge_limit_s) - judged_[library].time_s;
  lock.unlock();
  Judging judging{
      .settings = options_.settings, .names_all_calls = false, .properties = properties, .limit_s = limit_s};
  if (options_.settings.quick) judging.call_limit_s /= 2;
  Judged judged = judge_in_children(backends_[library], claims, judging, [&](std::size_t, const std::string& group) {
    tally.show(backends_[library].name + ' ' + group);
  });
  lock.lock();
  add(judged_[library], std::move(judged));
  ++tally.done;
}

Answer Comparison::ask_default(std::vector<std::string> words, double limit_s, const std::string& what) {
  words.insert(words.end(), {"--blas", backends_.front().blas, "--seed", fmt::to_string(options_.settings.seed)});
  Answer answer = ask_child(std::move(words), {.wall_s = limit_s}, environment_for(backends_.front()));
  if (!answer.document) judged_.front().incidents.push_back(incidents_in(answer, what).front());
  return answer;
}

std::vector<results::Measurement> Comparison::measure_default() {
  Measured measured = measure_in_children(backends_.front(), {.filter = options_.filter,
                                                              .quick = options_.settings.quick,
                                                              .seed = options_.settings.seed,
                                                              .products = options_.products});
  std::ranges::move(measured.incidents, std::back_inserter(judged_.front().incidents));
  return std::move(measured.measurements);
}

std::vector<results::ChainRecord> Comparison::propagate_default() {
  Progress progress("chains");
  progress.update(0, backends_.front().name);
  std::vector<std::string> words{"propagate", "--compare", "normal,glorot_uniform,he_normal"};
  if (options_.settings.quick) words.insert(words.end(), {"--replicates", "5"});
  Answer answer = ask_default(std::move(words), propagate_limit_s, "the deep chains");
  return answer.document ? std::move(answer.document->propagation) : std::vector<results::ChainRecord>{};
}

void Comparison::time() {
  std::vector<Candidate> timed;
  std::ranges::copy_if(backends_, std::back_inserter(timed),
                       [](const Candidate& backend) { return backend.record.has_value(); });
  if (timed.size() < 2) return;
  Progress progress("rounds");
  const double share = std::max(1.0, static_cast<double>(timed.size()) / usual_number);
  timed_ = time_in_rounds(timed,
                          {.budget_s = share * (options_.settings.quick ? quick_timing_budget_s : timing_budget_s),
                           .first_cap_s = !options_.products.empty() ? asked_cap_s
                                          : options_.settings.quick  ? quick_cap_s
                                                                     : cap_s,
                           .quick = options_.settings.quick,
                           .seed = options_.settings.seed,
                           .filter = options_.filter,
                           .products = options_.products},
                          [&](double done, const std::string& name) { progress.update(done, name); });
}

const Judged& Comparison::default_judged() const { return judged_.front(); }

results::Libraries Comparison::report(const results::Document& document) const {
  results::Libraries report{.provenance = report::provenance_line(document),
                            .default_name = backends_.front().name,
                            .seed = options_.settings.seed,
                            .quick = options_.settings.quick,
                            .backends = {},
                            .others_busy = {},
                            .environment = document.environment};
  for (std::size_t i = 0; i < backends_.size(); ++i) {
    results::Library& entry = report.backends.emplace_back();
    entry.name = backends_[i].name;
    entry.blas = backends_[i].blas;
    entry.record = backends_[i].record;
    entry.refusal = backends_[i].refusal;
    entry.claims = judged_[i].claims;
    entry.properties = judged_[i].properties;
    entry.incidents = judged_[i].incidents;
    std::ranges::copy_if(orders_, std::back_inserter(entry.orders),
                         [&](const results::LibraryOrder& order) { return order.name == entry.name; });
    // Beside the others it counts by what they are judged by.
    std::erase_if(entry.claims, [](const claims::Result& result) { return !is_about_products(result.claim); });
  }
  add_speeds(report, timed_, document.measurements);
  return report;
}

claims::Verdict verdict_of_run(std::vector<claims::Result> results, const results::Libraries& libraries, bool strict) {
  const bool wrong_products = std::ranges::any_of(results, [](const claims::Result& result) {
    return is_about_products(result.claim) && result.outcome.verdict == claims::Verdict::fail;
  });
  std::erase_if(results, [&](const claims::Result& result) {
    return !strict && (wrong_products ? result.claim.uses_blas : is_about_products(result.claim));
  });
  const claims::Verdict verdict = claims::overall(results, strict);
  if (verdict == claims::Verdict::fail || verdict == claims::Verdict::inconclusive) return verdict;
  const bool defect = std::ranges::any_of(libraries.backends, [](const results::Library& entry) {
    return results::word_of(entry).value_or(claims::Word::right) != claims::Word::right;
  });
  return strict && defect ? claims::Verdict::fail : claims::Verdict::pass;
}

}  // namespace sqrtn::libraries
