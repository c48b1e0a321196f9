#include "claims/area.hpp"

#include <array>

namespace sqrtn::claims {
namespace {

/// The first parts of the id, without the '/' that follows; the whole of it if it has fewer.
std::string_view first_parts(std::string_view id, int n_parts) {
  std::size_t end = id.find('/');
  for (int part = 1; part < n_parts && end != std::string_view::npos; ++part) end = id.find('/', end + 1);
  return id.substr(0, end);
}

}  // namespace

std::string area_of(std::string_view id) { return std::string(first_parts(id, 1)); }

bool is_in(Area area, std::string_view id) {
  constexpr std::array<std::string_view, 6> names{"generator", "products", "initialisers",
                                                  "layers",    "network",  "chains"};
  return first_parts(id, 1) == names.at(static_cast<std::size_t>(area));
}

Routines routines_of(std::string_view id) {
  const std::string_view routine = first_parts(id, 2);
  if (routine == "products/all") return Routines::all;
  return routine == "products/gemm" ? Routines::gemm : Routines::one;
}

std::string group_of(std::string_view id) { return std::string(first_parts(id, is_in(Area::products, id) ? 3 : 1)); }

}  // namespace sqrtn::claims
