#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sqrtn {

/// The name that needs the fewest inserted, dropped or replaced letters (Levenshtein) to become
/// `asked`, whether they are capitals or not; empty if it needs more than half of asked's letters, which would be
/// a guess, or if there are no names.
std::string nearest_name(std::string_view asked, std::span<const std::string> names);

/// "did you mean 'relu'? ", a clause of a message; empty if no name is near.
std::string did_you_mean(std::string_view asked, std::span<const std::string> names);

}  // namespace sqrtn
