#include <cmath>
#include <limits>

#include "sqrtn/network/containers.hpp"
#include "sqrtn/network/elementwise.hpp"
#include "sqrtn/network/layers.hpp"
#include "sqrtn/network/linear.hpp"
#include "sqrtn/network/lsuv.hpp"
#include "sqrtn/network/normalisation.hpp"
#include "sqrtn/network/resnet.hpp"
#include "sqrtn/random/fill.hpp"
#include "verify.hpp"

namespace sqrtn::verify {
namespace {

using namespace network;
using random::Engine;
using random::Stream;

const blas::Functions& functions() { return backend().functions(); }

template <class T = float>
Tensor<T> normals(Shape shape, std::uint64_t stream = 1) {
  Tensor<T> x(std::move(shape));
  random::fill_normal<T>({Engine::ars, settings().seed, stream, 0}, x.values.span(), 0, 1);
  return x;
}

template <template <class> class L, class... Args>
LayerPtr<float> layer(Args&&... args) {
  return std::make_shared<L<float>>(std::forward<Args>(args)...);
}

/// Succeeds if `call` throws std::invalid_argument with a message that contains `part`.
testing::AssertionResult throws(std::string_view part, const std::function<void()>& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    if (std::string_view(error.what()).find(part) != std::string_view::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "the message is: " << error.what();
  }
  return testing::AssertionFailure() << "nothing is thrown for: " << part;
}

LayerPtr<float> activation(const char* name) { return layer<ActivationLayer>(init::find_activation(name)); }

TEST(Network, ValuesByHand) {
  Tensor<float> x({1, 1, 2, 3});
  for (std::size_t i = 0; i < 6; ++i) x.values[i] = static_cast<float>(i + 1);
  EXPECT_EQ(global_average_pool2d(x).values[0], 3.5f);
  EXPECT_EQ(max_pool2d(x, {.kernel = 2}).values[1], 6.0f);
  const Shape flat{1, 6};
  EXPECT_EQ(flatten(x.copy()).shape, flat);
  EXPECT_EQ(add(x.copy(), x).values[5], 12.0f);
  x.values[4] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(max_pool2d(x, {.kernel = 2}).values[0]));
}

TEST(Network, ActivationsAreTheirFormulasAndKeepNan) {
  for (const init::Activation& each : init::activations()) {
    Tensor<double> z({4});
    z.values[0] = -1.25;
    z.values[1] = 0;
    z.values[2] = 0.75;
    z.values[3] = std::numeric_limits<double>::quiet_NaN();
    const Tensor<double> y = activate(each, z.copy());
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(y.values[i], each.value(z.values[i])) << each.name;
    EXPECT_TRUE(std::isnan(y.values[3])) << each.name;
  }
}

TEST(Network, LayersComputeWhatTheirOperationsDo) {
  const auto fc = layer<Linear>(7, 5);
  fc->initialise({});
  const Tensor<float> x = normals({3, 7});
  const Tensor<float> y = fc->forward(functions(), x.copy());
  const Tensor<float> expected = linear(functions(), x, fc->find_parameter("weight").value,
                                        std::span<const float>(fc->find_parameter("bias").value.values.span()));
  for (std::size_t i = 0; i < y.size(); ++i) EXPECT_EQ(y.values[i], expected.values[i]);
}

TEST(Network, ModeReachesEveryLayer) {
  const auto norm = layer<BatchNorm>(1, 4);
  Sequential<float> net({layer<Sequential>(std::vector{norm}), activation("identity")});
  net.initialise({});
  net.set_training(false);
  const Tensor<float> x = normals({5, 4});
  const Tensor<float> y = net.forward(functions(), x.copy());
  // Running statistics 0 and 1: only ε is left.
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(y.values[i], x.values[i], 1e-4);
  EXPECT_EQ(norm->statistics()[1].value.values[0], 1.0f);
  net.set_training(true);
  net.forward(functions(), x.copy());
  EXPECT_NE(norm->statistics()[1].value.values[0], 1.0f);
  net.initialise({});
  EXPECT_EQ(norm->statistics()[1].value.values[0], 1.0f);
}

TEST(Network, ResidualAddsThenActivates) {
  const auto doubled = layer<Linear>(2, 2, false), tripled = layer<Linear>(2, 2, false);
  for (std::size_t i = 0; i < 4; ++i) {
    doubled->parameters()[0].value.values[i] = i % 3 == 0 ? 2.0f : 0.0f;
    tripled->parameters()[0].value.values[i] = i % 3 == 0 ? 3.0f : 0.0f;
  }
  Residual<float> block("Block", {{"body", doubled}}, {{"shortcut", tripled}}, {{"relu", activation("relu")}});
  Tensor<float> x({1, 2});
  x.values[0] = -1;
  x.values[1] = 1;
  std::vector<std::string> seen;
  const Tensor<float> y = block.forward(functions(), std::move(x), [&](Layer<float>& each, Tensor<float>&) {
    seen.push_back(each.describe().substr(0, 4));
  });
  EXPECT_EQ(y.values[0], 0.0f);
  EXPECT_EQ(y.values[1], 5.0f);
  EXPECT_EQ(seen, (std::vector<std::string>{"Line", "Line", "ReLU", "Bloc"}));
}

TEST(Network, EachParameterHasAStreamOfItsOwn) {
  const auto small = resnet<float>(18), large = resnet<float>(34);
  EXPECT_TRUE(std::isnan(small->find_parameter("conv1.weight").value.values[0]));
  const Stream stream{Engine::ars, settings().seed, 5, 0};
  small->initialise(stream);
  large->initialise(stream, 2);
  const auto first = [](const LayerPtr<float>& net, const char* path) {
    return net->find_parameter(path).value.values[0];
  };
  EXPECT_EQ(first(small, "layer1.1.conv2.weight"), first(large, "layer1.1.conv2.weight"));
  EXPECT_EQ(first(small, "fc.bias"), first(large, "fc.bias"));
  EXPECT_NE(first(small, "layer1.1.conv2.weight"), first(small, "layer1.1.conv1.weight"));
  EXPECT_NE(first(small, "fc.weight"), first(small, "fc.bias"));
  const auto again = resnet<float>(18);
  again->initialise({Engine::ars, settings().seed, 6, 0});
  EXPECT_NE(first(small, "fc.bias"), first(again, "fc.bias"));
}

/// torchvision's: convolutions N(0, 2/(c_out·kh·kw)), the last layer U(±1/√fan_in), norms 1 and 0.
TEST(Network, ResnetsStartAsTheFrameworks) {
  const auto net = resnet<double>(50, {.n_classes = 10, .zero_last_gain = true});
  const auto law = [&](const char* path) { return *net->find_parameter(path).law; };
  EXPECT_EQ(law("conv1.weight").law, init::Law::normal);
  EXPECT_DOUBLE_EQ(law("conv1.weight").variance, 2.0 / (64 * 49));
  EXPECT_DOUBLE_EQ(law("layer3.2.conv2.weight").variance, 2.0 / (256 * 9));
  EXPECT_DOUBLE_EQ(law("layer4.0.downsample.0.weight").variance, 2.0 / 2048);
  for (const char* path : {"fc.weight", "fc.bias"}) {
    EXPECT_EQ(law(path).law, init::Law::uniform);
    EXPECT_DOUBLE_EQ(law(path).limit(), 1 / std::sqrt(2048.0));
  }
  EXPECT_EQ(net->find_parameter("layer2.1.bn2.weight").constant, 1);
  EXPECT_EQ(net->find_parameter("layer2.1.bn3.weight").constant, 0);
  EXPECT_EQ(net->find_parameter("layer2.1.bn3.bias").constant, 0);
}

TEST(Network, LsuvStopsWhenNothingChanges) {
  Sequential<double> net({std::make_shared<Linear<double>>(6, 30), std::make_shared<Linear<double>>(30, 4)});
  net.initialise({});
  const Tensor<double> batch = normals<double>({64, 6});
  EXPECT_EQ(lsuv(net, functions(), batch, {.max_sweeps = 1}), std::nullopt);
  EXPECT_TRUE(lsuv(net, functions(), batch).has_value());
  EXPECT_EQ(lsuv(net, functions(), batch), 1u);
  EXPECT_NEAR(variance_of(net.forward(functions(), batch.copy())), 1, 1e-3);
}

TEST(NetworkErrors, NameWhatDoesNotFit) {
  const Tensor<float> image = normals({2, 4, 5, 6}), weight = normals({6, 2, 3, 3}), rows = normals({3, 7});
  const std::vector<float> two(2);
  EXPECT_TRUE(throws("groups must divide the 6", [&] { conv2d(functions(), image, weight, {}, {.groups = 4}); }));
  EXPECT_TRUE(throws("takes 2 input channels, got 4", [&] { conv2d(functions(), image, weight); }));
  EXPECT_TRUE(throws("kernel of 9x9 does not fit an image of 5x6 padded by 1x1", [&] {
    conv2d(functions(), image, normals({1, 4, 9, 9}), {}, {.padding = 1});
  }));
  EXPECT_TRUE(throws("stride must be at least 1", [&] { max_pool2d(image, {.kernel = 2, .stride = 0}); }));
  EXPECT_TRUE(throws("at most half the kernel", [&] { average_pool2d(image, {.kernel = 3, .padding = 2}); }));
  EXPECT_TRUE(throws("got 2 axes: 3x7", [&] { max_pool2d(rows, {.kernel = 2}); }));
  EXPECT_TRUE(throws("takes rows of 4", [&] { linear(functions(), rows, normals({5, 4})); }));
  EXPECT_TRUE(throws("each of the 5 outputs, got 2", [&] {
    linear(functions(), rows, normals({5, 7}), std::span<const float>(two));
  }));
  EXPECT_TRUE(throws("but the gradient is 2x4x5x6",
                     [&] { conv2d_input_gradient(functions(), image, weight, Size2d(5, 6), {.groups = 2}); }));
  EXPECT_TRUE(throws("does not fit the last axes of 3x7",
                     [&] { layer_norm(rows.copy(), std::span<const float>(two), std::span<const float>(two)); }));
  EXPECT_TRUE(throws("equal shapes, got 3x7 and 2x4x5x6", [&] { add(rows.copy(), image); }));
}

TEST(NetworkErrors, NameTheLayerAndTheRemedy) {
  EXPECT_TRUE(throws("no ResNet-20 here; choose 18, 34 or 50", [] { resnet<float>(20); }));
  EXPECT_TRUE(throws("at least 1 class", [] { resnet<float>(18, {.n_classes = 0}); }));
  EXPECT_TRUE(throws("divide the 4 input and the 6 output channels, got 4",
                     [] { layer<Conv2d>(4, 6, Size2d(3), Convolution{.groups = 4}); }));
  EXPECT_TRUE(throws("dimension is 0", [] { layer<Linear>(0, 3); }));
  EXPECT_TRUE(throws("dimensions must be 1 or 2", [] { layer<BatchNorm>(3u, 4u); }));
  EXPECT_TRUE(throws("eps must be at least 0", [] { layer<BatchNorm>(1u, 4u, -1.0); }));
  EXPECT_TRUE(throws("null pointer", [] { Sequential<float>({nullptr}); }));
  const auto norm = layer<BatchNorm>(1u, 4u);
  norm->initialise({});
  EXPECT_TRUE(throws("more than one value a channel, got an input of 1x4; take a larger batch", [&] {
    norm->forward(functions(), normals({1, 4}));
  }));
  EXPECT_TRUE(throws("but the input is 3x7", [&] { norm->forward(functions(), normals({3, 7})); }));
  EXPECT_TRUE(throws("BatchNorm1d takes", [&] { norm->forward(functions(), normals({3, 4, 2, 2})); }));
  Sequential<float> net({layer<Linear>(4, 3), activation("relu")});
  EXPECT_TRUE(throws("no '0.weigth'; did you mean '0.weight'?", [&] { net.find_parameter("0.weigth"); }));
  EXPECT_TRUE(throws("no 'conv1'", [&] { net.find("conv1"); }));
  EXPECT_TRUE(throws("Linear(in_features=4, out_features=3, bias=True) have the variance nan; initialise", [&] {
    lsuv(net, functions(), normals({5, 4}));
  }));
}

}  // namespace
}  // namespace sqrtn::verify
