#include "claims/routines/inside.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <complex>

#include "claims/routines/comparison.hpp"
#include "claims/routines/guarded.hpp"
#include "claims/routines/halves.hpp"
#include "claims/routines/reproducer.hpp"
#include "claims/routines/sweep.hpp"

namespace sqrtn::claims {

/// Operands between memory that nobody may touch.
template <class T>
class GuardedOperands {
 public:
  /// "" or what was touched.
  std::string call_within(Instance<T>& instance, const blas::Interface& interface, bool at_end) {
    instance.places.clear();
    for (std::size_t i = 0; i < instance.operands.size(); ++i) {
      const blas::Operand& operand = instance.operands[i].placement.operand;
      const Elements<T>& memory = instance.operands[i].memory;
      const auto placed = [&](const auto& elements) {
        const auto content = std::as_bytes(std::span(elements.data(), elements.size()));
        return reinterpret_cast<T*>(places_.at(i).place(content, 0, at_end));
      };
      instance.places.push_back(!has_memory(operand) ? instance.places.front()
                                : operand.half       ? placed(in_halves(*operand.half, memory))
                                                     : placed(memory));
    }
    const void* const refused = refused_access([&] { instance.call(interface); });
    return refused != nullptr ? touched(instance, refused, at_end) : overrun(instance, at_end);
  }

 private:
  [[nodiscard]] std::string touched(const Instance<T>& instance, const void* address, bool at_end) const {
    for (std::size_t i = 0; i < instance.operands.size(); ++i) {
      if (places_.at(i).guards(address))
        return fmt::format("touched memory {} {}", at_end ? "after" : "before",
                           instance.operands[i].placement.operand.name);
    }
    return "touched memory far from every operand";
  }
  [[nodiscard]] std::string overrun(const Instance<T>& instance, bool at_end) const {
    for (std::size_t i = 0; i < instance.operands.size(); ++i) {
      if (has_memory(instance.operands[i].placement.operand) && places_.at(i).overrun())
        return fmt::format("wrote {} {}, or between its entries", at_end ? "before" : "after",
                           instance.operands[i].placement.operand.name);
    }
    return {};
  }
  // Larger than any operand of the shapes below.
  std::array<GuardedOperand, 4> places_{GuardedOperand(1 << 18), GuardedOperand(1 << 18), GuardedOperand(1 << 18),
                                        GuardedOperand(1 << 18)};
};

template <class T>
void inside(const Inquiry& inquiry) {
  GuardedOperands<T> guarded;
  std::vector<Choice> shapes = small_shapes(inquiry.operation, inquiry.in_depth);
  if (!inquiry.in_depth)
    std::erase_if(shapes, [&shapes](const Choice& shape) { return (&shape - shapes.data()) % 7 != 0; });
  std::ranges::move((inquiry.in_depth ? varied_shapes : typical_shapes)(inquiry.operation), std::back_inserter(shapes));
  for_calls(
      inquiry, shapes,
      [&](const Choice& choice, const blas::Interface& interface) {
        Instance<T> instance(inquiry.operation, choice);
        instance.fill(inquiry.data, Inputs::normal);
        // So that what is added to is read too.
        if (inquiry.in_depth) instance.set_scalars(T(Real<T>(-0.7)), T(Real<T>(1.3)));
        instance.store();
        for (const bool at_end : {true, false}) {
          const std::string fault = guarded.call_within(instance, interface, at_end);
          ++inquiry.found.n_compared;
          if (fault.empty()) continue;
          inquiry.found.program = c_program(
              instance, interface, {.kind = at_end ? Symptom::Kind::touched_after : Symptom::Kind::touched_before});
          return inquiry.found.fail([&] { return instance.describe(interface) + ": " + fault; });
        }
      },
      30);
}

template void inside<float>(const Inquiry&);
template void inside<double>(const Inquiry&);
template void inside<std::complex<float>>(const Inquiry&);
template void inside<std::complex<double>>(const Inquiry&);

}  // namespace sqrtn::claims
