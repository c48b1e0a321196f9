#include "sqrtn/claims/claim.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "claims/area.hpp"
#include "claims/judge.hpp"
#include "claims/last_call.hpp"
#include "claims/promise.hpp"
#include "sqrtn/blas/products.hpp"
#include "statistics/p_text.hpp"
#include "support/call_watch.hpp"

namespace sqrtn::claims {

std::string_view to_string(Verdict verdict) { return verdict_words.at(static_cast<std::size_t>(verdict)); }

std::string_view to_string(Word word) { return word_words.at(static_cast<std::size_t>(word)); }

Word word_of(ClaimClass broken) {
  switch (broken) {
    case ClaimClass::values:
      return Word::wrong;
    case ClaimClass::memory:
    case ClaimClass::process:
      return Word::unsafe;
    case ClaimClass::exceptions:
      return Word::differs;
  }
  return Word::wrong;
}

std::vector<Claim> all_claims(const Settings& settings) {
  std::vector<Claim> all = generator_claims(settings);
  for (auto* more : {product_claims, initialiser_claims, structured_claims, layer_claims, network_claims, chain_claims,
                     reuse_claims}) {
    for (Claim& claim : more(settings)) all.push_back(std::move(claim));
  }
  statistics::AlphaBudget budget;
  for (const Claim& claim : all) {
    if (claim.alpha) budget.spend(claim.id, *claim.alpha);
  }
  return all;
}

namespace {

/// So that a fault of every n-th call does not meet the same calls again.
template <class T>
void call_in_between(const blas::Functions& blas) {
  if (blas.of<T>().gemm == nullptr) return;
  constexpr std::size_t size = 128;
  const Matrix<T> ones(size, size, size, T(1));
  Matrix<T> product(size, size);
  const WatchedCall watched;
  blas::gemm<T>(blas, blas::Op::none, blas::Op::none, 1, ones.view(), ones.view(), 0, product.view());
}

/// What a library answers wrongly it is asked for again, so that what is wrong at random is known as that.
Outcome judged(const Claim& claim, const Subject& subject, const Settings& settings) {
  Outcome outcome = claim.check(subject, settings);
  const bool about_answers = claim.claim_class == ClaimClass::values || claim.claim_class == ClaimClass::exceptions;
  if (!claim.uses_blas || !about_answers || outcome.verdict != Verdict::fail) return outcome;
  call_in_between<float>(subject.products);
  call_in_between<double>(subject.products);
  outcome.at_random = claim.check(subject, settings).reason != outcome.reason;
  if (outcome.at_random) outcome.reason.insert(0, "other when judged again: ");
  return outcome;
}

}  // namespace

Result run(const Claim& claim, const Subject& subject, const Settings& settings) {
  // Claims about products see for themselves which routines there are.
  const bool has_any = is_in(Area::products, claim.id) && !subject.interfaces.empty();
  if (claim.uses_blas && subject.products.f32.gemm == nullptr && !has_any) return {claim, skipped("no BLAS is loaded")};
  Result result{claim, {}};
  const auto start = std::chrono::steady_clock::now();
  try {
    result.outcome = judged(claim, subject, settings);
  } catch (CallReached& last) {
    result.outcome.reason = std::move(last.call);
    result.outcome.program = std::move(last.program);
  }
  result.outcome.time_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

Verdict overall(const std::vector<Result>& results, bool strict) {
  Verdict overall = Verdict::skipped;
  for (const Result& result : results) {
    switch (result.outcome.accepted.empty() ? result.outcome.verdict : Verdict::pass) {
      case Verdict::fail:
        if (strict || result.claim.claim_class != ClaimClass::exceptions) return Verdict::fail;
        [[fallthrough]];
      case Verdict::pass:
        if (overall == Verdict::skipped) overall = Verdict::pass;
        break;
      case Verdict::inconclusive:
        overall = Verdict::inconclusive;
        break;
      case Verdict::skipped:
        break;
    }
  }
  return overall;
}

std::optional<Word> word_of(const std::vector<Result>& results) {
  std::optional<Word> worst;
  for (const auto& [claim, outcome] : results) {
    if (outcome.verdict != Verdict::pass && outcome.verdict != Verdict::fail) continue;
    const Word word = outcome.verdict == Verdict::pass ? Word::right : word_of(claim.claim_class);
    worst = std::max(worst.value_or(word), word);
  }
  return worst;
}

std::string describe(const Result& result) {
  const Outcome& outcome = result.outcome;
  std::string line = fmt::format("{:<12} {}", to_string(outcome.verdict), result.claim.id);
  if (outcome.observed) line += fmt::format("  observed {:.9g}", *outcome.observed);
  if (outcome.expected) line += fmt::format("  expected {:.9g}", *outcome.expected);
  if (outcome.confidence_interval) {
    line +=
        fmt::format("  interval [{:.9g}, {:.9g}]", outcome.confidence_interval->low, outcome.confidence_interval->high);
  }
  if (outcome.statistic) line += fmt::format("  statistic {:.6g}", *outcome.statistic);
  if (outcome.p_value) line += "  " + statistics::p_text(*outcome.p_value, 3);
  if (outcome.n_samples) line += fmt::format("  n_samples {}", *outcome.n_samples);
  if (result.claim.effect_size) line += fmt::format("  effect {:.3g}", *result.claim.effect_size);
  if (outcome.time_s) line += fmt::format("  {:.3f} s", *outcome.time_s);
  if (!outcome.reason.empty()) line += "  (" + outcome.reason + ")";
  return line;
}

}  // namespace sqrtn::claims
