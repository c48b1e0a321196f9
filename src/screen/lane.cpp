#include "screen/lane.hpp"

#include <fmt/format.h>

#include <iterator>

#include "support/number.hpp"

namespace sqrtn::screen {
namespace {

using results::Family;

/// 512 is the width of the notebooks' layers: a product of some milliseconds, whose check costs one per cent of it. 509
/// is a prime: the edges of every block. The others are other numbers of blocks.
constexpr Lane schedule[] = {
    {Family::dense_integers, false, 512}, {Family::full_mantissas, false, 512}, {Family::dense_integers, true, 512},
    {Family::predicted_bits, false, 512}, {Family::same_twice, true, 512},      {Family::cancelling_pairs, false, 512},
    {Family::dense_integers, false, 509}, {Family::predicted_bits, true, 512},  {Family::cancelling_pairs, true, 512},
    {Family::dense_integers, true, 384},  {Family::full_mantissas, true, 512},  {Family::same_twice, false, 512},
    {Family::dense_integers, false, 768}, {Family::dense_integers, true, 509},
};

}  // namespace

std::size_t rounds_of_schedule() { return std::size(schedule); }

Lane lane_of(std::uint64_t round, std::size_t size) {
  Lane lane = schedule[round % std::size(schedule)];
  if (size > 0) lane.size = size;
  return lane;
}

std::string_view dtype_of(const Lane& lane) { return lane.is_f64 ? "f64" : "f32"; }

std::uint64_t operations_of(const Lane& lane) {
  const std::uint64_t entries = lane.size * lane.size;
  switch (lane.family) {
    case Family::dense_integers:
      return entries * lane.size;
    case Family::same_twice:
      return 2 * entries * lane.size;
    case Family::full_mantissas:
      return entries;
    case Family::cancelling_pairs:
      return 2 * entries;
    case Family::predicted_bits:
      return 0;
    case Family::copies:
      return entries;
  }
  return 0;
}

bool is_made_twice(Family family) { return family == Family::same_twice || family == Family::predicted_bits; }

double flop_of(const Lane& lane) {
  const auto n = static_cast<double>(lane.size);
  return (is_made_twice(lane.family) ? 4 : 2) * n * n * n;
}

std::size_t steps_of(const Lane& lane) {
  // Two products a step; or checks that take several times as long as those of integers.
  const bool half = is_made_twice(lane.family) || lane.family == Family::full_mantissas;
  return half ? ring * ring / 2 : ring * ring;
}

std::string to_string(const Address& address) {
  return fmt::format("{}:{}:{}", address.processor, address.round, address.step);
}

std::optional<Address> parse_address(std::string_view text) {
  const std::size_t first = text.find(':'), last = text.rfind(':');
  if (first == last) return std::nullopt;
  const auto processor = parse_number<unsigned short>(text.substr(0, first));
  const auto round = parse_number<std::uint64_t>(text.substr(first + 1, last - first - 1));
  const auto step = parse_number<std::uint64_t>(text.substr(last + 1));
  if (!processor || !round || !step || *step >= steps_of(lane_of(*round, 0))) return std::nullopt;
  return Address{*processor, *round, *step};
}

}  // namespace sqrtn::screen
