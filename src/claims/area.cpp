#include "claims/area.hpp"

#include <algorithm>
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
  const std::string_view routine = product_claim(id).routine;
  if (routine == "all") return Routines::all;
  return routine == "gemm" ? Routines::gemm : Routines::one;
}

ProductClaim product_claim(std::string_view id) {
  const std::string_view group = first_parts(id, 3), routine = first_parts(id, 2);
  const std::size_t area = first_parts(id, 1).size() + 1;
  if (!is_in(Area::products, id) || routine.size() <= area || group.size() <= routine.size()) return {};
  const std::string_view rest = id.substr(std::min(group.size() + 1, id.size()));
  const std::size_t shape = std::min(rest.find('/'), rest.size());
  return {.routine = routine.substr(area),
          .dtype = group.substr(routine.size() + 1),
          .shape = shape < rest.size() ? rest.substr(0, shape) : ""};
}

bool concerns(std::string_view id, std::string_view routine, std::string_view dtype) {
  const ProductClaim claim = product_claim(id);
  return claim.dtype == dtype && (claim.routine == routine || claim.routine == "all");
}

std::string group_of(std::string_view id) {
  if (id.ends_with("/fork") || id.ends_with("/small_stack")) return std::string(id);
  return std::string(first_parts(id, is_in(Area::products, id) ? 2 : 1));
}

}  // namespace sqrtn::claims
