#include "claims/routines/reproducer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "blas/call.hpp"

namespace sqrtn::claims {
namespace {

using What = blas::Argument::What;

// Beyond that nobody reads the numbers.
constexpr std::size_t most_elements = 600;

template <class R>
std::string number(R value) {
  if (std::isnan(value)) return "NAN";
  if (std::isinf(value)) return value < 0 ? "-INFINITY" : "INFINITY";
  return fmt::format("{}", value);
}

/// One program, its lines in the order in which they stand.
template <class T>
class Program {
 public:
  Program(const Instance<T>& instance, const blas::Interface& interface, const Symptom& symptom)
      : instance_(instance), interface_(interface), symptom_(symptom) {}

  std::string text() {
    std::string text = guards() ? "#include <stdio.h>\n#include <string.h>\n#include <sys/mman.h>\n" + guard()
                                : "#include <math.h>\n#include <stdio.h>\n";
    text += fmt::format("{} {}({});\n", returned(), symbol(), parameters());
    text += "int main(void) {\n" + operands();
    if (symptom_.operand == '=' && returned() != "void") {
      text += fmt::format("  {} s = {}({});\n", returned(), symbol(), values());
    } else {
      if (by_address()) text += fmt::format("  {} s[2];\n", real());
      text += fmt::format("  {}({});\n", symbol(), values());
    }
    return text + check() + "}\n";
  }

 private:
  static const char* real() { return sizeof(Real<T>) == 4 ? "float" : "double"; }
  [[nodiscard]] bool guards() const { return symptom_.kind != Symptom::Kind::wrong; }
  [[nodiscard]] std::string symbol() const { return interface_.symbol(instance_.operation, blas_type<T>); }
  [[nodiscard]] bool returns_complex() const { return blas::returns_complex(instance_.operation, blas_type<T>); }
  /// Whether a complex result is written to an argument: of Fortran's interface the first, of C's the last.
  [[nodiscard]] bool by_first() const {
    return !interface_.of_c && returns_complex() && interface_.returns_by_first &&
           interface_.returns_by_first(instance_.operation, blas_type<T>);
  }
  [[nodiscard]] bool by_address() const { return returns_complex() && (interface_.of_c || by_first()); }
  [[nodiscard]] std::string returned() const {
    if (instance_.operation.outputs.front().operand != '=' || by_address()) return "void";
    if (instance_.operation.returns_double) return "double";
    if (returns_complex()) return sizeof(Real<T>) == 4 ? "float _Complex" : "double _Complex";
    return returns_index(instance_.operation) ? (interface_.of_c ? "size_t" : "int") : real();
  }
  /// Two flags for C's interface before the lengths, for Fortran's behind all else.
  [[nodiscard]] bool has_added_flags() const {
    return interface_.has_added_flags && interface_.has_added_flags(instance_.operation, blas_type<T>);
  }
  [[nodiscard]] bool has_layout() const { return interface_.of_c && has_matrix(instance_.operation); }

  /// Memory that ends, or begins, where a page begins that nobody may touch.
  [[nodiscard]] std::string guard() const {
    const bool after = symptom_.kind == Symptom::Kind::touched_after;
    return fmt::format(
        "static void *guarded(const void *from, size_t n) {{\n"
        "  char *p = mmap(0, 3 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);\n"
        "  return mprotect(p + (1 << 20), 1 << 20, PROT_READ | PROT_WRITE), memcpy(p + {}, from, n); }}\n",
        after ? "(2 << 20) - n" : "(1 << 20)");
  }

  [[nodiscard]] std::string parameters() const {
    std::string list = has_layout() ? "int" : "";
    const auto add = [&list](const std::string& type) { list += (list.empty() ? "" : ", ") + type; };
    if (by_first()) add("void *");
    if (interface_.of_c && has_added_flags()) add("int, int");
    for (const auto& [what, of] : instance_.operation.arguments) {
      if (!interface_.of_c) {
        add("const void *");
      } else if (what == What::data || (what == What::scalar && !instance_.is_real(of))) {
        add("const void *");
      } else {
        add(what == What::scalar ? real() : "int");
      }
    }
    if (interface_.of_c && by_address()) add("void *");
    if (!interface_.of_c) {
      if (has_added_flags()) add("const void *, const void *, size_t, size_t");
      for (const auto& argument : instance_.operation.arguments) {
        if (argument.what < What::length) add("size_t");
      }
    }
    return list;
  }

  /// The operands' memory before the call, one a line.
  [[nodiscard]] std::string operands() const {
    std::string text;
    for (const Stored<T>& operand : instance_.operands) {
      if (!has_memory(operand.placement.operand)) continue;
      const char name = operand.placement.operand.name;
      const Elements<T>& memory = instance_.before(name);
      std::string numbers;
      for (std::size_t i = 0; i < memory.size(); ++i) {
        numbers += (i > 0 ? ", " : "") + number(real_part(memory[i]));
        if (is_complex<T>) numbers += ", " + number(imaginary_part(memory[i]));
      }
      const std::string guarded = guards() ? fmt::format(", *{0} = guarded({0}0, sizeof {0}0)", name) : "";
      text += fmt::format("  {}{} {}{}[] = {{{}}}{};\n", guards() ? "" : "static ", real(), name, guards() ? "0" : "",
                          numbers, guarded);
    }
    return text;
  }

  [[nodiscard]] std::string value(const blas::Argument& argument) const {
    const auto& [what, of] = argument;
    if (what == What::data) return std::string(1, of);
    if (what < What::length) return flag(static_cast<char>(instance_.integer(argument)));
    if (what != What::scalar) return fmt::to_string(instance_.integer(argument));
    const T scalar = instance_.scalar(of);
    if (instance_.is_real(of) && interface_.of_c) return number(real_part(scalar));
    return fmt::format("({}[]){{{}, {}}}", real(), number(real_part(scalar)), number(imaginary_part(scalar)));
  }

  [[nodiscard]] std::string flag(char letter) const {
    if (!interface_.of_c) return fmt::format("\"{}\"", static_cast<char>(letter & ~0x20));
    return fmt::to_string(blas::c_flag(letter));
  }

  [[nodiscard]] std::string values() const {
    std::string list = has_layout() ? (instance_.choice.row_major ? "101" : "102") : "";
    const auto add = [&list](const std::string& one) { list += (list.empty() ? "" : ", ") + one; };
    if (by_first()) add("s");
    if (interface_.of_c && has_added_flags()) add(flag('N') + ", " + flag('N'));
    std::size_t n_flags = 0;
    for (const blas::Argument& argument : instance_.operation.arguments) {
      const What what = argument.what;
      const bool is_number = what == What::length || what == What::leading || what == What::increment;
      const std::string text = value(argument);
      add(!interface_.of_c && is_number ? fmt::format("&(int){{{}}}", text) : text);
      n_flags += what < What::length ? 1 : 0;
    }
    if (interface_.of_c && by_address()) add("s");
    if (!interface_.of_c && has_added_flags()) add(flag('N') + ", " + flag('N') + ", 1, 1");
    for (std::size_t i = 0; i < n_flags && !interface_.of_c; ++i) add("1");
    return list;
  }

  [[nodiscard]] std::string check() const {
    if (guards()) return "  puts(\"no memory outside of the operands was touched\");\n";
    const std::size_t at = symptom_.at * (is_complex<T> ? 2 : 1) + (symptom_.imaginary ? 1 : 0);
    const std::string got = symptom_.operand != '=' ? fmt::format("{}[{}]", symptom_.operand, at)
                            : by_address()          ? fmt::format("s[{}]", symptom_.imaginary ? 1 : 0)
                            : returns_complex()     ? fmt::format("(({} *)&s)[{}]", real(), symptom_.imaginary ? 1 : 0)
                                                    : "s";
    std::string text = fmt::format("  printf(\"got %.17g, expected %.17g\\n\", (double){}, (double){});\n", got,
                                   number(symptom_.expected));
    if (std::isnan(symptom_.expected)) return text + fmt::format("  return !isnan({});\n", got);
    return text +
           fmt::format("  return !(fabs({} - {}) <= {});\n", got, number(symptom_.expected), number(symptom_.bound));
  }

  const Instance<T>& instance_;
  const blas::Interface& interface_;
  const Symptom& symptom_;
};

}  // namespace

template <class T>
std::string c_program(const Instance<T>& instance, const blas::Interface& interface, const Symptom& symptom) {
  if (instance.operation.batch != blas::Batch::none) return {};
  for (const Stored<T>& operand : instance.operands) {
    if (operand.memory.size() > most_elements) return {};
  }
  return Program<T>(instance, interface, symptom).text();
}

template std::string c_program(const Instance<float>&, const blas::Interface&, const Symptom&);
template std::string c_program(const Instance<double>&, const blas::Interface&, const Symptom&);
template std::string c_program(const Instance<std::complex<float>>&, const blas::Interface&, const Symptom&);
template std::string c_program(const Instance<std::complex<double>>&, const blas::Interface&, const Symptom&);

}  // namespace sqrtn::claims
