#include "graph/derivatives.hpp"

/// Derivatives of what gives entries another place, and changes none.
namespace sqrtn::graph {
namespace {

/// Entries numbered from `first` on.
Value numbered(const Shape& shape, std::size_t first) {
  Buffer<std::int64_t> numbers(entries_in(shape));
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<std::int64_t>(first + i);
  return {Kind::whole, shape, std::move(numbers)};
}

/// Adds each entry of a gradient to the sum that has its number; 0 has none.
void collect(const Value& numbers, const Value& gradient, std::vector<double>& sums) {
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    const double number =
        numbers.real() ? static_cast<double>(numbers.reals()[i]) : static_cast<double>(numbers.wholes()[i]);
    if (number >= 1 && number < static_cast<double>(sums.size())) {
      sums[static_cast<std::size_t>(number)] += static_cast<double>(gradient.reals()[i]);
    }
  }
}

Value part(const Shape& shape, std::span<const double> sums) {
  Buffer<float> out(sums.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(sums[i]);
  return {shape, std::move(out)};
}

/// The operator itself moves numbers in the place of the entries; what it fills in has the number 0.
Gradients moved(const BackCall& b) {
  const Call& c = b.call();
  std::vector<Value> inputs(c.count());
  std::vector<std::size_t> first(c.count());
  std::vector<const Value*> pointers(c.count(), nullptr);
  std::size_t next = 1;
  for (std::size_t i = 0; i < c.count(); ++i) {
    const Value* given = c.optional(i);
    if (given == nullptr) continue;
    pointers[i] = given;
    if (!given->real()) continue;
    first[i] = next;
    inputs[i] = b.wanted(i) ? numbered(given->shape(), next)
                            : Value(Kind::whole, given->shape(), Buffer<std::int64_t>(given->size(), 0));
    if (b.wanted(i)) next += given->size();
    pointers[i] = &inputs[i];
  }
  const std::vector<Value> places = find_operator(c.node().op)->compute(Call(c.node(), pointers, c.opset(), c.blas()));
  std::vector<double> sums(next);
  for (std::size_t o = 0; o < b.gradients().size(); ++o) {
    if (b.gradients()[o]) collect(places[o], *b.gradients()[o], sums);
  }
  Gradients all = b.none();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (b.wanted(i)) all[i] = part(c.input(i).shape(), std::span(sums).subspan(first[i], c.input(i).size()));
  }
  return all;
}

Gradients pad(const BackCall& b) {
  require(b.call().real("value", 0) == 0, "has no derivative here with a value of its own around");
  return moved(b);
}

/// By the nearest entry, whose number must be exact in float.
Gradients resize(const BackCall& b) {
  const Call& c = b.call();
  b.only({0});
  constexpr std::size_t exact = 1U << 24U;
  require(c.text("mode", "nearest") == "nearest" && c.input(0).size() < exact,
          "has a derivative here only by the nearest entry, of at most {} of them", exact);
  Buffer<float> numbers(c.input(0).size());
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i + 1);
  const Value x(c.input(0).shape(), std::move(numbers));
  std::vector<const Value*> inputs{&x};
  for (std::size_t i = 1; i < c.count(); ++i) inputs.push_back(c.optional(i));
  const std::vector<Value> places = find_operator(c.node().op)->compute(Call(c.node(), inputs, c.opset(), c.blas()));
  std::vector<double> sums(x.size() + 1);
  collect(places[0], b.gradient(), sums);
  return b.alone(0, part(x.shape(), std::span(sums).subspan(1)));
}

constexpr Derivative derivatives[] = {
    {"Identity", moved}, {"Dropout", moved}, {"Reshape", moved},   {"Flatten", moved}, {"Transpose", moved},
    {"Squeeze", moved},  {"Expand", moved},  {"Unsqueeze", moved}, {"Tile", moved},    {"Concat", moved},
    {"Split", moved},    {"Slice", moved},   {"Gather", moved},    {"Trilu", moved},   {"Where", moved},
    {"Pad", pad},        {"Resize", resize}, {"Upsample", resize},
};

}  // namespace

std::span<const Derivative> move_derivatives() { return derivatives; }

}  // namespace sqrtn::graph
