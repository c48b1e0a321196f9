#include "samplers/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "claims/judge.hpp"
#include "libraries/children.hpp"
#include "samplers/claims.hpp"
#include "samplers/diagnose.hpp"
#include "samplers/speeds.hpp"
#include "support/interrupt.hpp"
#include "support/progress.hpp"
#include "support/words.hpp"

namespace sqrtn::samplers {
namespace {

using claims::Claim;
using claims::Outcome;
using claims::Verdict;

/// The claims in one type, and what they are judged of.
struct Part {
  claims::Subject subject;
  std::vector<Claim> claims;
};

/// Claims about rules that the program does not know are not made.
void choose(std::vector<Claim>& claims, const Known& known, const Filter& filter) {
  std::erase_if(claims, [&](const Claim& claim) {
    const std::string_view rule = rule_of(claim.id);
    return (!rule.empty() && !known.knows_rule(rule)) || !filter.finds(claim.id);
  });
}

std::vector<Part> parts_of(const std::shared_ptr<Draws>& draws, const Judging& judging) {
  const Known& known = draws->known();
  std::vector<Part> parts;
  std::vector<Element> dtypes = known.dtypes;
  if (known.knows_rule("bits")) dtypes.push_back(Element::u32);
  bool is_first = true;
  for (const Element dtype : dtypes) {
    Part part{subject_of(draws, dtype), program_claims(draws, dtype)};
    const bool takes_rest = is_first && dtype != Element::f64;
    is_first = is_first && !takes_rest;
    std::ranges::move(draw_claims(judging.settings, dtype, takes_rest), std::back_inserter(part.claims));
    choose(part.claims, known, judging.filter);
    parts.push_back(std::move(part));
  }
  return parts;
}

/// A program has none: what is drawn for one of sqrtn's is another seed of its own.
void without_engine(std::string& reason) {
  for (const std::string_view engine : {", ars", ", philox"}) {
    if (const std::size_t at = reason.find(engine); at != std::string::npos) reason.erase(at, engine.size());
  }
}

Claim answers_claim() {
  return claims::exact_claim("sampler/answers", "each question is answered in time, with the values and nothing else",
                             "docs/sampler.md");
}

class Judge {
 public:
  explicit Judge(const Judging& judging)
      : judging_(judging),
        program_(judging.command, judging.answer_limit_s),
        draws_(std::make_shared<Draws>(program_)) {
    judged_.claims.push_back({answers_claim(), claims::exact_outcome({}, 1)});
    judging_.settings.threads = 1;
  }

  Judged judge() {
    try {
      judged_.known = program_.known();
      std::vector<Part> parts = parts_of(draws_, judging_);
      load_blas(parts);
      judge_parts(parts);
      if (!interrupted()) judged_.diagnoses = diagnose(*draws_, judged_.claims);
      judged_.speeds = speeds_of(program_);
      program_.end();
    } catch (const Fault& fault) {
      note(fault);
    } catch (const GivenUp&) {
      // Said by the claims that were not judged.
    }
    Outcome& answers = judged_.claims.front().outcome;
    answers.n_samples = program_.values_drawn();
    if (program_.values_drawn() == 0 && answers.verdict == Verdict::pass) {
      answers.verdict = Verdict::skipped;
      answers.reason = "no claim asked for values";
    }
    return std::move(judged_);
  }

 private:
  /// Where a claim needs it.
  void load_blas(std::vector<Part>& parts) {
    const auto uses = [](const Part& part) { return std::ranges::any_of(part.claims, &Claim::uses_blas); };
    if (std::ranges::none_of(parts, uses)) return;
    try {
      const blas::Backend backend = libraries::load_library(judging_.blas.value_or("openblas"));
      backend.set_threads(1);
      judged_.blas = backend.file_name();
      for (Part& part : parts) part.subject.products = backend.functions();
    } catch (const std::invalid_argument&) {
      if (judging_.blas) throw;
    }
  }

  void judge_parts(const std::vector<Part>& parts) {
    std::size_t n_claims = 0, done = 0;
    for (const Part& part : parts) n_claims += part.claims.size();
    Progress progress("claims");
    for (const Part& part : parts) {
      for (const Claim& claim : part.claims) {
        progress.update(static_cast<double>(done++) / static_cast<double>(n_claims), claim.id);
        judge_claim(claim, part.subject);
      }
    }
  }

  /// A claim for which the program drew nothing is none about it, but one that was skipped for want of a library.
  void judge_claim(const Claim& claim, const claims::Subject& subject) {
    const std::size_t before = program_.values_drawn();
    try {
      if (interrupted()) throw GivenUp("interrupted");
      claims::Result result = claims::run(claim, subject, judging_.settings);
      without_engine(result.outcome.reason);
      const bool is_skipped = result.outcome.verdict == Verdict::skipped;
      if (program_.values_drawn() > before || is_skipped) judged_.claims.push_back(std::move(result));
    } catch (const NotKnown&) {
      return;
    } catch (const Fault& fault) {
      note(fault);
      not_judged(claim, "the program did not answer");
    } catch (const GivenUp& why) {
      not_judged(claim, why.what());
    }
  }

  /// The first is told.
  void note(const Fault& fault) {
    Outcome& answers = judged_.claims.front().outcome;
    if (answers.verdict == Verdict::fail) return;
    answers = claims::failure(fault.what());
  }

  void not_judged(const Claim& claim, const std::string& why) {
    judged_.claims.push_back({claim, {}});
    judged_.claims.back().outcome.reason = "not judged: " + why;
  }

  Judging judging_;
  Program program_;
  std::shared_ptr<Draws> draws_;
  Judged judged_;
};

}  // namespace

std::vector<Claim> claims_for(const Judging& judging) {
  Program program(judging.command, judging.answer_limit_s);
  std::vector<Claim> all{answers_claim()};
  try {
    for (Part& part : parts_of(std::make_shared<Draws>(program), judging)) {
      std::ranges::move(part.claims, std::back_inserter(all));
    }
  } catch (const Fault& fault) {
    throw std::invalid_argument(fmt::format("--sampler: it {}", fault.what()));
  }
  return all;
}

Judged judge(const Judging& judging) { return Judge(judging).judge(); }

}  // namespace sqrtn::samplers
