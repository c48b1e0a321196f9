#include "libraries/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "claims/area.hpp"
#include "libraries/last_call.hpp"
#include "support/environment.hpp"
#include "support/interrupt.hpp"
#include "support/progress.hpp"

namespace sqrtn::libraries {
namespace {

using Clock = std::chrono::steady_clock;

// Half of what is left for a group, so that time remains to ask its claims alone; a sixth for each of those.
constexpr double group_share = 0.5, claim_share = 1.0 / 6;
// Of batches, groups and single claims together: with more, one library would eat the time of all others.
constexpr int patience = 5;
// A child takes some 0.1 s to start, as long as the claims about many a routine.
constexpr std::size_t groups_at_once = 8;

/// Claims that one child is asked for, by their places among all.
struct Group {
  std::string name;
  std::vector<std::size_t> places;
};

/// In the order of their first claims; those of one group need not follow one another.
std::vector<Group> groups_of(const std::vector<claims::Claim>& claims) {
  std::vector<Group> groups;
  for (std::size_t place = 0; place < claims.size(); ++place) {
    const std::string name = claims::group_of(claims[place].id);
    auto group = std::ranges::find(groups, name, &Group::name);
    if (group == groups.end()) group = groups.insert(group, {.name = name, .places = {}});
    group->places.push_back(place);
  }
  return groups;
}

/// What is about one routine may be asked beside what is about others: groups that follow one another and one child is
/// asked for first.
std::vector<std::vector<Group>> batches_of(std::vector<Group> groups, const std::vector<claims::Claim>& claims) {
  std::vector<std::vector<Group>> batches;
  bool open = false;
  for (Group& group : groups) {
    const std::string& id = claims[group.places.front()].id;
    const bool joins = claims::is_in(claims::Area::products, id) && claims::routines_of(id) == claims::Routines::one;
    if (!joins || !open || batches.back().size() == groups_at_once) batches.emplace_back();
    batches.back().push_back(std::move(group));
    open = joins;
  }
  return batches;
}

/// One library, while it is judged.
class Judge {
 public:
  Judge(const Candidate& backend, const std::vector<claims::Claim>& claims, const Judging& judging)
      : backend_(backend), judging_(judging), memory_bytes_(physical_memory_bytes()) {
    for (const claims::Claim& claim : claims) judged_.claims.push_back({.claim = claim, .outcome = {}});
  }

  Judged judge(const std::vector<std::vector<Group>>& batches,
               const std::function<void(std::size_t, const std::string&)>& progress) {
    std::size_t done = 0;
    for (const std::vector<Group>& batch : batches) {
      progress(done, batch.front().name);
      const bool together = batch.size() > 1 && judge_together(batch);
      for (const Group& group : batch) {
        if (!together) {
          progress(done, group.name);
          judge_group(group);
        }
        done += group.places.size();
      }
    }
    if (judging_.properties) describe();
    judged_.time_s = spent_s();
    return std::move(judged_);
  }

 private:
  [[nodiscard]] double spent_s() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }
  [[nodiscard]] double left_s() const { return judging_.limit_s - spent_s(); }

  /// Why nothing more is asked; "" if there is time.
  [[nodiscard]] std::string why_not() const {
    if (interrupted()) return "not judged: interrupted";
    if (silences_ >= patience) return "not judged: the library gave no answer too often";
    return left_s() > 0 ? "" : "not judged: its time was used up";
  }

  /// False, and nothing is said, if the library did anything but answer: which group is to blame is not known.
  bool judge_together(const std::vector<Group>& batch) {
    if (!why_not().empty()) return false;
    std::vector<std::size_t> places;
    for (const Group& group : batch) places.insert(places.end(), group.places.begin(), group.places.end());
    const Answer answer = verify(claims_at(places), group_share);
    if (!answer.document || !incidents_in(answer, batch.front().name).empty()) return false;
    for (const std::size_t place : places) settle(place, answer);
    return true;
  }

  void judge_group(const Group& group) {
    if (const std::string why = why_not(); !why.empty()) {
      for (const std::size_t place : group.places) set(place, claims::Verdict::inconclusive, why);
      return;
    }
    named_ = false;
    const Answer answer = verify(claims_at(group.places), group_share);
    tell(answer, group.name);
    if (answer.document || group.places.size() == 1) {
      for (const std::size_t place : group.places) settle(place, answer);
    } else {
      judge_each(group);
    }
  }

  /// After the claim that keeps the library from answering, the others of its group would only cost time.
  void judge_each(const Group& group) {
    bool silent = false;
    for (const std::size_t place : group.places) {
      const std::string why = silent ? "not judged: the library gave no answer in " + group.name : why_not();
      if (!why.empty()) {
        set(place, claims::Verdict::inconclusive, why);
        continue;
      }
      const Answer answer = verify(claims_at({place}), claim_share);
      silent = answer.how == ProcessEnd::How::timed_out;
      settle(place, answer);
    }
  }

  /// A child that was asked for this claim, alone if there is no document, has ended.
  void settle(std::size_t place, const Answer& answer) {
    if (answer.document) {
      take(place, *answer.document);
    } else if (answer.how == ProcessEnd::How::interrupted) {
      set(place, claims::Verdict::inconclusive, "not judged: interrupted");
    } else {
      set(place, claims::Verdict::fail, "the library ended the process: " + answer.complaint());
      if (answer.how != ProcessEnd::How::timed_out && (judging_.names_all_calls || !named_)) name_call(place);
    }
  }

  /// In which call it ended, and the program that shows it.
  void name_call(std::size_t place) {
    const std::optional<claims::Outcome> last =
        last_call([&](const EnvironmentAdditions& added) { return verify(claims_at({place}), claim_share, added); });
    if (!last) return;
    named_ = true;
    claims::Outcome& outcome = judged_.claims[place].outcome;
    outcome.reason += ' ' + last->reason;
    outcome.program = last->program;
  }

  void describe() {
    if (!why_not().empty() || !judged_.incidents.empty()) return;
    Answer answer = verify({"--only-properties"}, group_share);
    tell(answer, "its properties");
    if (answer.document) judged_.properties = std::move(answer.document->properties);
  }

  void tell(const Answer& answer, const std::string& place) {
    if (answer.how == ProcessEnd::How::interrupted) return;
    for (results::Incident& incident : incidents_in(answer, place)) {
      if (incident.kind == results::IncidentKind::lingered) environment_[leave_at_once] = "1";
      judged_.incidents.push_back(std::move(incident));
    }
  }

  /// `share`: of the time that is left.
  [[nodiscard]] Answer verify(const std::vector<std::string>& what, double share, EnvironmentAdditions added = {}) {
    const int longest_call_s = static_cast<int>(slowdown() * judging_.call_limit_s / (silences_ > 0 ? 2 : 1));
    std::vector<std::string> words{"verify",       "--in-process",
                                   "--blas",       backend_.blas,
                                   "--seed",       fmt::to_string(judging_.settings.seed),
                                   "--threads",    fmt::to_string(judging_.settings.threads),
                                   "--call-limit", fmt::to_string(longest_call_s)};
    if (judging_.settings.quick) {
      words.emplace_back("--quick");
    } else if (judging_.settings.effect_scale != 1) {
      words.insert(words.end(), {"--effect-scale", fmt::to_string(judging_.settings.effect_scale)});
    }
    words.insert(words.end(), what.begin(), what.end());
    added.insert(environment_.begin(), environment_.end());
    const ProcessLimits limits{.wall_s = std::max(share * left_s(), 1.0), .memory_bytes = memory_bytes_};
    const Answer answer = ask_child(words, limits, added);
    if (!answer.document && answer.how == ProcessEnd::How::timed_out) ++silences_;
    return answer;
  }

  [[nodiscard]] std::vector<std::string> claims_at(const std::vector<std::size_t>& places) const {
    std::vector<std::string> words;
    for (const std::size_t place : places) words.insert(words.end(), {"--claim", judged_.claims[place].claim.id});
    return words;
  }

  /// What is missing was not judged.
  void take(std::size_t place, const results::Document& document) {
    const std::string& id = judged_.claims[place].claim.id;
    const auto found =
        std::ranges::find(document.claims, id, [](const claims::Result& result) { return result.claim.id; });
    if (found == document.claims.end()) {
      set(place, claims::Verdict::inconclusive, "not judged: the child did not answer for it");
    } else {
      judged_.claims[place].outcome = found->outcome;
    }
  }

  void set(std::size_t place, claims::Verdict verdict, std::string reason) {
    judged_.claims[place].outcome.verdict = verdict;
    judged_.claims[place].outcome.reason = std::move(reason);
  }

  const Candidate& backend_;
  const Judging& judging_;
  const std::size_t memory_bytes_;
  EnvironmentAdditions environment_ = environment_for(backend_);
  const Clock::time_point start_ = Clock::now();
  int silences_ = 0;
  bool named_ = false;  ///< whether a call that ended a child of this group was named
  Judged judged_;
};

}  // namespace

Judged judge_in_children(const Candidate& backend, const std::vector<claims::Claim>& claims, const Judging& judging,
                         const std::function<void(std::size_t, const std::string&)>& progress) {
  return Judge(backend, claims, judging).judge(batches_of(groups_of(claims), claims), progress);
}

JudgedLibrary judge_apart(const std::string& blas, const std::vector<claims::Claim>& claims, const Judging& judging) {
  const Candidate library = choose_backends(blas, {}, {}, false).front();
  std::vector<claims::Result> own = judge_own(claims, judging.settings);
  std::vector<claims::Claim> about = claims;
  std::erase_if(about, [](const claims::Claim& claim) { return !claim.uses_blas; });
  Progress progress("library");
  Judged judged = judge_in_children(library, about, judging, [&](std::size_t done, const std::string& group) {
    progress.update(static_cast<double>(done) / static_cast<double>(about.size()), group);
  });
  judged.claims = in_order(claims, std::move(own), std::move(judged.claims));
  judged.incidents.insert(judged.incidents.begin(), library.incidents.begin(), library.incidents.end());
  return {*library.record, std::move(judged)};
}

}  // namespace sqrtn::libraries
