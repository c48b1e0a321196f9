#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

/// The weights of rows and columns by which a matrix of whole numbers is checked, all of them odd.
namespace sqrtn::screen {

/// ℓᵢ modulo 2⁶⁴, of 30 bits and of either sign.
std::uint64_t left_weight(std::size_t i);

/// r: n whole numbers of 16 bits and of either sign, others for each `which`.
std::vector<double> right_weights(std::size_t n, std::uint64_t which);

}  // namespace sqrtn::screen
