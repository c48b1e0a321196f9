#include "samplers/speeds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "sqrtn/init/structured.hpp"
#include "sqrtn/random/fill.hpp"
#include "sqrtn/statistics/median.hpp"
#include "sqrtn/support/tensor.hpp"
#include "support/words.hpp"

namespace sqrtn::samplers {
namespace {

constexpr std::size_t side = 1024, million = side * side;
constexpr int own_rounds = 9;

results::Measurement measurement(const Speed& speed, const char* who, std::vector<double> times) {
  const std::string dtype(word_of(speed.dtype, element_words));
  results::Measurement row;
  row.id = fmt::format("sampler/{}/{}/{}", speed.rule, dtype, who);
  row.group = "sampler";
  row.subject = fmt::format("{} {}", speed.rule, who);
  row.shape = "1 Mi values";
  row.dtype = dtype;
  row.min_s = std::ranges::min(times);
  row.median_s = statistics::median(times).value();
  row.rounds = times.size();
  row.rate = static_cast<double>(million) / row.median_s * 1e-9;
  row.rate_unit = "Gsamples/s";
  return row;
}

template <class T>
void draw_own(const std::string& rule, const random::Stream& stream, std::span<T> out) {
  if (const init::StructuredRule* structured = init::find_structured(rule)) {
    return init::initialise_structured(*structured, {side, side}, 1, 1, stream, out);
  }
  init::initialise(init::distribution(init::find_rule(rule), {side, side}), stream, out);
}

/// The half types' values are drawn as float here too.
template <class T>
std::vector<double> own_times(const Speed& speed) {
  Buffer<T> out(million);
  std::vector<double> times;
  for (int round = 0; round < own_rounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    const random::Stream stream{random::Engine::ars, 1, static_cast<std::uint64_t>(round)};
    if constexpr (std::is_same_v<T, std::uint32_t>) {
      random::fill_bits(stream, out.span());
    } else {
      draw_own<T>(speed.rule, stream, out.span());
    }
    times.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return times;
}

std::vector<double> own_times_of(const Speed& speed) {
  if (speed.dtype == Element::u32) return own_times<std::uint32_t>(speed);
  return speed.dtype == Element::f64 ? own_times<double>(speed) : own_times<float>(speed);
}

/// A whole matrix of a million values takes seconds; what takes another size would compare nothing.
bool is_by_entry(const std::string& rule) { return init::find_structured(rule) == nullptr; }

}  // namespace

std::vector<results::Measurement> speeds_of(const Program& program) {
  std::vector<results::Measurement> rows;
  for (const Speed& speed : program.speeds()) {
    std::vector<double> times = speed.seconds_per_value;
    for (double& time : times) time *= static_cast<double>(million);
    rows.push_back(measurement(speed, "program", std::move(times)));
    if (is_by_entry(speed.rule)) rows.push_back(measurement(speed, "sqrtn", own_times_of(speed)));
  }
  return rows;
}

}  // namespace sqrtn::samplers
