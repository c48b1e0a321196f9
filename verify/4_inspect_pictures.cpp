#include <algorithm>
#include <cmath>
#include <numeric>

#include "claims/weights/inspection.hpp"
#include "verify.hpp"
#include "weights.hpp"

/// What is drawn of a tensor: all of its values are counted, those of a draw within the law's band.
namespace sqrtn::verify {
namespace {

namespace weights = claims::weights;
using weights::Picture;

Picture pictured(const StoredTensor& tensor, double factor = 1) {
  weights::BelievedLaw law = believed_law(judged(tensor));
  law.stddev *= factor;
  return weights::picture_of(tensor, statistics::summarise(tensor), law).value();
}

std::uint64_t values_in(const Picture& picture) {
  return std::accumulate(picture.bins.begin(), picture.bins.end(), picture.below + picture.above,
                         [](std::uint64_t sum, const weights::Bin& bin) { return sum + bin.count; });
}

std::size_t outside_of_band(const Picture& picture) {
  return static_cast<std::size_t>(std::ranges::count_if(picture.bins, [](const weights::Bin& bin) {
    const auto count = static_cast<double>(bin.count);
    return count < bin.least || count > bin.most;
  }));
}

/// The chance that the band fails is 1 % a picture; of 48 more than six have 6e-7.
TEST(InspectPictures, DrawsLieInTheBandOfTheirLaw) {
  std::size_t outside = 0, stream = 700;
  for (const char* rule : {"he_normal", "glorot_uniform", "variance_scaling", "torch_default"}) {
    for (const Shape& shape : {Shape{8, 8}, Shape{300, 200}, Shape{64, 32, 3, 3}}) {
      for (const Dtype dtype : {Dtype::f16, Dtype::bf16, Dtype::f32, Dtype::f64}) {
        const Picture picture = pictured(drawn(rule, shape, dtype, {random::Engine::ars, 1, ++stream}));
        EXPECT_EQ(values_in(picture), element_count(shape));
        EXPECT_LE(picture.bins.size(), weights::most_bins);
        outside += outside_of_band(picture) > 0;
      }
    }
  }
  EXPECT_LE(outside, 6u);
}

TEST(InspectPictures, AnotherDeviationIsOutside) {
  const StoredTensor tensor = drawn("he_normal", {300, 200}, Dtype::bf16, {random::Engine::ars, 1, 800});
  EXPECT_GE(outside_of_band(pictured(tensor, 1.05)), 3u);
  EXPECT_GE(outside_of_band(pictured(tensor, 1 / 1.05)), 3u);
}

TEST(InspectPictures, OutliersAreCountedBeyond) {
  std::vector<float> values = drawn_values("he_normal", {300, 200}, 801);
  std::ranges::fill(std::span(values).first(5), 3.f);
  std::ranges::fill(std::span(values).subspan(5, 2), -3.f);
  const Picture picture = pictured(stored<float>(values, {300, 200}, Dtype::f32));
  EXPECT_EQ(picture.above, 5u);
  EXPECT_EQ(picture.below, 2u);
  EXPECT_EQ(picture.law, "");
  EXPECT_EQ(values_in(picture), values.size());
}

// Of independent entries the singular values follow Marchenko and Pastur's law; of a common term one leaves it.
TEST(InspectPictures, SpectraLieBetweenTheirEdges) {
  std::vector<float> values = drawn_values("he_normal", {200, 300}, 802);
  const Picture picture = pictured(stored<float>(values, {200, 300}, Dtype::f32));
  ASSERT_TRUE(picture.spectrum);
  const double stddev = std::sqrt(2.0 / 300);
  EXPECT_NEAR(picture.spectrum->high_edge, stddev * (std::sqrt(300) + std::sqrt(200)), 1e-9);
  EXPECT_NEAR(picture.spectrum->low_edge, stddev * (std::sqrt(300) - std::sqrt(200)), 1e-9);
  EXPECT_EQ(picture.spectrum->values.size(), weights::most_ranked);
  EXPECT_EQ(picture.spectrum->values.back().rank, 200u);
  for (const weights::RankedValue& one : picture.spectrum->values) EXPECT_NEAR(one.value, one.law, 0.05) << one.rank;
  for (std::size_t i = 0; i < values.size(); ++i) values[i] += 0.02f;
  const Picture shifted = pictured(stored<float>(values, {200, 300}, Dtype::f32));
  EXPECT_GT(shifted.spectrum->values[0].value, 1.3 * shifted.spectrum->high_edge);
  EXPECT_LT(shifted.spectrum->values[1].value, 1.05 * shifted.spectrum->high_edge);
}

TEST(InspectPictures, OfWhatHasNoneNothingIsMade) {
  const auto made = [](const StoredTensor& tensor) {
    return weights::picture_of(tensor, statistics::summarise(tensor), believed_law(judged(tensor)));
  };
  EXPECT_FALSE(made(stored<float>(std::vector<float>(100, 0.5f), {10, 10}, Dtype::f32)));
  EXPECT_FALSE(made(stored<float>(std::vector<float>(100, NAN), {10, 10}, Dtype::f32)));
  EXPECT_FALSE(made(stored<float>(std::vector<float>(1, 0.5f), {1}, Dtype::f32)));
  std::vector<float> values = drawn_values("he_normal", {20, 30}, 803);
  values[7] = INFINITY;
  const auto broken = made(stored<float>(values, {20, 30}, Dtype::f32));
  ASSERT_TRUE(broken);
  EXPECT_FALSE(broken->spectrum);
  EXPECT_EQ(values_in(*broken), values.size() - 1);
  for (const double large : {1e300, 1e-300}) {
    std::vector<double> extreme(values.size());
    for (std::size_t i = 0; i < extreme.size(); ++i) extreme[i] = (i % 7 - 3.0) * large;
    EXPECT_NO_THROW((void)made(stored<double>(extreme, {20, 30}, Dtype::f64)));
  }
}

TEST(InspectPictures, AtMostSoMany) {
  TensorSet set;
  for (std::size_t i = 0; i < weights::most_pictures + 3; ++i)
    set.tensors.push_back(drawn("he_normal", {16, 16}, Dtype::f32, {random::Engine::ars, 1, 900 + i}));
  weights::Inspection inspection = weights::inspect_all(set, {});
  EXPECT_EQ(weights::add_pictures(set, Filter("w"), 1, inspection), weights::most_pictures + 3);
  EXPECT_EQ(std::ranges::count_if(inspection.tensors, [](const Judged& j) { return j.picture.has_value(); }),
            static_cast<std::ptrdiff_t>(weights::most_pictures));
  EXPECT_EQ(weights::add_pictures(set, Filter("absent"), 1, inspection), 0u);
}

}  // namespace
}  // namespace sqrtn::verify
