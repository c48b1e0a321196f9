#pragma once

#include <string>
#include <string_view>

/// What the parts of an id mean: it begins with its area, and of products names the routine and the type next. No other
/// code takes ids apart for their meaning.
namespace sqrtn::claims {

/// "generator" of "generator/ars/…".
std::string area_of(std::string_view id);

enum class Area { generator, products, initialisers, layers, network, chains };

/// Whether the id, of a claim, a property or a measurement, belongs to the area.
bool is_in(Area area, std::string_view id);

/// Of the claims about products: those of one routine, of gemm, which take longest, or of all routines together, which
/// call them from several threads.
enum class Routines { one, gemm, all };
Routines routines_of(std::string_view id);

/// Of a claim about products: "gemm" or "all", and "f32"; of one at a shape of somebody's own, "180x5120x5120" too. All
/// are empty for other claims.
struct ProductClaim {
  std::string_view routine, dtype, shape;
};
ProductClaim product_claim(std::string_view id);

/// Whether a claim about products is about this routine in this type, alone or with all others.
bool concerns(std::string_view id, std::string_view routine, std::string_view dtype);

/// The claims that are judged together: "products/gemm" of products, "layers" of the rest. What forks is alone: a
/// library may be another one after that.
std::string group_of(std::string_view id);

}  // namespace sqrtn::claims
