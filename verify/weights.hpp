#pragma once

#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "claims/weights/judge.hpp"
#include "sqrtn/init/fan.hpp"
#include "sqrtn/init/rules.hpp"
#include "support/stored_tensor.hpp"

/// Tensors as files would hold them, made in memory.
namespace sqrtn::verify {

using claims::weights::Inspected;
using claims::weights::Judged;

inline StoredTensor stored_bytes(std::span<const std::byte> bytes, const Shape& shape, Dtype dtype,
                                 std::string name = "w") {
  auto memory = std::make_shared<Buffer<std::byte>>(bytes.size());
  std::ranges::copy(bytes, memory->data());
  StoredTensor tensor{std::move(name), dtype, shape, false, false, {}, {nullptr, memory}};
  tensor.bytes = memory->span();
  return tensor;
}

/// Values rounded to the type.
template <class T>
StoredTensor stored(std::span<const T> values, const Shape& shape, Dtype dtype, std::string name = "w") {
  const auto as = [&]<class Bits>(Bits, auto convert) {
    std::vector<Bits> bits(values.size());
    std::ranges::transform(values, bits.begin(), convert);
    return stored_bytes(std::as_bytes(std::span(bits)), shape, dtype, std::move(name));
  };
  switch (dtype) {
    case Dtype::f16:
      return as(std::uint16_t{}, [](T x) { return to_f16(static_cast<float>(x)); });
    case Dtype::bf16:
      return as(std::uint16_t{}, [](T x) { return to_bf16(static_cast<float>(x)); });
    case Dtype::f32:
      return as(float{}, [](T x) { return static_cast<float>(x); });
    case Dtype::f64:
      return as(double{}, [](T x) { return static_cast<double>(x); });
  }
  return {};
}

/// The library's own draws of a rule; f64 in double, the rest in float.
inline StoredTensor drawn(std::string_view rule, const Shape& shape, Dtype dtype, const random::Stream& stream,
                          const init::Options& options = {}) {
  const init::Fans fans = shape.size() < 2 ? init::Fans{1, 1} : init::fans(init::default_layer(shape), shape);
  const init::Distribution law = init::distribution(init::find_rule(rule), fans, options);
  const auto draw = [&]<class T>(T) {
    std::vector<T> values(element_count(shape));
    init::initialise<T>(law, stream, values, 0);
    return stored<T>(values, shape, dtype);
  };
  return dtype == Dtype::f64 ? draw(double{}) : draw(float{});
}

inline std::vector<float> drawn_values(std::string_view rule, const Shape& shape, std::uint64_t stream,
                                       double factor = 1) {
  const init::Fans fans = shape.size() < 2 ? init::Fans{1, 1} : init::fans(init::default_layer(shape), shape);
  init::Distribution law = init::distribution(init::find_rule(rule), fans);
  law.variance *= factor * factor;
  std::vector<float> values(element_count(shape));
  init::initialise<float>(law, {random::Engine::ars, 1, stream}, values, 0);
  return values;
}

inline Judged judged(const StoredTensor& tensor, const char* rule = nullptr) {
  if (rule == nullptr) return claims::weights::inspect(tensor, nullptr, 1e-9).judged;
  const claims::weights::Expected expected = claims::weights::parse_expected(rule);
  return claims::weights::inspect(tensor, &expected, 1e-9).judged;
}

/// What the one law that holds is called by; empty if none or several do.
inline std::string first_rule(const Judged& judged) {
  return judged.laws.size() != 1 || judged.laws[0].matches.empty() ? "" : judged.laws[0].matches[0].names[0];
}

/// A .safetensors of these entries: header text and bytes of values as they are given.
inline std::string safetensors_bytes(const std::string& header, const std::string& values) {
  std::string text;
  for (int byte = 0; byte < 8; ++byte) text += static_cast<char>(header.size() >> (8 * byte) & 0xff);
  return text + header + values;
}

}  // namespace sqrtn::verify
