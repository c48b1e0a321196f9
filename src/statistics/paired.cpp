#include "sqrtn/statistics/paired.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <mutex>

#include "sqrtn/statistics/median.hpp"
#include "sqrtn/support/require.hpp"
#include "statistics/distributions.hpp"

namespace sqrtn::statistics {
namespace {

constexpr std::size_t first_look = 6, last_look = 2000;
constexpr double least_tail = 1e-12;

/// The share of the error rate for the plainest effect. More would save no look, less costs one or two.
constexpr double plain_share = 0.5;

/// For each look the largest k with P(Binomial(n, ½) < k) ≤ nominal, and 1 from the first on at which 2⁻ⁿ ≤ plain:
/// whoever has no head later had none then, so that the later looks add nothing to it.
std::vector<std::size_t> ranks_at(double nominal, double plain) {
  std::vector<std::size_t> ranks;
  for (const std::size_t n : sequential_looks()) {
    const std::size_t least = std::ldexp(1.0, -static_cast<int>(n)) <= plain ? 1 : 0;
    ranks.push_back(std::max(least, median_rank(n, 1 - 2 * nominal).value_or(0)));
  }
  return ranks;
}

/// P(fewer than ranks[j] heads at any look j): probabilities of the walks that go on are moved from toss to
/// toss, and those of the walks that a look stops are added up.
double stopped_probability(const std::vector<std::size_t>& ranks) {
  const std::vector<std::size_t>& looks = sequential_looks();
  std::vector<double> alive(last_look + 1, 0.0);
  alive[0] = 1;
  double stopped = 0;
  std::size_t tosses = 0;
  for (std::size_t j = 0; j < looks.size(); ++j) {
    for (; tosses < looks[j]; ++tosses) {
      for (std::size_t heads = tosses + 1; heads > 0; --heads) alive[heads] = (alive[heads] + alive[heads - 1]) / 2;
      alive[0] /= 2;
    }
    for (std::size_t heads = 0; heads < ranks[j]; ++heads) {
      stopped += alive[heads];
      alive[heads] = 0;
    }
  }
  return stopped;
}

/// 1, 2, 3, 4, 6, 8, 12, 16, 24 and so on: a larger divisor is a stricter one, and each costs a search for its test.
std::size_t rounded_up(std::size_t n) {
  const std::size_t power = std::bit_ceil(n);
  return power >= 4 && n <= power / 4 * 3 ? power / 4 * 3 : power;
}

}  // namespace

const std::vector<std::size_t>& sequential_looks() {
  static const std::vector<std::size_t> looks = [] {
    std::vector<std::size_t> n{first_look};
    while (n.back() + std::max<std::size_t>(1, n.back() / 10) <= last_look) {
      n.push_back(n.back() + std::max<std::size_t>(1, n.back() / 10));
    }
    return n;
  }();
  return looks;
}

double SequentialSignTest::crossing_probability() const { return stopped_probability(ranks_); }

SequentialSignTest::SequentialSignTest(double tail) {
  require(tail >= least_tail && tail < 0.5, "the tail of a sequential test must be in [{}, 1/2), got {}", least_tail,
          tail);
  const double plain = plain_share * tail;
  // The last looks alone reject a fair coin with nearly the nominal level, and all together at most so many times
  // that: the answer is between.
  double low = (1 - plain_share) * tail / static_cast<double>(sequential_looks().size()), high = tail;
  while (high / low > 1.001) {
    const double middle = std::sqrt(low * high);
    (stopped_probability(ranks_at(middle, plain)) <= tail ? low : high) = middle;
  }
  nominal_ = low;
  ranks_ = ranks_at(low, plain);
}

const SequentialSignTest& SequentialSignTest::of(double tail) {
  static std::mutex mutex;
  static std::map<double, SequentialSignTest> known;
  const std::lock_guard lock(mutex);
  return known.try_emplace(tail, tail).first->second;
}

std::size_t SequentialSignTest::rank(std::size_t n_samples) const {
  const auto look = std::ranges::lower_bound(sequential_looks(), n_samples);
  if (look == sequential_looks().end() || *look != n_samples) return 0;
  return ranks_[static_cast<std::size_t>(look - sequential_looks().begin())];
}

std::size_t SequentialSignTest::least() const {
  const auto able = std::ranges::find_if(ranks_, [](std::size_t rank) { return rank > 0; });
  return sequential_looks()[static_cast<std::size_t>(able - ranks_.begin())];
}

std::optional<Interval> SequentialSignTest::interval(std::span<const double> sample) const {
  const std::size_t k = rank(sample.size());
  if (k == 0) return std::nullopt;
  std::vector<double> values(sample.begin(), sample.end());
  require(std::ranges::none_of(values, [](double x) { return std::isnan(x); }), "one of {} log ratios is NaN",
          values.size());
  std::ranges::sort(values);
  return Interval{values[k - 1], values[values.size() - k]};
}

std::size_t least_observations(std::size_t n_cases, const ChangeSettings& settings) {
  const double level = std::sqrt(settings.alpha);
  return SequentialSignTest::of(level / static_cast<double>(rounded_up(n_cases))).least() +
         SequentialSignTest::of(level).least();
}

bool CaseChange::open() const {
  return !decided() && !dropped &&
         (suspected == Change::unresolved ? screened : confirming).size() < sequential_looks().back();
}

bool CaseChange::bounded_by(double limit) const {
  return decided() || (suspected != Change::slower && interval && interval->high <= limit);
}

const std::vector<double>& CaseChange::judged() const {
  const bool fresh = refuted || (suspected != Change::unresolved && change == suspected);
  return fresh ? confirming : screened;
}

PairedChanges::PairedChanges(std::size_t n_cases, const ChangeSettings& settings)
    : level_(std::sqrt(settings.alpha)), band_(std::log1p(settings.min_effect)), cases_(n_cases) {
  require(settings.alpha >= least_tail && settings.alpha < 0.25, "alpha must be in [{}, 0.25), got {}", least_tail,
          settings.alpha);
  require(settings.min_effect > 0 && settings.min_effect <= 10, "the smallest effect must be in (0, 10], got {}",
          settings.min_effect);
}

void PairedChanges::add(std::size_t index, double log_ratio) {
  require(index < cases_.size(), "case {} of {} does not exist", index, cases_.size());
  require(std::isfinite(log_ratio), "a log ratio must be finite, got {}", log_ratio);
  CaseChange& c = cases_[index];
  require(c.open(), "case {} takes no more observations", index);
  (c.suspected == Change::unresolved ? c.screened : c.confirming).push_back(log_ratio);
}

void PairedChanges::drop(std::size_t index) {
  require(index < cases_.size(), "case {} of {} does not exist", index, cases_.size());
  cases_[index].dropped = true;
}

void PairedChanges::look() {
  // A word that is given raises the level for that word elsewhere.
  for (bool moved = true; moved;) {
    moved = false;
    for (CaseChange& c : cases_) {
      if (!c.decided()) moved |= c.suspected == Change::unresolved ? screen(c) : confirm(c);
    }
  }
}

/// Returns whether a word was given.
bool PairedChanges::screen(CaseChange& c) {
  const auto at = [&](Change word) { return SequentialSignTest::of(level_ / divisor(word)).interval(c.screened); };
  if (const auto same = at(Change::same)) {
    c.interval = same;
    if (same->low >= -band_ && same->high <= band_) {
      c.change = Change::same;
      return true;
    }
  }
  for (const Change word : {Change::slower, Change::faster}) {
    const auto beyond = at(word);
    if (!beyond || !(word == Change::slower ? beyond->low > band_ : beyond->high < -band_)) continue;
    c.suspected = word;
    c.interval = beyond;
    break;
  }
  return false;
}

/// Returns whether a word was given.
bool PairedChanges::confirm(CaseChange& c) {
  const auto fresh = SequentialSignTest::of(level_).interval(c.confirming);
  if (!fresh) return false;
  const bool slower = c.suspected == Change::slower;
  const bool confirmed = slower ? fresh->low > band_ : fresh->high < -band_;
  c.refuted = slower ? fresh->high <= band_ : fresh->low >= -band_;
  if (confirmed) c.change = c.suspected;
  if (confirmed || c.refuted) c.interval = fresh;
  return confirmed;
}

double PairedChanges::divisor(Change word) const {
  const auto given = static_cast<std::size_t>(std::ranges::count(cases_, word, &CaseChange::change));
  return static_cast<double>(rounded_up(cases_.size() - given));
}

std::optional<std::size_t> PairedChanges::wanting(std::size_t index, double limit) const {
  const CaseChange& c = cases_.at(index);
  if (c.bounded_by(limit)) return 0;
  const SequentialSignTest& fresh = SequentialSignTest::of(level_);
  const bool confirms = c.suspected == Change::slower;
  const SequentialSignTest& test = confirms ? fresh : SequentialSignTest::of(level_ / divisor(Change::slower));
  const std::vector<double>& sample = confirms ? c.confirming : c.screened;
  const std::size_t n = sample.size();
  if (n < test.least()) return test.least() - n;
  const std::size_t at = *std::prev(std::ranges::upper_bound(sequential_looks(), n));
  const Interval interval = *test.interval(std::span(sample).first(at));
  const double middle = *median(sample);
  // A suspicion that is refuted has been bounded by the band; one that arises has to be confirmed, which takes a few.
  const double below = confirms ? band_ : limit;
  double factor = std::numeric_limits<double>::infinity();
  if (middle < below) factor = (interval.high - middle) / (below - middle);
  if (middle > band_) factor = std::min(factor, (middle - interval.low) / (middle - band_));
  const double most = static_cast<double>(sequential_looks().back()),
               wanted = static_cast<double>(at) * factor * factor;
  if (!(wanted <= most)) return std::nullopt;
  const auto more = static_cast<std::size_t>(std::max(std::ceil(wanted), static_cast<double>(n + 1))) - n;
  return more + (!confirms && middle > band_ ? fresh.least() : 0);
}

std::vector<std::size_t> PairedChanges::open_cases() const {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    if (cases_[i].open()) open.push_back(i);
  }
  return open;
}

}  // namespace sqrtn::statistics
