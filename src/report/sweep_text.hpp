#pragma once

#include <string>

#include "experiment/width_sweep.hpp"

namespace sqrtn::report {

/// A line a width: RMS at the end, gradient at the input, verdict; then their exponents against the width with 99 %
/// intervals, and whether they stay what they are as the network grows.
/// `log_readout`: of each width, ln of what a readout by the same rule multiplies the RMS by. `within`: as verdict_of;
/// `within_exponent`: what "holds" allows an exponent to be, by either sign.
std::string sweep_text(const std::string& title, const std::vector<std::size_t>& widths,
                       const std::vector<experiment::Runs>& runs, const std::vector<double>& log_readout, double within,
                       double within_exponent);

}  // namespace sqrtn::report
