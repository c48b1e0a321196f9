#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "report/libraries.hpp"
#include "results/format.hpp"

namespace sqrtn::report {
namespace {

const claims::Property* find(const Library& backend, const std::string& id) {
  const auto found = std::ranges::find(backend.properties, id, &claims::Property::id);
  return found == backend.properties.end() ? nullptr : &*found;
}

std::string word(const Library& backend, const std::string& id) {
  const claims::Property* property = find(backend, id);
  return property == nullptr ? "–" : property->value;
}

/// "1.60 [1.07, 2.39]".
std::string figure(const Library& backend, const std::string& id) {
  const claims::Property* property = find(backend, id);
  if (property == nullptr) return "–";
  const std::string number = significant(property->number, 3);
  return property->confidence_interval ? number + ' ' + compact(property->confidence_interval, 3) : number;
}

struct InputKind {
  const char *name, *law;
};
constexpr std::array kinds{InputKind{"normal", "N(0,1)"}, InputKind{"positive", "U(0,1)"},
                           InputKind{"cancelling", "cancelling"}, InputKind{"scaled", "badly scaled"}};

}  // namespace

Table accuracy_table(const Libraries& report, std::string_view dtype) {
  Table table{.title = std::string(dtype),
              .columns = {"backend", "grade", "algorithm", "inputs", "constant, k < 256", "exponent, k < 256",
                          "λ, k < 256", "constant, k ≥ 256", "exponent, k ≥ 256", "λ, k ≥ 256", "run to run",
                          "threads and one", "0·NaN", "−0·1"},
              .rows = {}};
  for (const Library& backend : report.backends) {
    if (backend.properties.empty()) continue;
    const auto word_for = [&](const char* routine, const char* what) {
      return word(backend, fmt::format("products/{}/{}/{}", routine, dtype, what));
    };
    for (const InputKind& kind : kinds) {
      const auto rounding = [&](const char* what) {
        return figure(backend, fmt::format("products/gemm/{}/rounding/{}/{}", dtype, kind.name, what));
      };
      // Once a library, in its first row; its name in all, since a page can sort them.
      const auto once = [&, first = &kind == kinds.data()](std::string text) { return first ? text : ""; };
      table.rows.push_back({backend.name, once(word_for("gemm", "grade")), once(word_for("gemm", "algorithm")),
                            kind.law, rounding("to_256/constant"), rounding("to_256/exponent"),
                            rounding("to_256/lambda"), rounding("from_256/constant"), rounding("from_256/exponent"),
                            rounding("from_256/lambda"), once(word_for("gemm", "run_to_run")),
                            once(word_for("gemm", "threads")),
                            once(fmt::format("ger {}, syrk {}, trsm {}", word_for("ger", "zero_times_nan"),
                                             word_for("syrk", "zero_times_nan"), word_for("trsm", "zero_times_nan"))),
                            once(word_for("gemm", "minus_zero"))});
    }
  }
  return table;
}

std::string accuracy_text(const Libraries& report) {
  if (std::ranges::all_of(report.backends, [](const Library& backend) { return backend.properties.empty(); })) {
    return "";
  }
  std::string text =
      "## Accuracy\n\n"
      "Reported and never judged. The root of the mean square of gemm's error/(u·|A||B|) is near\n"
      "constant·k^exponent, k the number of terms, from 16 to 255 and from 256 to 4095: the line that\n"
      "fits best, with intervals of 99 %. Terms that are added one by one give an exponent of 0 if\n"
      "their mean is 0 and of ½ if all are positive, the √n law of rounding; partial sums side by side\n"
      "and blocks of terms lower it. λ is the largest error/(√k·u·|A||B|): beside the worst case, k·u,\n"
      "Higham and Mary's probabilistic bound says that an entry exceeds λ with probability at most\n"
      "2k·exp(−λ²/2) if rounding errors are independent with mean 0. Grade A: each entry within\n"
      "f(k)·u·|A||B|, f linear; B: within f(k)·u·‖aᵢ‖‖bⱼ‖; C: within f(k)·u·‖A‖‖B‖. Run to run, and\n"
      "threads and one: whether 20 equal calls of one thread, and several threads compared with one,\n"
      "give the same bits. Last, what the standard leaves open.\n";
  for (const char* dtype : {"f32", "f64"}) text += '\n' + to_markdown(accuracy_table(report, dtype));
  return text;
}

}  // namespace sqrtn::report
