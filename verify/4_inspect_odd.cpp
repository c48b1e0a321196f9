#include <algorithm>
#include <cmath>

#include "claims/weights/inspection.hpp"
#include "sqrtn/random/fill.hpp"
#include "verify.hpp"
#include "weights.hpp"

/// What is odd about a tensor: broken, of another type, repeated, trained.
namespace sqrtn::verify {
namespace {

namespace weights = claims::weights;

bool has_kind(const Judged& judged, weights::Kind kind) {
  return std::ranges::find(judged.findings, kind, &weights::Finding::kind) != judged.findings.end();
}

std::string text_of(const Judged& judged, weights::Kind kind) {
  const auto found = std::ranges::find(judged.findings, kind, &weights::Finding::kind);
  return found == judged.findings.end() ? "" : found->text;
}

StoredTensor normal_tensor(std::vector<float>& values, const Shape& shape, std::uint64_t stream) {
  values = drawn_values("he_normal", shape, stream);
  return stored<float>(values, shape, Dtype::f32);
}

TEST(Inspect, BrokenValuesAreNamed) {
  const Shape shape{256, 256};
  std::vector<float> w;
  normal_tensor(w, shape, 400);
  auto with = [&](auto change) {
    std::vector<float> changed = w;
    change(changed);
    return verify::judged(stored<float>(changed, shape, Dtype::f32));
  };
  const Judged infinite = with([](auto& x) { x[77] = -INFINITY; });
  EXPECT_TRUE(has_kind(infinite, weights::Kind::infinite)) << "a normal that returns Inf (mlx#642)";
  EXPECT_EQ(infinite.word, weights::Word::broken);
  EXPECT_TRUE(has_kind(with([](auto& x) { x[5] = NAN; }), weights::Kind::nan));
  const Judged half = with([](auto& x) { std::fill(x.begin() + 128 * 256, x.end(), 0.f); });
  EXPECT_NE(text_of(half, weights::Kind::zeros).find("rows 128 to 255"), std::string::npos);
  EXPECT_EQ(half.laws.at(0).matches.at(0).names.at(0), "he_normal") << "what is not zero is judged all the same";
  EXPECT_TRUE(has_kind(with([](auto& x) { x[9] = x[99] = 1e-40f; }), weights::Kind::subnormals));
  // An encoder left uninitialised (sglang#26745): words of memory.
  std::vector<std::uint32_t> words(element_count(shape));
  random::fill_bits({random::Engine::ars, 1, 401}, words);
  const Judged memory = verify::judged(stored_bytes(std::as_bytes(std::span(words)), shape, Dtype::f32));
  EXPECT_EQ(memory.word, weights::Word::broken);
  EXPECT_TRUE(has_kind(memory, weights::Kind::uninitialised) || has_kind(memory, weights::Kind::nan));
  const Judged rounded =
      with([](auto& x) { std::ranges::transform(x, x.begin(), [](float v) { return from_bf16(to_bf16(v)); }); });
  EXPECT_NE(text_of(rounded, weights::Kind::few_digits).find("bf16"), std::string::npos);
}

TEST(Inspect, OtherTypesAndOrdersOfBytesAreNamed) {
  std::vector<float> w;
  const StoredTensor right = normal_tensor(w, {256, 256}, 410);
  StoredTensor swapped = right;
  swapped.swapped = true;
  EXPECT_NE(text_of(verify::judged(swapped), weights::Kind::wrong_type).find("other order"), std::string::npos);
  const auto read_as = [](const StoredTensor& tensor, Dtype dtype) {
    StoredTensor other = tensor;
    other.dtype = dtype;
    other.shape = {tensor.bytes.size() / bytes_of(dtype)};
    return text_of(verify::judged(other), weights::Kind::wrong_type);
  };
  EXPECT_NE(read_as(stored<float>(w, {256, 256}, Dtype::bf16), Dtype::f16).find("as bf16"), std::string::npos);
  EXPECT_NE(read_as(stored<float>(w, {256, 256}, Dtype::f16), Dtype::bf16).find("as f16"), std::string::npos);
  EXPECT_NE(read_as(right, Dtype::f64).find("as f32"), std::string::npos);
  EXPECT_NE(read_as(stored<float>(w, {256, 256}, Dtype::f64), Dtype::f32).find("as f64"), std::string::npos);
}

// A float uniform that returns 1.0 once in 3·10⁷ (numba#10810, cupy#1614).
TEST(Inspect, AnExcludedEndIsNamed) {
  std::vector<float> values(100000);
  random::fill_uniform<float>({random::Engine::ars, 1, 420}, values, 0, 1);
  const Judged honest = verify::judged(stored<float>(values, {100000}, Dtype::f32));
  EXPECT_EQ(honest.word, weights::Word::located);
  EXPECT_FALSE(honest.is_wrong());
  values[31] = 1;
  EXPECT_TRUE(has_kind(verify::judged(stored<float>(values, {100000}, Dtype::f32)), weights::Kind::excluded_end));
}

TEST(Inspect, RepeatedRowsColumnsAndShardsAreNamed) {
  const Shape shape{128, 96};
  std::vector<float> w;
  normal_tensor(w, shape, 430);
  auto with = [&](auto change) {
    std::vector<float> changed = w;
    change(changed);
    return text_of(verify::judged(stored<float>(changed, shape, Dtype::f32)), weights::Kind::equal_lines);
  };
  const auto row = [](auto& x, std::size_t i) { return std::span(x).subspan(i * 96, 96); };
  EXPECT_EQ(with([](auto&) {}), "");
  EXPECT_NE(with([&](auto& x) {
              std::ranges::copy(row(x, 3), row(x, 70).begin());
            }).find("rows repeat another, first 3 and 70: equal"),
            std::string::npos);
  EXPECT_NE(
      with([&](auto& x) { std::ranges::transform(row(x, 3), row(x, 70).begin(), std::negate()); }).find("negated"),
      std::string::npos);
  EXPECT_NE(with([&](auto& x) { std::ranges::reverse_copy(row(x, 3), row(x, 70).begin()); }).find("permuted"),
            std::string::npos);
  EXPECT_NE(with([&](auto& x) {
              for (std::size_t j = 0; j < 96; ++j) x[70 * 96 + j] = x[3 * 96 + (j + 5) % 96];
            }).find("rotated"),
            std::string::npos);
  EXPECT_NE(with([](auto& x) {
              for (std::size_t i = 0; i < 128; ++i) x[i * 96 + 90] = x[i * 96 + 4];
            }).find("columns repeat another, first 4 and 90"),
            std::string::npos);
  // Bit-identical shards over ranks (torchtitan#3106).
  EXPECT_EQ(with([](auto& x) {
              for (std::size_t b = 1; b < 4; ++b)
                std::copy_n(x.begin(), 32 * 96, x.begin() + static_cast<long>(b * 32 * 96));
            }),
            "4 blocks of 32 rows: equal");
  EXPECT_EQ(with([](auto& x) {
              for (std::size_t i = 0; i < 128; ++i)
                std::copy_n(x.begin() + static_cast<long>(i * 96), 48, x.begin() + static_cast<long>(i * 96 + 48));
            }),
            "2 blocks of 48 columns: equal");
}

TEST(Inspect, TensorsOfOneStreamAreNamed) {
  const Shape shape{128, 96};
  std::vector<float> a, b, c(element_count(shape));
  TensorSet set;
  set.tensors.push_back(normal_tensor(a, shape, 440));
  set.tensors.push_back(normal_tensor(b, shape, 441));
  std::ranges::transform(a, b.begin(), std::negate());
  set.tensors.push_back(stored<float>(b, shape, Dtype::f32));
  init::initialise<float>({init::Law::normal, 2.0 / 96}, {random::Engine::ars, 1, 440, 4000},
                          c);  // an offset of whole groups
  set.tensors.push_back(stored<float>(c, shape, Dtype::f32));
  for (std::size_t i = 0; i < set.tensors.size(); ++i) set.tensors[i].name = fmt::format("t{}", i);
  const weights::Inspection inspection = weights::inspect_all(set, {});
  EXPECT_TRUE(inspection.tensors[0].findings.empty() && inspection.tensors[1].findings.empty());
  EXPECT_EQ(text_of(inspection.tensors[2], weights::Kind::equal_tensors), "repeats t0: negated");
  EXPECT_NE(text_of(inspection.tensors[3], weights::Kind::shared_stream).find("from 0 on are those of t0 from 4000 on"),
            std::string::npos)
      << text_of(inspection.tensors[3], weights::Kind::shared_stream);
  EXPECT_EQ(inspection.n_wrong(), 2U);
}

// A checkpoint with random weights in some layers (transformers#46620): what is trained is no draw.
TEST(Inspect, TrainedWeightsAreNoDraws) {
  const Shape shape{512, 384};
  std::vector<float> w;
  normal_tensor(w, shape, 450);
  const auto word_with = [&](auto change) {
    std::vector<float> changed = w;
    change(changed);
    return verify::judged(stored<float>(changed, shape, Dtype::f32)).word;
  };
  EXPECT_EQ(word_with([](auto&) {}), weights::Word::draw);
  // A direction that was learned, rows of unequal norms, heavy tails.
  std::vector<float> u = drawn_values("normal", {512}, 451), v = drawn_values("normal", {384}, 452);
  EXPECT_EQ(word_with([&](auto& x) {
              for (std::size_t i = 0; i < x.size(); ++i) x[i] += 0.02f * u[i / 384] * v[i % 384];
            }),
            weights::Word::no_draw);
  EXPECT_EQ(word_with([&](auto& x) {
              for (std::size_t i = 0; i < x.size(); ++i) x[i] *= 1 + 0.2f * static_cast<float>(i / 384 % 2);
            }),
            weights::Word::no_draw);
  EXPECT_EQ(word_with([&](auto& x) {
              for (float& one : x) one *= 1 + std::abs(one) * 8;
            }),
            weights::Word::no_draw);
}

TEST(Inspect, AssertionsOfFewValuesAreInconclusive) {
  const Judged judged =
      verify::judged(drawn("he_normal", {4, 4}, Dtype::f32, {random::Engine::ars, 1, 3}), "he_normal");
  EXPECT_EQ(judged.assertion->outcome, weights::Outcome::inconclusive);
}

}  // namespace
}  // namespace sqrtn::verify
