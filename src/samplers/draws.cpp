#include "samplers/draws.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "sqrtn/random/fill.hpp"
#include "support/dtype.hpp"

namespace sqrtn::samplers {
namespace {

using random::Stream;
static_assert(std::endian::native == std::endian::little);

constexpr std::size_t most_values = std::size_t{1} << 20;  // of tensors that are asked for together

constexpr std::size_t most_answers = 2;  // that are kept

/// The first and the number of the tensors that come with number `index`.
struct Block {
  std::uint64_t first = 0;
  std::size_t count = 1;
};

Block block_of(std::uint64_t index, std::size_t size) {
  const std::uint64_t most = std::bit_floor(std::max<std::uint64_t>(1, most_values / size));
  if (index >= most) return {index / most * most, most};
  const std::uint64_t first = std::bit_floor(index);
  return {first, std::max<std::uint64_t>(1, first)};
}

std::uint64_t mixed(std::uint64_t x) {  // splitmix64's finaliser
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

template <class T>
void decode(std::span<const std::byte> bytes, Element dtype, std::span<T> out) {
  if (bytes.size() == out.size_bytes()) {
    std::memcpy(out.data(), bytes.data(), bytes.size());
    return;
  }
  if constexpr (std::is_same_v<T, float>) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      std::uint16_t half = 0;
      std::memcpy(&half, &bytes[2 * i], 2);
      out[i] = dtype == Element::bf16 ? from_bf16(half) : from_f16(half);
    }
  }
}

/// Each number somewhere between the middles to its neighbours.
void spread(std::span<float> values, Element dtype, const Stream& stream) {
  const int digits = digits_of(dtype_of(dtype)), smallest = std::ilogb(smallest_subnormal(dtype_of(dtype)));
  Buffer<float> within(values.size());
  random::fill_uniform<float>(stream, within.span(), -1, 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    float& x = values[i];
    if (x == 0 || !std::isfinite(x)) continue;
    const int exponent = std::ilogb(x);
    // Below a power of two numbers stand twice as close.
    const bool inner = std::abs(x) == std::ldexp(1.0f, exponent) && std::signbit(within[i]) != std::signbit(x);
    x += within[i] * std::ldexp(0.5f, std::max(exponent - digits + 1 - inner, smallest));
  }
}

}  // namespace

std::size_t Draws::AddressHash::operator()(const Address& address) const {
  const auto& [engine, seed, stream, index, alone] = address;
  std::uint64_t hash = mixed(static_cast<std::uint64_t>(engine) + 0x9e3779b97f4a7c15u);
  for (const std::uint64_t part : {seed, stream, index, std::uint64_t{alone}}) hash = mixed(hash ^ part) + part;
  return hash;
}

/// Below 2³¹, which every program takes; no two addresses share one.
std::uint32_t Draws::seed_of(const Address& address) {
  constexpr std::uint64_t seeds = std::uint64_t{1} << 31;
  const auto& [engine, seed, stream, index, alone] = address;
  const Address apart{engine, seed / seeds, stream, index, alone};
  auto candidate = static_cast<std::uint32_t>((AddressHash{}(apart) + seed) % seeds);
  for (;; candidate = static_cast<std::uint32_t>((candidate + 1) % seeds)) {
    const auto [found, added] = taken_.try_emplace(candidate, address);
    if (added || found->second == address) return candidate;
  }
}

std::span<const std::byte> Draws::bytes_at(const Question& question, const Stream& address) {
  const std::size_t size = element_count(question.shape), bytes = size * bytes_of(question.dtype);
  const bool alone = address.offset % size != 0;
  const std::uint64_t index = alone ? address.offset : address.offset / size;
  const auto [first, count] = alone ? Block{index, 1} : block_of(index, size);
  const Address begin{address.engine, address.seed, address.stream, first, alone};
  const auto is_it = [&](const Answer& a) { return a.first == begin && a.question == question; };
  auto found = std::ranges::find_if(answers_, is_it);
  if (found == answers_.end()) {
    Answer answer{question, begin, std::vector<std::byte>(count * bytes)};
    program_.draw(question, seed_of(begin), count, answer.bytes);
    if (answers_.size() == most_answers) answers_.pop_back();
    answers_.push_front(std::move(answer));
    found = answers_.begin();
  }
  return std::span<const std::byte>(found->bytes).subspan((index - first) * bytes, bytes);
}

template <class T>
void Draws::draw(const Question& question, const Stream& address, std::span<T> out) {
  decode(bytes_at(question, address), question.dtype, out);
  if constexpr (std::is_same_v<T, float>) {
    if (bytes_of(question.dtype) == 2 && is_random(question.rule))
      spread(out, question.dtype, {random::Engine::ars, address.seed, address.stream, address.offset});
  }
}

template void Draws::draw(const Question&, const Stream&, std::span<float>);
template void Draws::draw(const Question&, const Stream&, std::span<double>);
template void Draws::draw(const Question&, const Stream&, std::span<std::uint32_t>);

}  // namespace sqrtn::samplers
