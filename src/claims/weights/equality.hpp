#pragma once

#include <span>
#include <string_view>

#include "support/stored_tensor.hpp"

namespace sqrtn::claims::weights {

/// How one run of values repeats another.
enum class Likeness { none, equal, negated, other_signs, rotated, permuted };
inline constexpr std::string_view likeness_words[] = {"none", "equal", "negated", "other signs", "rotated", "permuted"};

/// Value by value, the first that applies in the order above; permuted also with other signs. Equally long.
Likeness likeness(std::span<const double> a, std::span<const double> b);

/// The same of two whole tensors of one type and count, in bounded memory: equal, negated, other signs, or none where
/// the values do not stand in the same places.
Likeness likeness(const StoredTensor& a, const StoredTensor& b);

/// Which values of a tensor: `count` from `first` on, `stride` apart.
std::vector<double> values_at(const StoredTensor& tensor, std::size_t first, std::size_t count, std::size_t stride);

}  // namespace sqrtn::claims::weights
