#pragma once

#include <cstdint>

#include "sqrtn/random/fill.hpp"

/// One element at a time, in plain C++: the definition of every fill and the oracle for its SIMD
/// bodies. Element i of a fill equals element_at(stream.skip(i)), bit for bit: bits and uniforms on
/// every target, normals on every target with fused multiply-add.
/// Throws: as the fill of the same name.
namespace sqrtn::random::scalar {

std::uint32_t bits32_at(const Stream& stream);
std::uint64_t bits64_at(const Stream& stream);

template <class T>
T uniform_at(const Stream& stream, T low, T high);

template <class T>
T normal_at(const Stream& stream, T mean, T stddev);

template <class T>
T truncated_normal_at(const Stream& stream, T mean, T stddev, double cut = 2);

}  // namespace sqrtn::random::scalar
