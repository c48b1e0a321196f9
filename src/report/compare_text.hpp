#pragma once

#include <string>

#include "results/compare.hpp"

namespace sqrtn::report {

/// The comparison in Markdown: what differs, claims, means, and the measurements that changed; all of
/// them in a table that is folded away.
std::string to_markdown(const results::Comparison& comparison);

}  // namespace sqrtn::report
