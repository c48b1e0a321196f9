#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "../adapters/sampler.hpp"

/// A program that draws weights rightly, or with one of the faults that verify/7_sampler.cpp plants.
namespace {

std::string fault;  // NOLINT: of the whole program

constexpr const char* known =
    R"({"program": "case", "rules": ["he_normal", "he_uniform", "glorot_uniform", "variance_scaling", "uniform", "normal"],)"
    R"( "dtypes": ["f32", "f64", "bf16"], "modes": ["fan_in", "fan_out", "fan_avg"], "layouts": ["linear", "packed_linear",)"
    R"( "conv", "grouped_conv", "transposed_conv", "grouped_transposed_conv"]})";

double fan_of(const sampler::Ask& ask) {
  double in = static_cast<double>(ask.fan_in()), out = static_cast<double>(ask.fan_out());
  if (fault == "fans") std::swap(in, out);
  if (fault == "area" && ask.shape.size() == 4) in /= static_cast<double>(ask.shape[2] * ask.shape[3]);
  if (ask.mode == "fan_out") return out;
  return ask.mode == "fan_avg" ? (in + out) / 2 : in;
}

/// Of the law before its cut.
double deviation_of(const sampler::Ask& ask) {
  if (ask.rule == "normal") return 1;
  if (ask.rule == "uniform") return 1 / std::numbers::sqrt3;
  if (ask.rule == "glorot_uniform") {
    const bool forgets = fault == "groups" && ask.layer == "conv";
    return std::sqrt(2.0 / static_cast<double>(ask.fan_in() + ask.fan_out() * (forgets ? ask.groups : 1)));
  }
  if (ask.rule == "variance_scaling") return std::sqrt(1 / fan_of(ask)) / (fault == "cut" ? 1 : 0.87962566103423978);
  return std::sqrt((fault == "gain" ? 1 : 2) / fan_of(ask));
}

/// k/2ᵖ, p the digits of T, so that 1 is never reached.
template <class T>
T unit(std::mt19937_64& engine) {
  constexpr int digits = std::numeric_limits<T>::digits;
  return std::ldexp(static_cast<T>(engine() >> (64 - digits)), -digits);
}

/// Rounded to nearest, ties to even: what a half of the bits of a float holds.
void answer_as_bf16(std::span<const float> values) {
  std::vector<std::uint16_t> halves;
  for (const float value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    halves.push_back(static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16));
  }
  sampler::answer(std::span<const std::uint16_t>(halves));
}

/// A line, then the values, of which the last come when as many bytes as were asked for have been read.
template <class T>
void print_late(const std::vector<T>& values) {
  std::string all = "drawing …\n";
  const std::size_t asked = values.size() * sizeof(T);
  all.append(reinterpret_cast<const char*>(values.data()), asked);
  std::fwrite(all.data(), 1, asked, stdout);
  std::fflush(stdout);
  ::usleep(50'000);
  std::fwrite(all.data() + asked, 1, all.size() - asked, stdout);
  std::fflush(stdout);
}

template <class T>
void draw_as(const sampler::Ask& ask) {
  std::mt19937_64 engine(fault == "seed" ? 1 : ask.seed);
  if (fault == "entropy") engine.seed(std::random_device{}());
  std::normal_distribution<T> normal;
  std::vector<T> values(ask.size());
  const T deviation = static_cast<T>(deviation_of(ask)), limit = deviation * std::numbers::sqrt3_v<T>;
  const bool is_uniform = ask.rule.find("uniform") != std::string::npos;
  for (T& value : values) {
    T z = is_uniform ? 0 : normal(engine);
    while (ask.rule == "variance_scaling" && std::abs(z) >= 2) z = normal(engine);
    value = ask.rule == "uniform" ? 2 * unit<T>(engine) - 1
            : is_uniform          ? limit * (2 * unit<T>(engine) - 1)
                                  : deviation * z;
    if (fault == "end" && ask.rule == "uniform" && engine() % 160'000 == 0) value = 1;
  }
  const std::size_t size = values.size() / ask.count;
  if (fault == "twice") std::copy_n(values.begin(), ask.count > 1 ? size : 0, values.end() - static_cast<long>(size));
  if (fault == "shared" && ask.count > 1)
    std::copy_n(values.begin(), size / 4, values.begin() + static_cast<long>(size));
  if (fault == "prints") std::puts("drawing …");
  if (fault == "prints_late") return print_late(values);
  if (fault == "short") values.pop_back();
  if (fault == "long") values.push_back(0);
  if (fault == "nan") values.back() = std::numeric_limits<T>::quiet_NaN();
  if constexpr (sizeof(T) == 4) {
    if (ask.dtype == "bf16") return answer_as_bf16(values);
  }
  sampler::answer(std::span<const T>(values));
}

void draw(const sampler::Ask& ask) {
  if (fault == "dies") std::abort();
  if (fault == "leaves" || (fault == "leaves_on_he_normal" && ask.rule == "he_normal")) std::exit(3);
  if (fault == "hangs") pause();
  ask.dtype == "f64" ? draw_as<double>(ask) : draw_as<float>(ask);
}

}  // namespace

int main(int n_arguments, char** arguments) {
  if (n_arguments > 1) fault = arguments[1];
  if (fault == "deaf") pause();
  if (fault == "banner") std::puts("Loading the model …");
  if (fault == "absent") {
    std::fputs("no module named init\n", stderr);
    return 1;
  }
  const char* unknown = R"({"rules": ["he_normals"], "dtypes": ["f32"]})";
  return sampler::serve(fault == "unknown" ? unknown : known, draw);
}
