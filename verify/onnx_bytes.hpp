#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Models written as the bytes of an .onnx file, field by field, so that the tests need no other program.
namespace sqrtn::verify::onnx {

inline std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

/// A field with a length: text or a message.
inline std::string field(unsigned number, std::string_view bytes) {
  return varint(number << 3 | 2) + varint(bytes.size()) + std::string(bytes);
}
inline std::string field(unsigned number, const char* text) { return field(number, std::string_view(text)); }
inline std::string number(unsigned field_number, std::int64_t value) {
  return varint(field_number << 3) + varint(static_cast<std::uint64_t>(value));
}
inline std::string fixed(unsigned field_number, float value) {
  std::string bytes = varint(field_number << 3 | 5);
  const auto bits = std::bit_cast<std::uint32_t>(value);
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift & 0xff);
  return bytes;
}

/// Numbers of TensorProto.DataType.
enum Type { f32 = 1, u8 = 2, i32 = 6, i64 = 7, boolean = 9, f16 = 10, f64 = 11, bf16 = 16 };

/// Entries as raw bytes, little-endian.
template <class T>
std::string raw(std::span<const T> entries) {
  return {reinterpret_cast<const char*>(entries.data()), entries.size_bytes()};
}

inline std::string dims(std::span<const std::int64_t> shape) {
  std::string bytes;
  for (const std::int64_t size : shape) bytes += number(1, size);
  return bytes;
}

/// A TensorProto of raw bytes.
inline std::string tensor(std::string_view name, Type type, const std::vector<std::int64_t>& shape,
                          std::string_view bytes) {
  return dims(shape) + number(2, type) + field(8, name) + field(9, bytes);
}
inline std::string floats(std::string_view name, const std::vector<std::int64_t>& shape,
                          const std::vector<float>& entries) {
  return tensor(name, f32, shape, raw<float>(entries));
}
inline std::string wholes(std::string_view name, const std::vector<std::int64_t>& shape,
                          const std::vector<std::int64_t>& entries) {
  return tensor(name, i64, shape, raw<std::int64_t>(entries));
}

inline std::string attribute(std::string_view name, std::int64_t value) {
  return field(5, field(1, name) + number(3, value) + number(20, 2));
}
inline std::string attribute(std::string_view name, float value) {
  return field(5, field(1, name) + fixed(2, value) + number(20, 1));
}
inline std::string attribute(std::string_view name, std::string_view text) {
  return field(5, field(1, name) + field(4, text) + number(20, 3));
}
inline std::string attribute(std::string_view name, const std::vector<std::int64_t>& values) {
  std::string packed;
  for (const std::int64_t value : values) packed += varint(static_cast<std::uint64_t>(value));
  return field(5, field(1, name) + field(8, packed) + number(20, 7));
}
inline std::string attribute(std::string_view name, const std::vector<float>& values) {
  return field(5, field(1, name) + field(7, raw<float>(values)) + number(20, 6));
}
inline std::string tensor_attribute(std::string_view name, std::string_view tensor) {
  return field(5, field(1, name) + field(5, tensor) + number(20, 4));
}

/// A NodeProto, to which attributes may be added.
inline std::string node(std::string_view op, const std::vector<std::string>& inputs,
                        const std::vector<std::string>& outputs, std::string_view name = "") {
  std::string bytes;
  for (const std::string& input : inputs) bytes += field(1, input);
  for (const std::string& output : outputs) bytes += field(2, output);
  if (!name.empty()) bytes += field(3, name);
  return bytes + field(4, op);
}

/// A ValueInfoProto; 0 is a dimension left open, called N.
inline std::string port(std::string_view name, Type type, const std::vector<std::int64_t>& shape) {
  std::string axes;
  for (const std::int64_t size : shape) axes += field(1, size > 0 ? number(1, size) : field(2, "N"));
  return field(1, name) + field(2, field(1, number(1, type) + field(2, axes)));
}

struct Graph {
  std::vector<std::string> nodes, weights, inputs, outputs;

  [[nodiscard]] std::string bytes() const {
    std::string graph;
    for (const std::string& one : nodes) graph += field(1, one);
    for (const std::string& one : weights) graph += field(5, one);
    for (const std::string& one : inputs) graph += field(11, one);
    for (const std::string& one : outputs) graph += field(12, field(1, one));
    return graph;
  }
  /// A ModelProto of the IR version 8.
  [[nodiscard]] std::string model(std::int64_t opset = 17) const {
    return number(1, 8) + field(2, "verify") + field(8, field(1, "") + number(2, opset)) + field(7, bytes());
  }
};

/// Twenty layers of Gemm and Relu, 16 wide, whose weights are `factor` times the identity: 40 nodes.
inline Graph gemm_chain(float factor) {
  constexpr std::int64_t width = 16;
  Graph graph{.nodes = {}, .weights = {}, .inputs = {port("x0", f32, {0, width})}, .outputs = {"x20"}};
  std::vector<float> entries(width * width);
  for (std::size_t i = 0; i < width; ++i) entries[(width + 1) * i] = factor;
  for (int layer = 0; layer < 20; ++layer) {
    const std::string l = std::to_string(layer), next = std::to_string(layer + 1);
    graph.weights.push_back(floats("w" + l, {width, width}, entries));
    graph.nodes.push_back(node("Gemm", {"x" + l, "w" + l}, {"h" + l}, "gemm " + next) +
                          attribute("transB", std::int64_t{1}));
    graph.nodes.push_back(node("Relu", {"h" + l}, {"x" + next}, "relu " + next));
  }
  return graph;
}

inline std::span<const std::byte> as_bytes(const std::string& text) {
  return std::as_bytes(std::span<const char>(text));
}

}  // namespace sqrtn::verify::onnx
