#include "results/peers.hpp"

#include <string_view>

namespace sqrtn::results {
namespace {

/// What is done, and by whom: drawn, "uniform" or "normal" for a rule of that law, where a peer's subject is
/// "mkl_normal ars5_icdf"; or called, where the library's bare function is the peer of the call with checks.
struct Work {
  std::string_view what;
  bool peer = false;
};

std::optional<Work> work_of(const Measurement& row) {
  if (row.subject == "gemm core" || row.subject == "gemm raw") return Work{"gemm", row.subject == "gemm raw"};
  if (row.group != "init") return std::nullopt;
  const std::string_view name = std::string_view(row.subject).substr(0, row.subject.find(' '));
  if (name == "uniform" || name == "normal") return Work{name, false};
  if (name == "he_normal") return Work{"normal", false};
  for (const std::string_view law : {"uniform", "normal"}) {
    for (const std::string_view peer : {"std_", "random123_", "eigen_", "mkl_"}) {
      if (name.starts_with(peer) && name.substr(peer.size()) == law) return Work{law, true};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<PeerRatio> ratio_to_best_peer(const Document& document, const Measurement& row) {
  const std::optional<Work> own = work_of(row);
  if (!own || own->peer || row.threads > 1 || !row.confidence_interval_s) return std::nullopt;
  const Measurement* best = nullptr;
  for (const Measurement& other : document.measurements) {
    const std::optional<Work> work = work_of(other);
    const bool comparable = work && work->peer && work->what == own->what && other.shape == row.shape &&
                            other.dtype == row.dtype && other.confidence_interval_s && other.median_s > 0;
    if (comparable && (best == nullptr || other.median_s < best->median_s)) best = &other;
  }
  if (best == nullptr || row.confidence_interval_s->low <= 0) return std::nullopt;
  return PeerRatio{best->subject,
                   best->median_s / row.median_s,
                   {best->confidence_interval_s->low / row.confidence_interval_s->high,
                    best->confidence_interval_s->high / row.confidence_interval_s->low}};
}

}  // namespace sqrtn::results
