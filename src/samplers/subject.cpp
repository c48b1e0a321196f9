#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "samplers/draws.hpp"
#include "sqrtn/random/fill.hpp"
#include "support/dtype.hpp"

namespace sqrtn::samplers {
namespace {

using init::Law;
using random::Stream;

/// What reaches ±limit only by rounding, or at the low end that belongs to a uniform law, goes beside it. The high end
/// of U(−1, 1), which every type but a half holds exactly, does not belong to it, and stays.
template <class T>
void keep_inside(const init::Distribution& law, Element dtype, std::span<T> out) {
  const double limit = law.limit(), slack = limit * (1 + 4 * unit_roundoff(dtype_of(dtype)));
  if (!std::isfinite(limit)) return;
  T last = static_cast<T>(limit);
  if (!(static_cast<double>(last) < limit)) last = std::nextafter(last, T(0));
  const bool exact =
      bytes_of(dtype) > 2 && law.law == Law::uniform && static_cast<double>(static_cast<T>(limit)) == limit;
  for (T& x : out) {
    const auto size = static_cast<double>(std::abs(x));
    if (size < limit || !(size <= slack)) continue;
    if (exact && (x > 0 || size > limit)) continue;
    x = std::copysign(last, x);
  }
}

/// Only of a rule that it knows.
void require_rule(Draws& draws, std::string_view rule) {
  if (!draws.known().knows_rule(rule)) throw NotKnown(fmt::format("the rule {}", rule));
}

template <class T>
class Judged {
 public:
  Judged(std::shared_ptr<Draws> draws, Element dtype) : draws_(std::move(draws)), dtype_(dtype) {}

  /// Draws of U(−1, 1), N(0,1) or that cut at ±2, as a tensor of one axis.
  void plain(const char* rule, Law law, double variance, const Stream& stream, std::span<T> out) const {
    require_rule(*draws_, rule);
    draws_->draw<T>({.rule = rule, .shape = {out.size()}, .mode = {}, .gain = {}, .dtype = dtype_}, stream, out);
    keep_inside<T>({law, variance}, dtype_, out);
  }

  void entries(const init::Rule& rule, init::Layer layer, const Shape& shape, std::size_t groups, const Stream& stream,
               std::span<T> out) const {
    require_rule(*draws_, rule.name);
    const Known& known = draws_->known();
    const init::Distribution law = init::distribution(rule, init::fans(layer, shape, groups));
    const bool own_mode = rule.mode == init::find_rule(rule.name).mode;
    if (!known.knows_layout(layout_of(layer, groups)) || !(own_mode || known.knows_mode(to_string(rule.mode)))) {
      return init::initialise(law, stream, out);
    }
    const auto mode = own_mode ? std::nullopt : std::optional(rule.mode);
    draws_->draw<T>({std::string(rule.name), shape, layer, groups, mode, {}, dtype_}, stream, out);
    keep_inside<T>(law, dtype_, out);
  }

  void whole(const init::StructuredRule& rule, const Shape& shape, std::size_t groups, double gain,
             const Stream& stream, std::span<T> out) const {
    require_rule(*draws_, rule.name);
    const init::Layer layer = init::default_layer(shape);
    const Known& known = draws_->known();
    if (!known.knows_layout(layout_of(layer, groups)) || (gain != 1 && !known.gain)) {
      return init::initialise_structured(rule, shape, groups, gain, stream, out);
    }
    const auto asked = gain == 1 ? std::nullopt : std::optional(gain);
    draws_->draw<T>({std::string(rule.name), shape, layer, groups, {}, asked, dtype_}, stream, out);
  }

 private:
  std::shared_ptr<Draws> draws_;
  Element dtype_;
};

/// The claims ask for the standard laws alone; others would be mapped ones of theirs.
template <class T>
claims::Draws<T> draws_of(const Judged<T>& judged) {
  claims::Draws<T> draws;
  draws.uniform = [=](const Stream& s, std::span<T> out, T, T) {
    judged.plain("uniform", Law::uniform, 1.0 / 3, s, out);
  };
  draws.normal = [=](const Stream& s, std::span<T> out, T, T) { judged.plain("normal", Law::normal, 1, s, out); };
  draws.truncated_normal = [=](const Stream& s, std::span<T> out, T, T, double) {
    judged.plain("truncated_normal", Law::truncated_normal, init::truncated_variance, s, out);
  };
  draws.initialise = [=](const init::Rule& rule, init::Layer layer, const Shape& shape, std::size_t groups,
                         const Stream& s, std::span<T> out) { judged.entries(rule, layer, shape, groups, s, out); };
  draws.structured = [=](const init::StructuredRule& rule, const Shape& shape, std::size_t groups, double gain,
                         const Stream& s, std::span<T> out) { judged.whole(rule, shape, groups, gain, s, out); };
  return draws;
}

}  // namespace

claims::Subject subject_of(const std::shared_ptr<Draws>& draws, Element dtype) {
  claims::Subject subject = claims::default_subject({}, "");
  subject.f32 = draws_of(Judged<float>(draws, dtype));
  if (dtype == Element::f64) subject.f64 = draws_of(Judged<double>(draws, dtype));
  subject.bits = [draws](const Stream& stream, std::span<std::uint32_t> out) {
    require_rule(*draws, "bits");
    draws->draw<std::uint32_t>({.rule = "bits", .shape = {out.size()}, .mode = {}, .gain = {}, .dtype = Element::u32},
                               stream, out);
  };
  return subject;
}

}  // namespace sqrtn::samplers
