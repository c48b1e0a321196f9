#include <gtest/gtest.h>

#include "sqrtn/network/containers.hpp"
#include "sqrtn/network/layers.hpp"
#include "sqrtn/network/resnet.hpp"

/// describe() prints a structure as PyTorch's repr does.
namespace sqrtn::verify {
namespace {

using namespace network;

template <template <class> class L, class... Args>
LayerPtr<float> layer_of(Args&&... args) {
  return std::make_shared<L<float>>(std::forward<Args>(args)...);
}

LayerPtr<float> relu() { return layer_of<ActivationLayer>(init::find_activation("relu")); }

TEST(NetworkText, Layers) {
  EXPECT_EQ(layer_of<Linear>(512, 10, false)->describe(), "Linear(in_features=512, out_features=10, bias=False)");
  EXPECT_EQ(
      layer_of<Conv2d>(4, 6, Size2d(3, 5), Convolution{.stride = 2, .padding = {0, 1}, .groups = 2}, false)->describe(),
      "Conv2d(4, 6, kernel_size=(3, 5), stride=(2, 2), padding=(0, 1), groups=2, bias=False)");
  EXPECT_EQ(layer_of<BatchNorm>(1u, 20u)->describe(),
            "BatchNorm1d(20, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)");
  EXPECT_EQ(layer_of<LayerNorm>(Shape{20}, 1e-6)->describe(), "LayerNorm((20,), eps=1e-06, elementwise_affine=True)");
  EXPECT_EQ(layer_of<LayerNorm>(Shape{3, 4})->describe(), "LayerNorm((3, 4), eps=1e-05, elementwise_affine=True)");
  EXPECT_EQ(layer_of<AveragePool2d>(Window{.kernel = {2, 3}, .stride = 2})->describe(),
            "AvgPool2d(kernel_size=(2, 3), stride=2, padding=0)");
  EXPECT_EQ(layer_of<GlobalAveragePool2d>()->describe(), "AdaptiveAvgPool2d(output_size=(1, 1))");
  EXPECT_EQ(layer_of<Flatten>()->describe(), "Flatten(start_dim=1, end_dim=-1)");
  EXPECT_EQ(layer_of<Sequential>(std::vector<LayerPtr<float>>{})->describe(), "Sequential()");
}

TEST(NetworkText, Activations) {
  const auto text = [](const char* name, bool in_place = false) {
    return layer_of<ActivationLayer>(init::find_activation(name), in_place)->describe();
  };
  EXPECT_EQ(text("relu"), "ReLU()");
  EXPECT_EQ(text("relu", true), "ReLU(inplace=True)");
  EXPECT_EQ(text("leaky_relu", true), "LeakyReLU(negative_slope=0.01, inplace=True)");
  EXPECT_EQ(text("hardtanh"), "Hardtanh(min_val=-1.0, max_val=1.0)");
  EXPECT_EQ(text("identity"), "Identity()");
  for (const init::Activation& each : init::activations()) {
    EXPECT_NE(text(each.name.data()).substr(0, each.name.size()), each.name) << "has no printed name";
  }
}

TEST(NetworkText, Nested) {
  const LayerPtr<float> net = layer_of<Sequential>(std::vector{
      layer_of<BatchNorm>(2u, 3u), layer_of<Conv2d>(3, 16, Size2d(3)), relu(), layer_of<BatchNorm>(2u, 16u)});
  EXPECT_EQ(net->describe(), R"(Sequential(
  (0): BatchNorm2d(3, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
  (1): Conv2d(3, 16, kernel_size=(3, 3), stride=(1, 1))
  (2): ReLU()
  (3): BatchNorm2d(16, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
))");
  const LayerPtr<float> body = layer_of<Sequential>(std::vector{
      layer_of<Conv2d>(16, 8, Size2d(1)), relu(), layer_of<Conv2d>(8, 16, Size2d(3), Convolution{.padding = 1})});
  EXPECT_EQ(layer_of<Residual>(body)->describe(), R"(ResBlock(
  (residual): Sequential(
    (0): Conv2d(16, 8, kernel_size=(1, 1), stride=(1, 1))
    (1): ReLU()
    (2): Conv2d(8, 16, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
  )
))");
}

TEST(NetworkText, Resnet18) {
  const std::string text = resnet<float>(18)->describe();
  EXPECT_TRUE(text.starts_with(R"(ResNet(
  (conv1): Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3), bias=False)
  (bn1): BatchNorm2d(64, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
  (relu): ReLU(inplace=True)
  (maxpool): MaxPool2d(kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=False)
  (layer1): Sequential(
    (0): BasicBlock(
      (conv1): Conv2d(64, 64, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), bias=False)
      (bn1): BatchNorm2d(64, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
      (relu): ReLU(inplace=True)
      (conv2): Conv2d(64, 64, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), bias=False)
      (bn2): BatchNorm2d(64, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
    )
    (1): BasicBlock(
)")) << text;
  EXPECT_NE(text.find(R"(
      (bn2): BatchNorm2d(128, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
      (downsample): Sequential(
        (0): Conv2d(64, 128, kernel_size=(1, 1), stride=(2, 2), bias=False)
        (1): BatchNorm2d(128, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
      )
    )
    (1): BasicBlock(
)"),
            std::string::npos);
  EXPECT_TRUE(text.ends_with(R"(
  (avgpool): AdaptiveAvgPool2d(output_size=(1, 1))
  (fc): Linear(in_features=512, out_features=1000, bias=True)
))"));
}

TEST(NetworkText, BottleneckPrintsItsReluOnce) {
  EXPECT_NE(resnet<float>(50)->describe().find(R"(
      (conv2): Conv2d(128, 128, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), bias=False)
      (bn2): BatchNorm2d(128, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
      (conv3): Conv2d(128, 512, kernel_size=(1, 1), stride=(1, 1), bias=False)
      (bn3): BatchNorm2d(512, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
      (relu): ReLU(inplace=True)
      (downsample): Sequential(
)"),
            std::string::npos);
}

}  // namespace
}  // namespace sqrtn::verify
