#include "sqrtn/report/peers.hpp"

#include <string_view>

namespace sqrtn::report {
namespace {

/// What is drawn, "uniform" or "normal" for a rule of that law, and by whom; a peer's subject is
/// "mkl_normal ars5_icdf".
struct Draw {
  std::string_view law;
  bool peer = false;
};

std::optional<Draw> draw_of(const Measurement& row) {
  if (row.group != "init") return std::nullopt;
  const std::string_view name = std::string_view(row.subject).substr(0, row.subject.find(' '));
  if (name == "uniform" || name == "normal") return Draw{name, false};
  if (name == "he_normal") return Draw{"normal", false};
  for (const std::string_view law : {"uniform", "normal"}) {
    for (const std::string_view peer : {"std_", "random123_", "eigen_", "mkl_"}) {
      if (name.starts_with(peer) && name.substr(peer.size()) == law) return Draw{law, true};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<PeerRatio> ratio_to_best_peer(const Document& document, const Measurement& row) {
  const std::optional<Draw> own = draw_of(row);
  if (!own || own->peer || row.threads > 1 || !row.confidence_interval_s) return std::nullopt;
  const Measurement* best = nullptr;
  for (const Measurement& other : document.measurements) {
    const std::optional<Draw> draw = draw_of(other);
    const bool comparable = draw && draw->peer && draw->law == own->law && other.shape == row.shape &&
                            other.dtype == row.dtype && other.confidence_interval_s && other.median_s > 0;
    if (comparable && (best == nullptr || other.median_s < best->median_s)) best = &other;
  }
  if (best == nullptr || row.confidence_interval_s->low <= 0) return std::nullopt;
  return PeerRatio{best->subject,
                   best->median_s / row.median_s,
                   {best->confidence_interval_s->low / row.confidence_interval_s->high,
                    best->confidence_interval_s->high / row.confidence_interval_s->low}};
}

}  // namespace sqrtn::report
