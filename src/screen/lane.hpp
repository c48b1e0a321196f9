#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "results/screening.hpp"

/// What is multiplied when: rounds of one family, type and size each, whose data are functions of their address alone.
namespace sqrtn::screen {

struct Lane {
  results::Family family = results::Family::dense_integers;
  bool is_f64 = false;
  std::size_t size = 0;  ///< rows and columns of A, B and C
};

/// How many rounds there are until their lanes come again.
std::size_t rounds_of_schedule();

/// Of that round. `size`: of all products instead, if it is not 0.
Lane lane_of(std::uint64_t round, std::size_t size);

std::string_view dtype_of(const Lane& lane);

/// Whether its products are made twice and compared.
bool is_made_twice(results::Family family);

/// What a call of that lane counts for: the multiply-adds of dense data, the roundings of single products, the
/// additions of big numbers to small ones, nothing for predicted bits, where it depends on the sample; twice as many
/// floating-point operations as multiply-adds.
std::uint64_t operations_of(const Lane& lane);
double flop_of(const Lane& lane);

/// How many steps of a round share an A, and how many steps there are.
inline constexpr std::size_t ring = 8;
std::size_t steps_of(const Lane& lane);

/// One call of one worker: its data, wherever they are made again.
struct Address {
  int processor = 0;  ///< of the worker that made them first
  std::uint64_t round = 0, step = 0;
};

/// "3:17:5"
std::string to_string(const Address& address);
std::optional<Address> parse_address(std::string_view text);

}  // namespace sqrtn::screen
