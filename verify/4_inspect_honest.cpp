#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <mutex>
#include <random>

#include "claims/weights/inspection.hpp"
#include "sqrtn/claims/follows.hpp"
#include "sqrtn/support/parallel.hpp"
#include "support/number.hpp"
#include "verify.hpp"
#include "weights.hpp"

/// Honest tensors: no false alarm, and what is named is right.
namespace sqrtn::verify {
namespace {

namespace weights = claims::weights;

struct HonestTensor {
  const init::Rule* rule;
  Shape shape;
  Dtype dtype;
};

/// Rules × types × shapes from 64 values to a million, each with streams of its own.
std::vector<HonestTensor> honest_tensors(const std::vector<Shape>& shapes) {
  std::vector<HonestTensor> all;
  for (const init::Rule& rule : init::rules()) {
    for (const Shape& shape : shapes) {
      for (const Dtype dtype : {Dtype::f16, Dtype::bf16, Dtype::f32, Dtype::f64}) all.push_back({&rule, shape, dtype});
    }
  }
  return all;
}

/// What is wrong with what was said of it; nothing if all is right.
std::string complaint(const HonestTensor& honest, const Judged& judged) {
  const init::Fans fans = init::fans(init::default_layer(honest.shape), honest.shape);
  const init::Distribution law = init::distribution(*honest.rule, fans);
  if (!judged.findings.empty()) return "false alarm: " + judged.findings.front().text;
  const auto own = std::ranges::find(judged.laws, law.law, [](const weights::Fitting& f) { return f.law.law; });
  if (own == judged.laws.end()) return "its own law is rejected";
  if (!own->law.stddev.contains(law.stddev())) return "its own deviation is not in the interval";
  const bool listed = std::ranges::any_of(own->matches, [&](const weights::Match& match) {
    return std::ranges::find(match.names, honest.rule->name) != match.names.end();
  });
  if (!listed) return "its own rule is not listed";
  if (judged.word != weights::Word::draw && judged.word != weights::Word::undecided) return "its word is another";
  return "";
}

/// Of inspect_all with so many tensors each has this level.
constexpr double alpha = 1e-9;

/// Size and shape by chance: more than s values with probability √(64/s), so that large ones cost no more than small
/// ones do together; long, wide and square matrices, and kernels of up to 7 × 7.
Shape any_shape(std::mt19937_64& random) {
  constexpr double least = 64, most = 1e6;
  const auto within = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(random); };
  const double size = least / std::pow(within(std::sqrt(least / most), 1), 2);
  const auto side = static_cast<std::size_t>(random() % 3 == 0 ? 1 + 2 * (random() % 4) : 1);
  const double area = static_cast<double>(side * side), channels = std::max(1.0, size / area);
  const double rows = std::floor(std::exp(within(0, std::log(channels))));
  const double columns = std::max(std::floor(channels / rows), std::ceil(least / area / rows));
  Shape shape{static_cast<std::size_t>(rows), static_cast<std::size_t>(columns)};
  if (side > 1) shape.insert(shape.end(), {side, side});
  return shape;
}

/// The i-th of a sequence in which each rule has each type.
HonestTensor any_honest(std::uint64_t i) {
  constexpr Dtype dtypes[] = {Dtype::f16, Dtype::bf16, Dtype::f32, Dtype::f64};
  std::mt19937_64 random(settings().seed * 0x9e3779b97f4a7c15u + i);
  const std::span<const init::Rule> rules = init::rules();
  return {&rules[i % rules.size()], any_shape(random), dtypes[i / rules.size() % std::size(dtypes)]};
}

/// Tensors [first, first + count) as one model.
void expect_no_alarm(std::uint64_t first, std::size_t count, std::atomic<std::size_t>& named,
                     std::atomic<std::size_t>& values) {
  std::vector<HonestTensor> honest;
  TensorSet model;
  for (std::uint64_t i = first; i < first + count; ++i) {
    const HonestTensor& tensor = honest.emplace_back(any_honest(i));
    const auto engine = i % 2 == 0 ? random::Engine::ars : random::Engine::philox;
    model.tensors.push_back(drawn(tensor.rule->name, tensor.shape, tensor.dtype, {engine, settings().seed, i}));
    values += element_count(tensor.shape);
  }
  const weights::Inspection found =
      weights::inspect_all(std::move(model), {.rules = {}, .alpha = alpha * static_cast<double>(count), .threads = 1});
  static std::mutex guard;
  for (std::size_t k = 0; k < count; ++k) {
    named += found.tensors[k].word == weights::Word::draw;
    const std::string text = complaint(honest[k], found.tensors[k]);
    const std::lock_guard lock(guard);
    EXPECT_EQ(text, "") << honest[k].rule->name << " " << to_string(honest[k].shape) << " "
                        << to_string(honest[k].dtype) << " stream " << first + k;
  }
}

void expect_no_alarm(std::size_t count) {
  constexpr std::size_t tensors_of_a_model = 128;
  std::atomic<std::size_t> named = 0, values = 0;
  parallel_for((count + tensors_of_a_model - 1) / tensors_of_a_model, 0, [&](std::size_t model) {
    const std::size_t first = model * tensors_of_a_model;
    expect_no_alarm(first, std::min(tensors_of_a_model, count - first), named, values);
  });
  fmt::print("{} tensors of {} values, {} of them named\n", count, values.load(), named.load());
}

TEST(InspectHonest, NoFalseAlarm) { expect_no_alarm(1000); }

// SQRTN_HONEST_TENSORS: how many, where it is set.
TEST(InspectHonestSlow, NoFalseAlarm) {
  const char* asked = std::getenv("SQRTN_HONEST_TENSORS");
  const std::optional<std::size_t> count = asked == nullptr ? 20'000 : parse_number<std::size_t>(asked);
  ASSERT_TRUE(count && *count > 0) << "SQRTN_HONEST_TENSORS is no number above 0: " << asked;
  expect_no_alarm(*count);
}

// Between the ends of a wide interval of the deviation lies one at which two long rows are alike: of bf16 the limit is
// known to 0.2 % alone.
TEST(InspectHonest, TwoLongRowsDoNotSpread) {
  const HonestTensor honest{&init::find_rule("glorot_uniform"), {2, 436903}, Dtype::bf16};
  const Judged judged =
      verify::judged(drawn("glorot_uniform", honest.shape, honest.dtype, {random::Engine::ars, 1, 399974}));
  EXPECT_EQ(complaint(honest, judged), "");
}

// All tensors of this size are named, but where two rules give the same deviation.
TEST(InspectHonest, LargeOnesAreNamed) {
  for (const HonestTensor& honest : honest_tensors({{600, 1100}})) {
    const Judged judged =
        verify::judged(drawn(honest.rule->name, honest.shape, honest.dtype, {random::Engine::philox, 1, 7}));
    EXPECT_EQ(judged.word, weights::Word::draw) << honest.rule->name << " " << to_string(honest.dtype);
  }
}

TEST(Follows, SaysWhy) {
  const std::vector<float> w = drawn_values("he_normal", {128, 96}, 500),
                           off = drawn_values("he_normal", {128, 96}, 501, 2);
  EXPECT_TRUE(follows(w, "he_normal", {128, 96}));
  const Following wrong = follows(off, "he_normal", {128, 96});
  EXPECT_FALSE(wrong.holds);
  EXPECT_NE(wrong.why.find("tp = 4"), std::string::npos) << wrong.why;
  const testing::AssertionResult result = wrong;
  EXPECT_FALSE(result);
  EXPECT_EQ(result.failure_message(), wrong.why);
  EXPECT_FALSE(follows(std::vector<float>(4, 0.1f), "he_normal", {2, 2})) << "four values could not have failed";
  EXPECT_TRUE(follows(std::vector<double>(40), "zeros", {40}));
  EXPECT_THROW((void)follows(w, "he_norml", {128, 96}), std::invalid_argument);
  EXPECT_THROW((void)follows(w, "he_normal", {128, 97}), std::invalid_argument);
  EXPECT_THROW((void)follows(w, "he_normal,gian=2", {128, 96}), std::invalid_argument);
}

}  // namespace
}  // namespace sqrtn::verify
