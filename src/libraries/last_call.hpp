#pragma once

#include <functional>
#include <optional>

#include "libraries/ask.hpp"

namespace sqrtn::libraries {

/// The call in which, or after which, a child ended, in the reason and the program of an outcome; none if more
/// children, which `ask` starts with these variables, do not find it again.
std::optional<claims::Outcome> last_call(const std::function<Answer(const EnvironmentAdditions&)>& ask);

}  // namespace sqrtn::libraries
