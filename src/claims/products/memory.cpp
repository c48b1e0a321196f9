#include <fmt/format.h>

#include "claims/products/checks.hpp"
#include "claims/routines/guarded.hpp"
#include "claims/routines/inside.hpp"

namespace sqrtn::claims {
namespace {

/// Calls whose result, or where it is a number its operands, have no rows or no columns.
std::vector<Choice> empty_shapes(const blas::Operation& operation) {
  const char name = operation.outputs.front().operand;
  const blas::Operand& emptied = name == '=' ? operation.operands.front() : operand_of(operation, name);
  std::vector<Choice> shapes;
  if (emptied.rows == 'm' || emptied.cols == 'm') shapes.push_back({.m = 0, .n = 4, .k = 5});
  if (emptied.rows == 'n' || emptied.cols == 'n') shapes.push_back({.m = 3, .n = 0, .k = 5});
  return shapes;
}

/// There is nothing to write, and each operand lies in memory that may not be touched. dot and nrm2 of no entries are
/// 0.
template <class T>
void empty(const Inquiry& inquiry) {
  const GuardedMemory memory(1);
  T* const untouchable = reinterpret_cast<T*>(memory.room().data() + memory.room().size());
  for_calls(inquiry, empty_shapes(inquiry.operation), [&](const Choice& choice, const blas::Interface& interface) {
    RoutineCall<T> call(inquiry.operation, choice);
    call.alpha = T(-0.7);
    call.beta = T(1.3);
    call.places.assign(inquiry.operation.operands.size(), untouchable);
    const bool touched = refused_access([&] { call.call(interface); }) != nullptr;
    ++inquiry.found.n_compared;
    const bool returns = inquiry.operation.outputs.front().operand == '=';
    if (!touched && (!returns || call.returned_number() == T(0))) return;
    inquiry.found.fail([&] {
      return fmt::format("{}: {}", call.describe(interface),
                         touched ? "touched an operand" : fmt::format("got {}, expected 0", call.returned_number()));
    });
  });
}

}  // namespace

template <class T>
std::vector<Check> checks_of_memory() {
  return {{.name = "empty",
           .statement = " with nothing to write touches nothing",
           .source = "reference BLAS 3.11: 'Quick return if possible'",
           .check = empty<T>},
          {.name = "inside",
           .statement = ": nothing outside of the operands is touched, on either side",
           .source = exact_source,
           .check = inside<T>}};
}

template std::vector<Check> checks_of_memory<float>();
template std::vector<Check> checks_of_memory<double>();

}  // namespace sqrtn::claims
