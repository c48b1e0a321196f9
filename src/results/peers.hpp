#pragma once

#include <optional>
#include <string>

#include "results/document.hpp"

/// Our draws beside the best of the others', and our calls of the library beside bare ones.
namespace sqrtn::results {

struct PeerRatio {
  std::string peer;               ///< the subject of the fastest: "mkl_normal ars5_icdf"
  double ratio;                   ///< its median over ours: above 1 ours is faster
  statistics::Interval interval;  ///< from both medians' 99 % intervals, their far ends: level at least 98 %
};

/// A row of the group "init" on one thread against the fastest peer's of the same law, shape and type; "gemm core"
/// against "gemm raw".
/// Empty for other rows, for peers themselves and where no peer was measured.
std::optional<PeerRatio> ratio_to_best_peer(const Document& document, const Measurement& row);

}  // namespace sqrtn::results
