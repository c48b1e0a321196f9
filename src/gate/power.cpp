#include "gate/power.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "results/format.hpp"

namespace sqrtn::gate {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t longest_shown = 120;  // of a case's name

/// As --budget takes it, with a tenth for launches that take longer.
std::string budget_for(double time_s) { return fmt::format("--budget {:.0f}s", std::ceil(1.1 * time_s)); }

/// What would make a word possible within the time.
std::string remedies(std::size_t n_cases, const BlockCost& cost, const Settings& settings, double needed_s) {
  const double time_s = settings.extend * settings.budget_s;
  const auto needs_s = [&](std::size_t n, double alpha) {
    const double share = static_cast<double>(n) / static_cast<double>(n_cases);
    const double block_s = cost.block_s - std::min(cost.loops_s, cost.block_s) * (1 - share);
    const statistics::ChangeSettings rates{.alpha = alpha, .min_effect = settings.change.min_effect};
    return static_cast<double>(statistics::least_observations(n, rates)) * block_s;
  };
  std::vector<std::string> ways{budget_for(needed_s)};
  for (const double alpha : {1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.1, 0.2}) {
    if (alpha <= settings.change.alpha || needs_s(n_cases, alpha) > time_s) continue;
    ways.push_back(fmt::format("--alpha {}", alpha));
    break;
  }
  for (std::size_t n = n_cases / 2; n > 0; n /= 2) {
    if (needs_s(n, settings.change.alpha) > time_s) continue;
    ways.push_back(fmt::format("a --filter for {} of the {} cases", n, n_cases));
    break;
  }
  return fmt::format("{}", fmt::join(ways, ", or "));
}

/// The ratio, less 1, up to which a slow-down would have passed.
double passing(const Row& row) {
  const auto& interval = row.timed.change.interval;
  return interval ? std::expm1(interval->high) : infinity;
}

}  // namespace

Plan plan_of(std::size_t n_cases, const BlockCost& cost, const Settings& settings) {
  Plan plan;
  plan.blocks = statistics::least_observations(n_cases, settings.change);
  plan.needed_s = static_cast<double>(plan.blocks) * cost.block_s;
  plan.fits = plan.needed_s <= settings.budget_s;
  plan.possible = plan.needed_s <= settings.extend * settings.budget_s;
  if (plan.fits) return plan;
  plan.text = fmt::format(
      "to call a case slower takes {} blocks of two launches, some {} at {} a block, and --budget {} "
      "holds {:.0f}",
      plan.blocks, results::duration(plan.needed_s, 3), results::duration(cost.block_s, 3),
      results::duration(settings.budget_s, 3), std::floor(settings.budget_s / cost.block_s));
  plan.text += plan.possible ? fmt::format("; it is extended as far as needed, {} at most",
                                           results::duration(settings.extend * settings.budget_s, 3))
                             : "; give " + remedies(n_cases, cost, settings, plan.needed_s);
  return plan;
}

std::string powerless_text(const std::vector<const Row*>& timed, const Run& run, const Settings& settings) {
  const Row* worst = nullptr;
  std::size_t n = 0;
  for (const Row* row : timed) {
    const statistics::CaseChange& c = row->timed.change;
    if (c.dropped || c.bounded_by(green_limit(settings.change))) continue;
    ++n;
    if (worst == nullptr || passing(*row) > passing(*worst)) worst = row;
  }
  if (worst == nullptr) return "";
  const double size = passing(*worst);
  std::string text = worst->timed.change.suspected == statistics::Change::slower
                         ? "a case is suspected slower, and the time ended before fresh blocks could confirm it:"
                     : std::isinf(size)
                         ? "no slow-down, however large, could have been found in"
                         : fmt::format("nothing smaller than {} could have been found in", results::percent(size));
  text += fmt::format(" {}", results::shortened(worst->name, longest_shown));
  if (n > 1) text += fmt::format(" (and no better in {} more)", n - 1);
  text += fmt::format("; {}", budget_for(run.time_s + run.wanting_s));
  // Half of what would have passed is the smallest effect whose double is excluded.
  if (std::isfinite(size) && size < 10) text += fmt::format(", or --min-effect {:.0f}%", std::ceil(50 * size));
  return text + " would do, by what was seen";
}

}  // namespace sqrtn::gate
