#include <utility>

#include "claims/networks/data.hpp"

namespace sqrtn::claims {

std::vector<Claim> network_claims(const Settings& settings) {
  std::vector<Claim> all;
  for (auto* part : {operation_claims, convolution_claims, normalisation_claims, residual_claims, resnet_claims}) {
    for (Claim& claim : part(settings)) all.push_back(std::move(claim));
  }
  return all;
}

}  // namespace sqrtn::claims
