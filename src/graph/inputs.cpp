#include "graph/inputs.hpp"

#include <fmt/ranges.h>

#include <set>

#include "sqrtn/random/fill.hpp"
#include "support/number.hpp"

namespace sqrtn::graph {
namespace {

struct AskedShape {
  std::string name;
  Shape shape;
};

Shape parse_input_shape(const std::string& text, const std::string& whole) {
  Shape shape;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const auto size = parse_number<std::size_t>(std::string_view(text).substr(begin, end - begin));
    require(size && *size >= 1 && *size <= most_entries,
            "--input takes whole numbers from 1 on, as 1,3,224,224, got '{}'", whole);
    shape.push_back(*size);
    begin = end + 1;
  }
  entries_in(shape);
  return shape;
}

std::vector<AskedShape> asked_shapes(const Model& model, const std::vector<std::string>& texts) {
  std::vector<AskedShape> asked;
  for (const std::string& text : texts) {
    // A name may hold '=' itself, a shape never does.
    const std::size_t at = text.rfind('=');
    require(at != std::string::npos || !model.inputs.empty(), "--input: {} has no inputs", model.path);
    const std::string name = at == std::string::npos ? model.inputs.front().name : text.substr(0, at);
    std::vector<std::string> names;
    for (const Port& port : model.inputs) names.push_back(port.name);
    require(std::ranges::find(names, name) != names.end(), "--input: {} has no input '{:.60}'; it has {}", model.path,
            name, fmt::join(names, ", "));
    for (const AskedShape& other : asked) require(other.name != name, "--input gives '{}' twice", name);
    asked.push_back({name, parse_input_shape(at == std::string::npos ? text : text.substr(at + 1), text)});
  }
  return asked;
}

/// Sizes of named axes that --input or the batch decide.
using Sizes = std::map<std::string, std::size_t>;

void learn(const Port& port, const Shape& asked, Sizes& sizes) {
  if (!port.shape) return;
  require(asked.size() == port.shape->size(), "--input: '{:.60}' has {} axes, got {}", port.name, port.shape->size(),
          fmt::join(asked, ","));
  for (std::size_t axis = 0; axis < asked.size(); ++axis) {
    const Dimension& dimension = (*port.shape)[axis];
    require(dimension.size.value_or(asked[axis]) == asked[axis],
            "--input: axis {} of '{:.60}' is {} in the file, got {}", axis, port.name, *dimension.size, asked[axis]);
    if (!dimension.name.empty()) sizes[dimension.name] = asked[axis];
  }
}

/// Whether the batch decides an axis of a port for which no shape is asked.
bool takes_batch(const Port& port) { return port.shape && !port.shape->empty() && !port.shape->front().size; }

Shape filled_in(const Port& port, const Sizes& sizes, std::size_t batch) {
  require(port.shape.has_value(), "the input '{:.60}' has no shape in the file; give one: --input {:.60}=1,3,224,224",
          port.name, port.name);
  Shape shape;
  for (std::size_t axis = 0; axis < port.shape->size(); ++axis) {
    const Dimension& dimension = (*port.shape)[axis];
    const auto known = dimension.name.empty() ? sizes.end() : sizes.find(dimension.name);
    if (dimension.size) {
      shape.push_back(*dimension.size);
    } else if (known != sizes.end()) {
      shape.push_back(known->second);
    } else {
      require(axis == 0, "axis {} of the input '{:.60}'{} is open in the file; give all: --input {:.60}=1,{}", axis,
              port.name, dimension.name.empty() ? "" : fmt::format(", '{:.60}',", dimension.name), port.name,
              port.shape->size() > 2 ? "…" : "16");
      shape.push_back(batch);
    }
  }
  entries_in(shape);
  return shape;
}

/// The shortest table that Gather takes entries of by what comes from this input, its shape changed at most.
std::size_t ids_of(const Model& model, const std::string& input) {
  constexpr std::string_view passing[] = {"Identity", "Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten"};
  std::set<std::string> same{input};
  std::size_t ids = 0;
  for (const Node& node : model.nodes) {
    if (node.inputs.empty()) continue;
    if (std::ranges::find(passing, node.op) != std::end(passing) && same.contains(node.inputs[0])) {
      same.insert(node.outputs.begin(), node.outputs.end());
    }
    if (node.op != "Gather" || node.inputs.size() < 2 || !same.contains(node.inputs[1])) continue;
    const auto table = model.initialisers.find(node.inputs[0]);
    if (table == model.initialisers.end()) continue;
    const Attribute* axis = node.find("axis");
    const std::size_t at = axis_of(axis == nullptr ? 0 : axis->whole.value_or(0), table->second.rank());
    const std::size_t length = table->second.shape()[at];
    ids = ids == 0 ? length : std::min(ids, length);
  }
  return ids;
}

}  // namespace

std::vector<InputDraw> inputs_of(const Model& model, const std::vector<std::string>& shapes, std::size_t batch) {
  const std::vector<AskedShape> asked = asked_shapes(model, shapes);
  const auto shape_asked = [&](const std::string& name) { return std::ranges::find(asked, name, &AskedShape::name); };
  Sizes sizes;
  for (const Port& port : model.inputs) {
    if (const auto found = shape_asked(port.name); found != asked.end()) learn(port, found->shape, sizes);
  }
  const bool batched = std::ranges::any_of(
      model.inputs, [&](const Port& port) { return takes_batch(port) && shape_asked(port.name) == asked.end(); });
  require(batch == 1 || batched, "--batch {}: no input of {} leaves its first axis open; give shapes by --input", batch,
          model.path);
  std::vector<InputDraw> inputs;
  for (const Port& port : model.inputs) {
    const auto found = shape_asked(port.name);
    const Shape shape = found != asked.end() ? found->shape : filled_in(port, sizes, batch);
    inputs.push_back({port.name, shape, port.kind, port.kind == Kind::whole ? ids_of(model, port.name) : 0});
  }
  return inputs;
}

Value draw(const InputDraw& input, const random::Stream& stream, std::size_t run) {
  const std::size_t count = entries_in(input.shape);
  random::Stream own = stream;
  own.stream ^= random::stream_of("input/" + input.name);
  own = own.skip(run * count);
  if (input.kind == Kind::real) {
    Buffer<float> entries(count);
    random::fill_normal<float>(own, entries.span(), 0, 1);
    return {input.shape, std::move(entries)};
  }
  Buffer<std::int64_t> entries(count, 1);
  if (input.ids > 0) {
    std::vector<std::uint32_t> words(count);
    random::fill_bits(own, std::span<std::uint32_t>(words));
    for (std::size_t i = 0; i < count; ++i) {
      entries[i] = static_cast<std::int64_t>((std::uint64_t{words[i]} * input.ids) >> 32);
    }
  }
  return {input.kind, input.shape, std::move(entries)};
}

}  // namespace sqrtn::graph
