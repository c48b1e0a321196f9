#pragma once

#include <boost/regex.hpp>
#include <string>

namespace sqrtn {

/// A regular expression that is looked for anywhere in an id. Boost's engine gives up on expressions that std::regex
/// would try for ever.
class Filter {
 public:
  /// Throws: std::invalid_argument that names the text and the remedy.
  explicit Filter(const std::string& text);
  /// Throws: std::invalid_argument that names an expression which takes too long.
  [[nodiscard]] bool finds(const std::string& id) const;

 private:
  boost::regex pattern_;
};

}  // namespace sqrtn
