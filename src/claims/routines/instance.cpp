#include "claims/routines/instance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "claims/last_call.hpp"
#include "claims/routines/halves.hpp"
#include "claims/routines/reproducer.hpp"

namespace sqrtn::claims {

using blas::Structure;
using What = blas::Argument::What;

template <class T>
Instance<T>::Instance(const blas::Operation& operation_, const Choice& choice_) : RoutineCall<T>(operation_, choice_) {
  for (const blas::Operand& operand : operation.operands) operands.emplace_back(operation, operand, choice);
  if (operation.operands.back().structure == Structure::rotation && !finds_rotation(operation))
    std::ranges::copy(this->rotation(), operands.back().entries.begin());
}

template <class T>
Stored<T>& Instance<T>::stored(char name) {
  return *std::ranges::find(operands, name, [](const Stored<T>& s) { return s.placement.operand.name; });
}
template <class T>
const Stored<T>& Instance<T>::stored(char name) const {
  return const_cast<Instance*>(this)->stored(name);
}

template <class T>
const Elements<T>& Instance<T>::before(char name) const {
  return before_[static_cast<std::size_t>(&stored(name) - operands.data())];
}

template <class T>
void Instance<T>::set_scalars(T alpha, T beta) {
  const auto fitting = [&](char name, const T& value) {
    if (!has_argument(operation, What::scalar, name)) return T(name == 'a' ? 1 : 0);
    if (operation.half_scalars) return rounded_to_half(*operation.half_scalars, value);
    return this->is_real(name) ? T(real_part(value)) : value;
  };
  this->alpha = fitting('a', alpha);
  this->beta = fitting('b', beta);
  this->offset = fitting('o', beta);
}

template <class T>
void Instance<T>::store(Real<T> unset) {
  for (Stored<T>& operand : operands) {
    if (has_memory(operand.placement.operand)) operand.store(unset);
  }
  remember();
}

template <class T>
void Instance<T>::remember() {
  before_.clear();
  for (const Stored<T>& operand : operands) before_.push_back(operand.memory);
}

template <class T>
void Instance<T>::restore() {
  for (std::size_t i = 0; i < operands.size(); ++i) operands[i].memory = before_[i];
}

template <class T>
void Instance<T>::restore_results() {
  for (const blas::Output& output : operation.outputs) {
    if (output.operand == '=') continue;
    Stored<T>& results = holder(stored(output.operand));
    results.memory = before(results.placement.operand.name);
  }
}

template <class T>
void Instance<T>::call(const blas::Interface& interface) {
  if (is_last_call())
    throw CallReached{this->describe(interface),
                      c_program(*this, interface, {.kind = Symptom::Kind::ends_the_process})};
  if (!places.empty()) return RoutineCall<T>::call(interface);
  if (has_halves(operation)) return call_with_halves(interface);
  for (const Stored<T>& operand : operands) places.push_back(holder(operand).memory.data());
  RoutineCall<T>::call(interface);
  places.clear();
}

template <class T>
void Instance<T>::call_with_halves(const blas::Interface& interface) {
  std::vector<Elements<std::uint16_t>> halves;
  for (Stored<T>& operand : operands) {
    const auto half = operand.placement.operand.half;
    halves.push_back(half ? in_halves(*half, operand.memory) : Elements<std::uint16_t>(0));
    places.push_back(half ? reinterpret_cast<T*>(halves.back().data()) : operand.memory.data());
  }
  RoutineCall<T>::call(interface);
  places.clear();
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (const auto half = operands[i].placement.operand.half) take_halves(*half, halves[i], operands[i].memory);
  }
}

template <class T>
void Instance<T>::take(const Instance& other) {
  for (std::size_t which = 0; which < operands.size(); ++which) {
    Stored<T>& operand = operands[which];
    const Stored<T>& taken = other.operands[which];
    const char name = operand.placement.operand.name;
    const bool turned = (choice.transpose(name) == 'N') != (other.choice.transpose(name) == 'N');
    if (!turned || !has_op(operation, name)) {
      operand.entries = taken.entries;
      continue;
    }
    for (std::size_t i = 0; i < operand.placement.rows; ++i) {
      for (std::size_t j = 0; j < operand.placement.cols; ++j) operand(i, j) = taken(j, i);
    }
  }
  solution = other.solution;
  products_ = other.products_;
}

template <class T>
void Instance<T>::scale(int left, int right, int sum) {
  const auto multiply = [](std::vector<T>& entries, int exponent) {
    for (Real<T>& part : parts_of(entries)) part = std::ldexp(part, exponent);
  };
  const blas::Output& output = operation.outputs.front();
  const blas::Term& term = output.terms.front();
  for (Stored<T>& operand : operands) {
    const char name = operand.placement.operand.name;
    multiply(operand.entries, name == output.operand ? sum : name == term.left.operand ? left : right);
  }
  auto scaled = *products<T>();
  multiply(scaled.at(&term).value, left + right);
  products<T>() = std::make_shared<const decltype(scaled)>(std::move(scaled));
}

template <class T>
bool Instance<T>::turns(const blas::Factor& factor) const {
  return (factor.by_flag && choice.transpose(factor.operand) != 'N') != factor.transposed;
}

template <class T>
std::array<std::size_t, 2> Instance<T>::shape(const blas::Factor& factor) const {
  if (factor.operand == '1' || factor.operand == 'I') return {1, 1};
  const Placement& placement = stored(factor.operand).placement;
  if (turns(factor)) return {placement.cols, placement.rows};
  return {placement.rows, placement.cols};
}

template <class T>
T Instance<T>::entry(const blas::Factor& factor, std::size_t i, std::size_t j) const {
  if (factor.operand == '1' || factor.operand == 'I') return T(1);
  const Stored<T>& operand = stored(factor.operand);
  return part(factor, turns(factor) ? operand(j, i) : operand(i, j));
}

template class Instance<float>;
template class Instance<double>;
template class Instance<std::complex<float>>;
template class Instance<std::complex<double>>;

}  // namespace sqrtn::claims
