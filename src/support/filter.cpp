#include "support/filter.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace sqrtn {

Filter::Filter(const std::string& text) try : pattern_(text) {
} catch (const boost::regex_error&) {
  throw std::invalid_argument(
      fmt::format("'{}' is no regular expression; write for example --filter '^products/'", text));
}

bool Filter::finds(const std::string& id) const try {
  return boost::regex_search(id, pattern_);
} catch (const std::runtime_error&) {
  throw std::invalid_argument(
      fmt::format("'{}' is too costly a regular expression; write a simpler one for --filter", pattern_.str()));
}

}  // namespace sqrtn
