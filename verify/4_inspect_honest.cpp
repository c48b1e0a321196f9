#include <algorithm>
#include <atomic>
#include <mutex>

#include "sqrtn/claims/follows.hpp"
#include "sqrtn/support/parallel.hpp"
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

void expect_no_alarm(const std::vector<HonestTensor>& tensors, std::size_t repetitions, std::uint64_t first_stream) {
  std::atomic<std::size_t> named = 0;
  std::mutex guard;
  parallel_for(tensors.size() * repetitions, 0, [&](std::size_t i) {
    const HonestTensor& honest = tensors[i % tensors.size()];
    const random::Stream stream{random::Engine::ars, settings().seed, first_stream + i};
    const Judged judged = verify::judged(drawn(honest.rule->name, honest.shape, honest.dtype, stream));
    named += judged.word == weights::Word::draw;
    const std::string text = complaint(honest, judged);
    const std::lock_guard lock(guard);
    EXPECT_EQ(text, "") << honest.rule->name << " " << to_string(honest.shape) << " " << to_string(honest.dtype)
                        << " stream " << stream.stream;
  });
  testing::Test::RecordProperty("named", static_cast<int>(named.load()));
}

TEST(InspectHonest, NoFalseAlarm) {
  expect_no_alarm(honest_tensors({{8, 8}, {48, 32}, {17, 16, 3, 3}, {512, 257}}), 2, 1000);
}

TEST(InspectHonestSlow, NoFalseAlarm) {
  expect_no_alarm(honest_tensors({{8, 8}, {3, 100}, {48, 32}, {64, 64}, {17, 16, 3, 3}, {2, 5000}, {512, 257}}), 40,
                  100000);
  expect_no_alarm(honest_tensors({{1024, 1000}, {64, 128, 11, 11}}), 1, 200000);
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
