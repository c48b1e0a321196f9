#include "claims/routines/reproducer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "claims/routines/call_in_c.hpp"
#include "claims/routines/halves.hpp"

namespace sqrtn::claims {
namespace {

// Beyond that nobody reads the numbers.
constexpr std::size_t most_elements = 600;

/// One program, its lines in the order in which they stand.
template <class T>
class Program {
 public:
  Program(const Instance<T>& instance, const blas::Interface& interface, const Symptom& symptom)
      : instance_(instance), call_(instance, interface), symptom_(symptom) {}

  std::string text() {
    std::string text = guards() ? "#include <math.h>\n#include <stdio.h>\n#include <string.h>\n#include <sys/mman.h>\n"
                                : "#include <math.h>\n#include <stdio.h>\n";
    if (guards()) text += guard();
    text += fmt::format("{} {}({});\n", call_.returned(), call_.symbol(), call_.parameters());
    text += "int main(void) {\n" + operands() + call_.arrays();
    if (call_.by_address()) text += fmt::format("  {} s[2];\n", call_.real());
    const std::string call = fmt::format("{}({})", call_.symbol(), call_.values());
    if (guards())
      return text + fmt::format("  {}, puts(\"no memory outside of the operands was touched\");\n}}\n", call);
    if (symptom_.kind == Symptom::Kind::ends_the_process)
      return text +
             fmt::format("  {}, puts(\"the call returned; valgrind tells whether it wrote where it may not\");\n}}\n",
                         call);
    const bool returns = symptom_.operand == '=' && call_.returned() != "void";
    return text + fmt::format("  {}{};\n", returns ? call_.returned() + " s = " : "", call) + check() + "}\n";
  }

 private:
  [[nodiscard]] bool guards() const {
    return symptom_.kind == Symptom::Kind::touched_after || symptom_.kind == Symptom::Kind::touched_before;
  }
  /// Memory that ends, or begins, where a page begins that nobody may touch.
  [[nodiscard]] std::string guard() const {
    const bool after = symptom_.kind == Symptom::Kind::touched_after;
    return fmt::format(
        "static void *guarded(const void *from, size_t n) {{ char *p = mmap(0, 3 << 20, PROT_NONE, MAP_PRIVATE | "
        "MAP_ANONYMOUS, -1, 0);\n"
        "  return mprotect(p + (1 << 20), 1 << 20, PROT_READ | PROT_WRITE), memcpy(p + {}, from, n); }}\n",
        after ? "(2 << 20) - n" : "(1 << 20)");
  }

  /// The operands' memory before the call, one a line.
  [[nodiscard]] std::string operands() const {
    std::string text;
    for (const Stored<T>& operand : instance_.operands) {
      if (!has_memory(operand.placement.operand)) continue;
      const char name = operand.placement.operand.name;
      const auto half = operand.placement.operand.half;
      if (symptom_.kind == Symptom::Kind::ends_the_process && operand.memory.size() > most_elements) {
        text += fmt::format("  static {} {}[{}];\n", half ? "unsigned short" : call_.real(), name,
                            operand.memory.size() * (is_complex<T> ? 2 : 1));
        continue;
      }
      const Elements<T>& memory = instance_.before(name);
      std::string numbers;
      for (std::size_t i = 0; i < memory.size(); ++i) {
        numbers += (i > 0 ? ", " : "") +
                   (half ? fmt::format("{:#x}", half_of(*half, memory[i])) : c_number(real_part(memory[i])));
        if (is_complex<T>) numbers += ", " + c_number(imaginary_part(memory[i]));
      }
      const std::string guarded = guards() ? fmt::format(", *{0} = guarded({0}0, sizeof {0}0)", name) : "";
      text += fmt::format("  {}{} {}{}[] = {{{}}}{};\n", guards() ? "" : "static ",
                          half ? "unsigned short" : call_.real(), name, guards() ? "0" : "", numbers, guarded);
    }
    return text;
  }

  /// Of the operand that is wrong. A bfloat16 is the first half of a float.
  [[nodiscard]] std::string element(std::size_t at) const {
    const std::string text = fmt::format("{}[{}]", symptom_.operand, at);
    if (!instance_.stored(symptom_.operand).placement.operand.half) return text;
    return "(union { unsigned u; float f; }){" + text + " * 65536u}.f";
  }

  [[nodiscard]] std::string check() const {
    const std::size_t at = symptom_.at * (is_complex<T> ? 2 : 1) + (symptom_.imaginary ? 1 : 0);
    const std::string got = symptom_.operand != '=' ? element(at)
                            : call_.by_address()    ? fmt::format("s[{}]", symptom_.imaginary ? 1 : 0)
                            : call_.returns_complex()
                                ? fmt::format("(({} *)&s)[{}]", call_.real(), symptom_.imaginary ? 1 : 0)
                                : "s";
    std::string text = fmt::format("  printf(\"got %.17g, expected %.17g\\n\", (double){}, (double){});\n", got,
                                   c_number(symptom_.expected));
    if (std::isnan(symptom_.expected)) return text + fmt::format("  return !isnan({});\n", got);
    return text + fmt::format("  return !(fabs({} - {}) <= {});\n", got, c_number(symptom_.expected),
                              c_number(symptom_.bound));
  }

  const Instance<T>& instance_;
  const CallInC<T> call_;
  const Symptom& symptom_;
};

}  // namespace

template <class T>
std::string c_program(const Instance<T>& instance, const blas::Interface& interface, const Symptom& symptom) {
  const auto is_large = [](const Stored<T>& operand) { return operand.memory.size() > most_elements; };
  if (symptom.kind != Symptom::Kind::ends_the_process && std::ranges::any_of(instance.operands, is_large)) return {};
  return Program<T>(instance, interface, symptom).text();
}

template std::string c_program(const Instance<float>&, const blas::Interface&, const Symptom&);
template std::string c_program(const Instance<double>&, const blas::Interface&, const Symptom&);
template std::string c_program(const Instance<std::complex<float>>&, const blas::Interface&, const Symptom&);
template std::string c_program(const Instance<std::complex<double>>&, const blas::Interface&, const Symptom&);

}  // namespace sqrtn::claims
