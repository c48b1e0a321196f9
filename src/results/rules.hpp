#pragma once

#include <initializer_list>
#include <limits>
#include <span>
#include <string_view>

namespace sqrtn::results {

/// How a field stands in JSON. A reader refuses what does not fit.
namespace rule {

struct Word {};   ///< text that is not empty
struct Text {};   ///< text, never null
struct Maybe {};  ///< text, null where it is empty
struct Words {};  ///< an array of text; earlier documents may lack it
/// True or false. The first version of some told it by whether another field is null.
struct Flag {
  const char* first = nullptr;
  bool may_lack = false;  ///< then it stays what it was: earlier documents have no such field
};
struct Count {};  ///< a whole number
struct Known {};  ///< a whole number, null where it is 0: not known
struct Tally {};  ///< a whole number, 0 where it is absent
/// A number, null where it is not set or not finite.
struct Number {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};
/// [low, high]. Documents of the first version have two fields of their own for some of them.
struct Bounds {
  double low = -std::numeric_limits<double>::infinity();
  const char* first_low = nullptr;
  const char* first_high = nullptr;
};
/// One of these words.
struct OneOf {
  std::initializer_list<std::string_view> words;
};
/// An enumeration by its words, in the order of its values.
struct Enum {
  std::span<const std::string_view> words;
  bool may_lack = false;  ///< then the value stays what it was: earlier documents have no such field
};

constexpr Number positive{.low = 0};
constexpr Number share{.low = 0, .high = 1};

}  // namespace rule

}  // namespace sqrtn::results
