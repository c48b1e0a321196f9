#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <limits>
#include <numbers>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "../adapters/sampler.hpp"

/// A program that draws weights rightly, or with one of the faults that verify/7_sampler.cpp plants.
namespace {

std::string fault;  // NOLINT: of the whole program

bool has_more = false;  // NOLINT: rules, by a second argument

std::string known() {
  const std::string more = has_more ? R"("lecun_normal", "truncated_normal", )" : "";
  return R"({"program": "case", "rules": [)" + more +
         R"("he_normal", "he_uniform", "glorot_uniform", "variance_scaling", "uniform", "normal"],)"
         R"( "dtypes": ["f32", "f64", "f16", "bf16"], "modes": ["fan_in", "fan_out", "fan_avg"], "layouts": ["linear",)"
         R"( "packed_linear", "conv", "grouped_conv", "transposed_conv", "grouped_transposed_conv"]})";
}

/// What takes a program of its own: "haar" and "words" draw rightly.
constexpr const char* known_matrices = R"({"rules": ["orthogonal"], "dtypes": ["f32"]})";
constexpr const char* known_words = R"({"rules": ["bits"]})";

double fan_of(const sampler::Ask& ask) {
  double in = static_cast<double>(ask.fan_in()), out = static_cast<double>(ask.fan_out());
  if (fault == "fans") std::swap(in, out);
  if (fault == "area" && ask.shape.size() == 4) in /= static_cast<double>(ask.shape[2] * ask.shape[3]);
  if (ask.mode == "fan_out") return out;
  return ask.mode == "fan_avg" ? (in + out) / 2 : in;
}

/// Of the law before its cut.
double deviation_of(const sampler::Ask& ask) {
  if (fault == "ignored" || ask.rule == "normal" || ask.rule == "truncated_normal") return 1;
  if (ask.rule == "uniform") return 1 / std::numbers::sqrt3;
  if (ask.rule == "glorot_uniform") {
    const bool forgets = (fault == "groups" && ask.layer == "conv") || (fault == "packed" && ask.layer == "linear");
    return std::sqrt(2.0 / static_cast<double>(ask.fan_in() + ask.fan_out() * (forgets ? ask.groups : 1)));
  }
  if (ask.rule == "variance_scaling") return std::sqrt(1 / fan_of(ask)) / (fault == "cut" ? 1 : 0.87962566103423978);
  return std::sqrt((fault == "gain" || ask.rule == "lecun_normal" ? 1 : 2) / fan_of(ask));
}

/// k/2ᵖ, p the digits of T, so that 1 is never reached.
template <class T>
T unit(std::mt19937_64& engine) {
  constexpr int digits = std::numeric_limits<T>::digits;
  return std::ldexp(static_cast<T>(engine() >> (64 - digits)), -digits);
}

/// f16 or bf16, rounded to nearest, ties to even: a half below its least normal number counts in steps of one size.
std::uint16_t half_of(float value, bool is_bf16) {
  const int digits = is_bf16 ? 7 : 10, bias = is_bf16 ? 127 : 15;  // behind the point
  const unsigned sign = std::signbit(value) ? 0x8000U : 0U, special = is_bf16 ? 0x7f80U : 0x7c00U;
  if (!std::isfinite(value)) return static_cast<std::uint16_t>(sign | special | (std::isnan(value) ? 1U : 0U));
  if (value == 0) return static_cast<std::uint16_t>(sign);
  const int exponent = std::max(std::ilogb(value), 1 - bias);
  const float steps = std::ldexp(std::abs(value), digits - exponent);
  const auto whole = static_cast<unsigned>(fault == "truncates" ? std::trunc(steps) : std::nearbyint(steps));
  // A sum that rounds up to the next power of two carries into the exponent.
  const unsigned magnitude = (static_cast<unsigned>(exponent + bias - 1) << digits) + whole;
  return static_cast<std::uint16_t>(sign | magnitude);
}

void answer_as_halves(std::span<const float> values, bool is_bf16) {
  std::vector<std::uint16_t> halves;
  for (const float value : values) halves.push_back(half_of(value, is_bf16));
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

/// One value, before its deviation.
template <class T>
T deviate(const sampler::Ask& ask, std::mt19937_64& engine, std::normal_distribution<T>& normal) {
  if (ask.rule.find("uniform") != std::string::npos) return 2 * unit<T>(engine) - 1;
  T z = normal(engine);
  if (ask.rule == "variance_scaling" || ask.rule == "truncated_normal") {
    if (fault == "clamps") return std::clamp(z, T(-2), T(2));
    while (std::abs(z) >= 2) z = normal(engine);
  }
  if (fault == "positive") return std::abs(z);
  return fault == "tail" && std::abs(z) > 3 ? std::copysign(T(3.25), z) : z;
}

/// What is wrong with whole tensors.
template <class T>
void spoil(const sampler::Ask& ask, std::vector<T>& values) {
  const std::size_t size = values.size() / ask.count;
  const auto tensor = [&](std::size_t i) { return values.begin() + static_cast<std::ptrdiff_t>(i * size); };
  if (fault == "twice" && ask.count > 1) std::copy_n(tensor(0), size, tensor(ask.count - 1));
  if (fault == "shared" && ask.count > 1) std::copy_n(tensor(0), size / 4, tensor(1));
  // Every second one is correlated with the one before it: by what 32 of 64 × 96 show, or nearly equal.
  const T shared = fault == "kin" ? T(0.18) : T(0.999), own = std::sqrt(1 - shared * shared);
  for (std::size_t i = 1; (fault == "kin" || fault == "twins") && i < ask.count; i += 2) {
    std::transform(tensor(i - 1), tensor(i), tensor(i), tensor(i), [=](T a, T b) { return shared * a + own * b; });
  }
  if (fault == "nan") values.back() = std::numeric_limits<T>::quiet_NaN();
  if (fault == "infinite") values.back() = -std::numeric_limits<T>::infinity();
}

template <class T>
void draw_as(const sampler::Ask& ask) {
  std::mt19937_64 engine(fault == "seed" ? 1 : ask.seed);
  if (fault == "entropy") engine.seed(std::random_device{}());
  std::normal_distribution<T> normal;
  std::vector<T> values(ask.size());
  const bool is_scaled_uniform = ask.rule.ends_with("_uniform");
  const T scale =
      ask.rule == "uniform" ? 1 : static_cast<T>(deviation_of(ask) * (is_scaled_uniform ? std::numbers::sqrt3 : 1));
  for (T& value : values) {
    value = scale * deviate<T>(ask, engine, normal);
    if (fault == "end" && ask.rule == "uniform" && engine() % 160'000 == 0) value = 1;
  }
  spoil(ask, values);
  if (fault == "prints") std::puts("drawing …");
  if (fault == "prints_late") return print_late(values);
  if (fault == "short") values.pop_back();
  if (fault == "long") values.push_back(0);
  if constexpr (sizeof(T) == 4) {
    if (ask.dtype.ends_with("f16")) return answer_as_halves(values, ask.dtype == "bf16");
  }
  sampler::answer(std::span<const T>(values));
}

/// Gram's and Schmidt's, of normal lines along the shorter side: a Haar matrix, as R's diagonal is positive.
void draw_matrices(const sampler::Ask& ask) {
  std::mt19937_64 engine(ask.seed);
  std::normal_distribution<double> normal;
  const std::size_t rows = ask.shape[0], cols = ask.size() / ask.count / rows;
  const std::size_t n = std::min(rows, cols), length = std::max(rows, cols);
  std::vector<float> values;
  for (std::size_t tensor = 0; tensor < ask.count; ++tensor) {
    std::vector<std::vector<double>> lines(n, std::vector<double>(length));
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<double>& line = lines[i];
      std::ranges::generate(line, [&] { return normal(engine); });
      for (std::size_t k = 0; k < i; ++k) {
        const double along = std::inner_product(line.begin(), line.end(), lines[k].begin(), 0.0);
        std::ranges::transform(line, lines[k], line.begin(), [=](double a, double b) { return a - along * b; });
      }
      double norm = std::sqrt(std::inner_product(line.begin(), line.end(), line.begin(), 0.0));
      if (fault == "signs" && line[i] > 0) norm = -norm;  // as Householder's reflectors leave it
      for (double& x : line) x /= norm;
    }
    for (std::size_t at = 0; at < rows * cols; ++at) {
      const std::size_t row = at / cols, col = at % cols;
      values.push_back(static_cast<float>(rows < cols ? lines[row][col] : lines[col][row]));
    }
  }
  sampler::answer(std::span<const float>(values));
}

void draw_words(const sampler::Ask& ask) {
  std::mt19937 engine(static_cast<std::uint32_t>(ask.seed));
  std::vector<std::uint32_t> words(ask.size());
  std::ranges::generate(words, [&] { return static_cast<std::uint32_t>(engine()) & (fault == "even" ? ~1U : ~0U); });
  sampler::answer(std::span<const std::uint32_t>(words));
}

void draw(const sampler::Ask& ask) {
  if (fault == "dies") std::abort();
  if (fault == "leaves" || (fault == "leaves_on_he_normal" && ask.rule == "he_normal")) std::exit(3);
  if (fault == "hangs") pause();
  if (ask.rule == "orthogonal") return draw_matrices(ask);
  if (ask.rule == "bits") return draw_words(ask);
  ask.dtype == "f64" ? draw_as<double>(ask) : draw_as<float>(ask);
}

}  // namespace

int main(int n_arguments, char** arguments) {
  if (n_arguments > 1) fault = arguments[1];
  has_more = n_arguments > 2;
  if (fault == "deaf") pause();
  if (fault == "banner") std::puts("Loading the model …");
  if (fault == "absent") {
    std::fputs("no module named init\n", stderr);
    return 1;
  }
  if (fault == "unknown") return sampler::serve(R"({"rules": ["he_normals"], "dtypes": ["f32"]})", draw);
  if (fault == "haar" || fault == "signs") return sampler::serve(known_matrices, draw);
  if (fault == "words" || fault == "even") return sampler::serve(known_words, draw);
  return sampler::serve(known().c_str(), draw);
}
