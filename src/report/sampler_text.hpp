#pragma once

#include <string>

#include "results/document.hpp"
#include "samplers/judge.hpp"

/// What a terminal shows of a program that draws weights.
namespace sqrtn::report {

/// A line for each rule and type: verdict, the effect that was looked for, values a second beside sqrtn's; what failed,
/// and what the draws are instead; what was not judged; the verdict last.
std::string sampler_text(const results::Document& document, const samplers::Judged& judged);

}  // namespace sqrtn::report
