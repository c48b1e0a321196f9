#pragma once

#include "random/transform.hpp"
#include "sqrtn/random/scalar.hpp"

namespace sqrtn::random::scalar {

/// The draw at stream.offset by a law whose arguments are checked.
template <class Bits>
Bits draw_at(const Stream& stream, const transform::Words<Bits>& law);
template <class T>
T draw_at(const Stream& stream, const transform::Uniform<T>& law);
template <class T>
T draw_at(const Stream& stream, const transform::Normal<T>& law);
template <class T>
T draw_at(const Stream& stream, const transform::Truncated<T>& law);

/// One draw of a pair, from the word of its radius and that of its direction.
template <class T>
T normal_of(typename transform::Constants<T>::Bits radius_word, typename transform::Constants<T>::Bits angle_word,
            bool second, const transform::Normal<T>& law);

/// The draw of one word.
template <class T>
T truncated_of(typename transform::Constants<T>::Bits word, const transform::Truncated<T>& law);

}  // namespace sqrtn::random::scalar
