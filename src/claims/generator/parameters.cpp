#include <fmt/format.h>

#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "claims/generator/dependence.hpp"
#include "support/environment.hpp"

namespace sqrtn::claims {
namespace {

using init::Law;
using random::Engine;
using random::Stream;

constexpr std::size_t n_draws = 4099;  ///< several vectors of any width, and a ragged end
constexpr const char* source = "counter-based addressing";

/// A type in which the roundings of T do not show.
template <class T>
using Wider = std::conditional_t<sizeof(T) == sizeof(float), double, long double>;

template <class T>
struct Normal {
  T mean, stddev;
};
template <class T>
constexpr Normal<T> normals[] = {{T(0.5), T(1)},   {T(-3), T(0.25)},    {T(1000), T(0.001)},
                                 {T(0), T(1e-20)}, {T(-1e-3), T(1e10)}, {T(7), T(0)}};

/// What a draw may be off by: three roundings of the standard draw's part, one of the sum, one of a bound.
template <class T>
Wider<T> rounding(Wider<T> part, Wider<T> whole) {
  constexpr Wider<T> u = std::numeric_limits<T>::epsilon() / 2;
  return (3 * std::abs(part) + 2 * std::abs(whole)) * u * (1 + 4 * u) + std::numeric_limits<T>::denorm_min();
}

/// The first draw that is not mean + stddev·z of the standard draw with the same address.
template <class T, class Fill>
std::string shifted_mismatch(const char* what, const Stream& stream, Fill fill, std::size_t& n_compared) {
  Buffer<T> z(n_draws), x(n_draws);
  fill(z.span(), T(0), T(1));
  for (const auto& [mean, stddev] : normals<T>) {
    fill(x.span(), mean, stddev);
    for (std::size_t i = 0; i < n_draws; ++i, ++n_compared) {
      const Wider<T> part = static_cast<Wider<T>>(stddev) * z[i], aim = mean + part;
      if (std::abs(x[i] - aim) <= rounding<T>(part, aim)) continue;
      return fmt::format("{} {} of offset {}: mean {}, deviation {} gave {:.9g} instead of {:.9g}", dtype_name<T>(),
                         what, stream.offset + i, mean, stddev, x[i], static_cast<double>(aim));
    }
  }
  return {};
}

template <class T>
std::string uniform_mismatch(const Draws<T>& draws, const Stream& stream, std::size_t& n_compared) {
  // Middle and half width of each are exact.
  constexpr T ends[][2] = {{1, 3}, {0, 1}, {-1024, 0.5}, {T(0x1p-60), T(0x1.8p-59)}, {-8, -7.75}};
  Buffer<T> v(n_draws), x(n_draws);
  draws.uniform(stream, v.span(), T(-1), T(1));
  for (const auto& [low, high] : ends) {
    draws.uniform(stream, x.span(), low, high);
    const Wider<T> middle = (static_cast<Wider<T>>(low) + high) / 2, half = (static_cast<Wider<T>>(high) - low) / 2;
    for (std::size_t i = 0; i < n_draws; ++i, ++n_compared) {
      const Wider<T> aim = middle + half * v[i];
      if (x[i] > low && x[i] < high && std::abs(x[i] - aim) <= rounding<T>(half * v[i], aim)) continue;
      return fmt::format("{} uniform {} on ({}, {}): {:.9g} instead of {:.9g}", dtype_name<T>(), stream.offset + i, low,
                         high, x[i], static_cast<double>(aim));
    }
  }
  return {};
}

/// z = √2·erf⁻¹(v·erf(c/√2)) of the uniform v with the same address, within 4 ULP (float) or 8 (double) of max(|z|, 1).
template <class T>
std::string cut_mismatch(const Draws<T>& draws, const Stream& stream, std::size_t& n_compared) {
  constexpr long double root_half = 0.707106781186547524400844362104849039L;
  constexpr std::size_t n = n_draws / 8;
  Buffer<T> v(n), z(n);
  draws.uniform(stream, v.span(), T(-1), T(1));
  for (const double cut : {0.1, 1.0, 2.0, 2.5, 3.0}) {
    draws.truncated_normal(stream, z.span(), T(0), T(1), cut);
    const long double inside = std::erf(static_cast<long double>(cut) * root_half);
    for (std::size_t i = 0; i < n; ++i, ++n_compared) {
      const long double aim = boost::math::erf_inv(v[i] * inside) / root_half, size = std::max(std::abs(aim), 1.0L);
      const long double ulp = std::ldexp(std::numeric_limits<T>::epsilon(), std::ilogb(size));
      if (std::abs(z[i] - aim) <= (sizeof(T) == sizeof(float) ? 4 : 8) * ulp) continue;
      return fmt::format("{} truncated normal {} cut at {}: {:.9g} instead of {:.9g}", dtype_name<T>(),
                         stream.offset + i, cut, z[i], static_cast<double>(aim));
    }
  }
  return {};
}

template <class T>
std::string parameter_mismatch(const Draws<T>& draws, const Stream& stream, std::size_t& n_compared) {
  const auto normal = [&](std::span<T> out, T mean, T stddev) { draws.normal(stream, out, mean, stddev); };
  std::string found = shifted_mismatch<T>("normal", stream, normal, n_compared);
  for (const double cut : {2.0, 0.5}) {
    if (!found.empty()) return found;
    const auto truncated = [&](std::span<T> out, T mean, T stddev) {
      draws.truncated_normal(stream, out, mean, stddev, cut);
    };
    found = shifted_mismatch<T>("truncated normal", stream, truncated, n_compared);
  }
  if (found.empty()) found = uniform_mismatch(draws, stream, n_compared);
  if (found.empty()) found = cut_mismatch(draws, stream, n_compared);
  return found;
}

Claim mapping_claim(Engine engine) {
  Claim claim =
      exact_claim(fmt::format("generator/{}/parameters", to_string(engine)),
                  "a draw with mean, deviation, ends or cut is the standard draw of its address, mapped, but for "
                  "the rounding",
                  source, to_string(engine));
  claim.check = [engine, id = claim.id](const Subject& subject, const Settings& settings) {
    std::size_t n_compared = 0;
    for (const std::uint64_t offset : {0, 5}) {
      const Stream stream{engine, settings.seed, random::stream_of(id), offset};
      std::string reason = parameter_mismatch(subject.f32, stream, n_compared);
      if (reason.empty()) reason = parameter_mismatch(subject.f64, stream, n_compared);
      if (!reason.empty()) return failure(std::move(reason));
    }
    return exact_outcome({}, n_compared);
  };
  return claim;
}

/// The first element of a fill on so many threads that is not what a fill of its piece alone gives.
template <class T>
std::string threads_mismatch(const Subject& subject, Law law, const Stream& stream, std::span<T> out,
                             unsigned threads) {
  subject.of<T>().on_threads(law, stream, out, threads);
  std::vector<std::string> found(chunks_for(out.size()));
  parallel_for(found.size(), 0, [&](std::size_t i) {
    const std::span<T> piece = out.subspan(i * chunk, std::min(chunk, out.size() - i * chunk));
    Buffer<T> alone(piece.size());
    draw<T>(subject, law, stream.skip(i * chunk), alone.span());
    if (std::memcmp(alone.data(), piece.data(), piece.size_bytes()) == 0) return;
    found[i] =
        fmt::format("{} {} draws {} to {} of {} on {} threads are not those of a fill of their own", dtype_name<T>(),
                    to_string(law), i * chunk, i * chunk + piece.size() - 1, out.size(), threads);
  });
  const auto first = std::ranges::find_if(found, [](const std::string& reason) { return !reason.empty(); });
  return first == found.end() ? std::string() : *first;
}

/// The first mismatch of any law in T, n bytes filled.
template <class T>
std::string any_threads_mismatch(const Subject& subject, const Stream& stream, std::size_t n_bytes,
                                 std::initializer_list<unsigned> threads, std::size_t& n_compared) {
  Buffer<T> out(n_bytes / sizeof(T));
  for (const Law law : {Law::uniform, Law::normal, Law::truncated_normal}) {
    for (const unsigned n : threads) {
      std::string found = threads_mismatch<T>(subject, law, stream, out.span(), n);
      if (!found.empty()) return found;
      n_compared += out.size();
    }
  }
  return {};
}

Claim threads_claim(Engine engine) {
  Claim claim = exact_claim(fmt::format("generator/{}/threads", to_string(engine)),
                            "a fill on 1, 2, 3 or 8 threads is the same, bit for bit", source, to_string(engine));
  claim.check = [engine, id = claim.id](const Subject& subject, const Settings& settings) {
    std::size_t n_compared = 0;
    const Stream stream{engine, settings.seed, random::stream_of(id), 3};
    constexpr std::size_t n_bytes = (std::size_t{5} << 20) + 56;  // more than two shares of a thread, and a ragged end
    std::string reason = any_threads_mismatch<float>(subject, stream, n_bytes, {1, 2, 3, 8}, n_compared);
    if (reason.empty()) reason = any_threads_mismatch<double>(subject, stream, n_bytes, {1, 2, 3, 8}, n_compared);
    return exact_outcome(std::move(reason), n_compared);
  };
  return claim;
}

/// What is larger than the caches may be written past them, by other instructions.
Claim large_fill_claim(Engine engine) {
  Claim claim = exact_claim(fmt::format("generator/{}/large_fills", to_string(engine)),
                            "a fill larger than the last-level cache is that of its pieces, bit for bit", source,
                            to_string(engine));
  claim.check = [engine, id = claim.id](const Subject& subject, const Settings& settings) {
    constexpr std::size_t most = std::size_t{256} << 20;
    static const std::size_t cache = last_level_cache_bytes(describe_environment());
    if (cache > most)
      return skipped(
          fmt::format("the last-level cache holds {} MiB, and {} are filled at most", cache >> 20, most >> 20));
    std::size_t n_compared = 0;
    const Stream stream{engine, settings.seed, random::stream_of(id), 64};
    const std::size_t n_bytes = std::max(cache, std::size_t{8} << 20) + (1 << 16) + 8;
    std::string reason = any_threads_mismatch<float>(subject, stream, n_bytes, {settings.threads}, n_compared);
    if (reason.empty()) {
      reason = any_threads_mismatch<double>(subject, stream, n_bytes, {settings.threads}, n_compared);
    }
    return exact_outcome(std::move(reason), n_compared);
  };
  return claim;
}

}  // namespace

std::vector<Claim> parameter_claims(Engine engine) {
  return {mapping_claim(engine), threads_claim(engine), large_fill_claim(engine)};
}

}  // namespace sqrtn::claims
