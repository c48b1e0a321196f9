#include "libraries/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "results/format.hpp"
#include "support/environment.hpp"

namespace sqrtn::libraries {
namespace {

using Clock = std::chrono::steady_clock;

// Half of what is left for a group, so that time remains to ask its claims alone; a sixth for each of those.
constexpr double group_share = 0.5, claim_share = 1.0 / 6;
// Each silence costs its share: with more, one library would eat the time of all others.
constexpr int patience = 2;

/// "products/gemm/f32/" of the products, "layers/" of the rest.
std::string group_of_claim(const std::string& id) {
  const int parts = id.starts_with("products/") ? 3 : 1;
  std::size_t end = 0;
  for (int part = 0; part < parts && end != std::string::npos; ++part) end = id.find('/', end + (part > 0));
  return id.substr(0, end);
}

/// Claims of that group that the user's filter finds: both conditions look ahead from the beginning.
std::string group_filter(const std::string& group, const std::string& filter) {
  std::string text = results::exact_filter(group);
  text.back() = '/';  // in place of the end
  return filter.empty() ? text : fmt::format("^(?={})(?=.*(?:{}))", text.substr(1), filter);
}

/// One library, while it is judged.
class Judge {
 public:
  Judge(const Candidate& backend, const Judging& judging)
      : backend_(backend), judging_(judging), memory_bytes_(describe_environment().memory_bytes) {}

  Judged judge(const std::vector<claims::Claim>& claims,
               const std::function<void(std::size_t, const std::string&)>& progress) {
    for (auto first = claims.begin(); first != claims.end();) {
      const std::string group = group_of_claim(first->id);
      const auto last =
          std::find_if(first, claims.end(), [&](const claims::Claim& c) { return group_of_claim(c.id) != group; });
      progress(static_cast<std::size_t>(first - claims.begin()), group);
      judge_group(group, {first, last});
      first = last;
    }
    if (judging_.properties) describe();
    judged_.time_s = spent_s();
    return std::move(judged_);
  }

 private:
  [[nodiscard]] double spent_s() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }
  [[nodiscard]] double left_s() const { return judging_.limit_s - spent_s(); }

  /// `share`: of the time that is left.
  Answer verify(const std::string& filter, double share, bool properties = false) const {
    std::vector<std::string> words{"verify",    "--in-process",
                                   "--blas",    backend_.blas,
                                   "--seed",    fmt::to_string(judging_.seed),
                                   "--threads", fmt::to_string(judging_.threads),
                                   "--filter",  filter};
    if (judging_.effect_scale != 1) {
      words.insert(words.end(), {"--effect-scale", fmt::to_string(judging_.effect_scale)});
    }
    if (properties) words.emplace_back("--properties");
    return ask_child(words, {.wall_s = std::max(share * left_s(), 1.0), .memory_bytes = memory_bytes_});
  }

  /// Why nothing more is asked; "" if there is time.
  [[nodiscard]] std::string why_not() const {
    if (silences_ >= patience) return "not judged: the library gave no answer too often";
    return left_s() > 0 ? "" : "not judged: its time was used up";
  }

  void judge_group(const std::string& group, const std::vector<claims::Claim>& claims) {
    if (const std::string why = why_not(); !why.empty()) {
      for (const claims::Claim& claim : claims) add(claim, claims::Verdict::inconclusive, why);
      return;
    }
    const Answer answer = verify(group_filter(group, judging_.filter), group_share);
    if (answer.document) {
      if (!answer.complaint.empty()) incident(answer.complaint, group);
      take(claims, *answer.document);
      return;
    }
    incident(answer.complaint, group);
    for (const claims::Claim& claim : claims) judge_alone(claim);
  }

  void describe() {
    if (!why_not().empty() || !judged_.incidents.empty()) return;
    // verify wants a claim: the cheapest.
    Answer answer = verify(results::exact_filter("products/dot/f32/empty"), group_share, true);
    if (!answer.complaint.empty()) incident(answer.complaint, "its properties");
    if (answer.document) judged_.properties = std::move(answer.document->properties);
  }

  void judge_alone(const claims::Claim& claim) {
    if (const std::string why = why_not(); !why.empty()) return add(claim, claims::Verdict::inconclusive, why);
    const Answer answer = verify(results::exact_filter(claim.id), claim_share);
    if (answer.document) {
      take({claim}, *answer.document);
      return;
    }
    if (answer.complaint.starts_with("no answer")) ++silences_;
    add(claim, claims::Verdict::fail, "the library ended the process: " + answer.complaint);
  }

  /// Only what was asked for is taken, and each claim once; what is missing was not judged.
  void take(const std::vector<claims::Claim>& claims, const results::Document& document) {
    for (const claims::Claim& claim : claims) {
      const auto found =
          std::ranges::find(document.claims, claim.id, [](const claims::Result& result) { return result.claim.id; });
      if (found == document.claims.end()) {
        add(claim, claims::Verdict::inconclusive, "not judged: the child did not answer for it");
      } else {
        judged_.claims.push_back({claim, found->outcome});
      }
    }
  }

  void add(const claims::Claim& claim, claims::Verdict verdict, std::string reason) {
    claims::Outcome outcome;
    outcome.verdict = verdict;
    outcome.reason = std::move(reason);
    judged_.claims.push_back({claim, outcome});
  }

  void incident(const std::string& complaint, const std::string& group) {
    judged_.incidents.push_back(fmt::format("{} in {}", complaint, group));
  }

  const Candidate& backend_;
  const Judging& judging_;
  const std::size_t memory_bytes_;
  const Clock::time_point start_ = Clock::now();
  int silences_ = 0;
  Judged judged_;
};

}  // namespace

bool is_about_product(const claims::Claim& claim) { return claim.id.starts_with("products/"); }

Judged judge_in_children(const Candidate& backend, const std::vector<claims::Claim>& claims, const Judging& judging,
                         const std::function<void(std::size_t, const std::string&)>& progress) {
  return Judge(backend, judging).judge(claims, progress);
}

}  // namespace sqrtn::libraries
