#include "report/verdict_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "report/table.hpp"
#include "results/format.hpp"

namespace sqrtn::report {
namespace {

using experiment::Course;
using experiment::Fate;
using experiment::Verdict;

std::string signal_text(const Course& course, double within, std::string_view layer) {
  switch (course.fate) {
    case Fate::explodes:
      return fmt::format("explodes at {} {}, where the RMS passes {} times the input's", layer, course.layer,
                         compact(within));
    case Fate::vanishes:
      return fmt::format("vanishes at {} {}, where the RMS falls below 1/{} of the input's", layer, course.layer,
                         compact(within));
    case Fate::holds:
      return {};
  }
  return {};
}

/// Nothing if they hold.
std::string gradient_text(const std::optional<Course>& course, double within, std::string_view layer) {
  if (!course) return "no gradient is known where the signal is lost";
  switch (course->fate) {
    case Fate::explodes:
      return fmt::format("gradients explode at {} {} on their way back, past {} times those of the last", layer,
                         course->layer, compact(within));
    case Fate::vanishes:
      return fmt::format("gradients vanish at {} {} on their way back, below 1/{} of those of the last", layer,
                         course->layer, compact(within));
    case Fate::holds:
      return {};
  }
  return {};
}

}  // namespace

std::string verdict_text(const Verdict& verdict, std::string_view layer) {
  const std::string signal = signal_text(verdict.signal, verdict.within, layer);
  const std::string gradient = gradient_text(verdict.gradient, verdict.within, layer);
  if (signal.empty() && gradient.empty()) {
    return fmt::format("holds, the RMS of signal and gradients within a factor {}", compact(verdict.within));
  }
  if (signal.empty()) return gradient + "; the signal holds";
  return signal + "; " + (gradient.empty() ? "gradients hold" : gradient);
}

std::string short_verdict(const Verdict& verdict, std::string_view layer) {
  const bool lost = verdict.signal.fate != Fate::holds;
  if (!lost && (!verdict.gradient || verdict.gradient->fate == Fate::holds)) return "holds";
  const Course& course = lost ? verdict.signal : *verdict.gradient;
  const char* word = course.fate == Fate::explodes ? "explode" : "vanish";
  return fmt::format("{}{}{} at {} {}", lost ? "" : "gradients ", word,
                     !lost                           ? ""
                     : course.fate == Fate::explodes ? "s"
                                                     : "es",
                     layer, course.layer);
}

std::string show_log(double log_x) {
  if (std::isnan(log_x)) return "–";
  if (std::isinf(log_x)) return log_x < 0 ? "0" : "inf";
  const double log10_x = log_x / std::numbers::ln10;
  if (log10_x > -4 && log10_x < 6) return significant(std::exp(log_x));
  const double exponent = std::floor(log10_x);
  return fmt::format("{:.3f}e{:+03.0f}", std::pow(10, log10_x - exponent), exponent);
}

std::string show_log(const statistics::Interval& log_x) {
  if (!std::isfinite(log_x.low) || !(log_x.low < log_x.high)) return "–";
  return fmt::format("[{}, {}]", show_log(log_x.low), show_log(log_x.high));
}

std::string coverage_text(double coverage) {
  return fmt::format("{:.0f} % of runs", std::min(99.0, std::floor(100 * coverage + 1e-9)));
}

}  // namespace sqrtn::report
