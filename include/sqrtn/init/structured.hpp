#pragma once

#include <span>
#include <string_view>

#include "sqrtn/random/stream.hpp"
#include "sqrtn/support/shape.hpp"

/// Initialisers whose entries are not independent: the weight as a whole has the promised property.
namespace sqrtn::init {

/// With C the weight as a matrix, as below, and gain g:
///   orthogonal        CᵀC = g²·I if C is tall or square, CCᵀ = g²·I if it is wide; C/g is Haar distributed
///   delta_orthogonal  c_out × c_in × k…: orthogonal as above at the kernel's centre, 0 elsewhere
///   dirac             c_out × c_in/groups × k…: g from channel i of a group to its output i at the centre
///                     (index ⌊k/2⌋ of each axis), for i below both counts; 0 elsewhere
///   identity          m × n: g on the diagonal, 0 elsewhere
enum class Structure { orthogonal, delta_orthogonal, dirac, identity };

struct StructuredRule {
  Structure structure;
  std::string_view name;
  std::string_view explanation;  ///< one line for `sqrtn init --list`: property, source
  bool is_random = true;         ///< false: the stream is not read
  bool uses_groups = false;
};

std::span<const StructuredRule> structured_rules();

/// By name; nullptr if there is none, so that a caller can look among init::rules() too.
const StructuredRule* find_structured(std::string_view name);

/// A weight as one matrix: shape[0] rows, the product of the other axes as columns, the memory
/// unchanged. A convolution is c_out × (c_in/groups·Πk), which is what frameworks make orthogonal.
struct Flattened {
  std::size_t rows = 0, cols = 0;
};
/// Throws: std::invalid_argument for fewer than two axes.
Flattened flatten(const Shape& shape);

/// Throws: std::invalid_argument, with the remedy, for a weight that the rule does not define: fewer
/// than two axes, other than two for identity, fewer than three for dirac and delta_orthogonal; an even
/// kernel or c_out < c_in for delta_orthogonal; groups that do not divide the first axis, or ≠ 1 for a
/// rule that knows none; a gain that is not positive and finite.
void check_structured(const StructuredRule& rule, const Shape& shape, std::size_t groups = 1, double gain = 1);

/// Draws the weight. Haar measure: Q of the Householder QR of a Gaussian matrix (the transposed one for
/// a wide weight), each column times the sign of R's diagonal entry; without that Q is orthonormal but
/// not uniformly distributed. The Gaussian entry at (i, j) is element i·cols + j of the stream.
/// Computed in double on one thread; T (float or double) gets gain·Q rounded. An element is a pure
/// function of (stream, shape), up to rounding that depends on the target's vector width.
/// **Shapes** out.size() = Π shape. **Error** |G/gain² − I| ≤ 2u + u² + 12·s·(l + 6)·2⁻⁵³, G the Gram
/// matrix of the shorter side, s ≤ l the sides, u the unit roundoff of T: rounding, and the worst case of
/// s reflectors of length l. Dirac and identity are exact for a gain that T holds.
/// Costs 4·l·s² FLOP for l ≥ s, half of it to form Q.
/// Throws: as check_structured; also if T holds gain·u as a subnormal only, or not gain, or out has
/// another size.
/// Source: Mezzadri, "How to generate random matrices from the classical compact groups", Notices AMS 54
/// (2007) 592; Saxe et al., ICLR 2014; Xiao et al., ICML 2018; Le et al., arXiv:1504.00941 (identity).
template <class T>
void initialise_structured(const StructuredRule& rule, const Shape& shape, std::size_t groups, double gain,
                           const random::Stream& stream, std::span<T> out);

}  // namespace sqrtn::init
