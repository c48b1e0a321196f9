#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "order/product.hpp"
#include "sqrtn/support/require.hpp"
#include "sqrtn/support/shape.hpp"
#include "support/nearest.hpp"

namespace sqrtn::order {
namespace {

constexpr std::size_t longest = std::size_t{1} << 16, most_elements = std::size_t{1} << 26;

struct Routine {
  std::string_view name;
  std::string_view sizes;               ///< which of m, n and k are asked for, in this order
  std::vector<std::string_view> flags;  ///< letters that each may have, the usual one first
  std::string_view form, example;

  [[nodiscard]] std::string usual_flags() const {
    std::string letters;
    for (const std::string_view flag : flags) letters += flag.front();
    return letters;
  }
};

const Routine& routine_called(const std::string& name) {
  static const std::vector<Routine> routines{{"gemm", "mnk", {"NT", "NT"}, "MxNxK", "512x512x512"},
                                             {"gemv", "mk", {"NT"}, "MxK", "512x300"},
                                             {"dot", "k", {}, "K", "1000"},
                                             {"symm", "mn", {"LR", "UL"}, "MxN", "512x300"},
                                             {"syrk", "mk", {"UL", "NT"}, "NxK", "512x300"}};
  const auto found = std::ranges::find(routines, name, &Routine::name);
  std::vector<std::string> names;
  for (const Routine& routine : routines) names.emplace_back(routine.name);
  require(found != routines.end(), "no order is read of '{}': {}there are {}", name, did_you_mean(name, names),
          fmt::join(names, ", "));
  return *found;
}

std::size_t& size_of(Request& request, char size) {
  return size == 'm' ? request.m : size == 'n' ? request.n : request.k;
}

/// "gemm/TN/column".
Request parse_routine(const std::string& text) {
  Request request{.routine = text.substr(0, text.find('/'))};
  const Routine& routine = routine_called(request.routine);
  for (std::size_t at = request.routine.size(); at < text.size();) {
    const std::size_t end = std::min(text.find('/', at + 1), text.size());
    const std::string word = text.substr(at + 1, end - at - 1);
    at = end;
    if (word == "column" && !routine.flags.empty()) {
      request.column_major = true;
      continue;
    }
    const bool taken = word.size() == routine.flags.size() && !word.empty() && request.flags.empty() &&
                       std::ranges::equal(word, routine.flags, [](char letter, std::string_view letters) {
                         return letters.find(letter) != std::string_view::npos;
                       });
    require(!routine.flags.empty(), "'{}': {} has no flags; got '{}'", text, routine.name, word);
    require(taken, "'{}': the flags of {} are {} letters, of {}, or 'column'; got '{}'", text, routine.name,
            routine.flags.size(), fmt::join(routine.flags, ", then of "), word);
    request.flags = word;
  }
  if (request.flags == routine.usual_flags()) request.flags.clear();
  return request;
}

/// What the sizes that were asked for make the others.
void complete(Request& request, const std::string& text) {
  if (request.routine == "symm") request.k = flags_of(request).front() == 'L' ? request.m : request.n;
  if (request.routine != "syrk") return;
  require(request.m >= 2, "'{}': syrk is read beside its diagonal, which needs 2 rows; got {}", text, request.m);
  request.n = request.m;
}

}  // namespace

std::string flags_of(const Request& request) {
  return request.flags.empty() ? routine_called(request.routine).usual_flags() : request.flags;
}

std::size_t entries_of(const Request& request) {
  return request.routine == "syrk" ? request.m * (request.m + 1) / 2 : request.m * request.n;
}

std::string request_forms() {
  std::vector<std::string> forms;
  for (const char* name : {"gemm", "gemv", "dot", "symm", "syrk"})
    forms.push_back(fmt::format("{}:{}", name, routine_called(name).form));
  return fmt::format("{}; flags and layout as in gemm/TN, symm/RL/column", fmt::join(forms, ", "));
}

std::string Request::to_text() const {
  Request sizes = *this;
  std::string text;
  for (const char size : routine_called(routine).sizes)
    text += fmt::format("{}{}", text.empty() ? ":" : "x", size_of(sizes, size));
  return fmt::format("{}{}{}{}{}", routine, flags.empty() ? "" : "/", flags, column_major ? "/column" : "", text);
}

Request parse_request(const std::string& text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  Request request = parse_routine(text.substr(0, colon));
  const Routine& routine = routine_called(request.routine);
  const Shape shape = colon < text.size() ? parse_shape(text.substr(colon + 1)) : Shape{};
  require(shape.size() == routine.sizes.size(), "{} needs {} sizes, as {}:{}; got '{}'", routine.name,
          routine.sizes.size(), routine.name, routine.example, text);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    require(shape[i] <= longest, "'{}': sizes are at most {}; got {}", text, longest, shape[i]);
    size_of(request, routine.sizes[i]) = shape[i];
  }
  complete(request, text);
  const std::size_t elements = request.m * request.k + request.k * request.n + request.m * request.n;
  require(elements <= most_elements, "'{}': operands and result are at most {} elements; got {}", text, most_elements,
          elements);
  return request;
}

}  // namespace sqrtn::order
