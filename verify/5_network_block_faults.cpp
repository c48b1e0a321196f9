#include <cmath>

#include "sqrtn/network/containers.hpp"
#include "sqrtn/network/normalisation.hpp"
#include "sqrtn/network/pooling.hpp"
#include "verify.hpp"

/// Layer norm, pooling, residual blocks, ResNets and LSUV: each claim seen to fail on the fault that it is for.
namespace sqrtn::verify {
namespace {

using claims::Subject;
using network::Layer;
using network::LayerPtr;
using network::Parameter;
using network::ResnetOptions;
using network::Tensor;
using network::Window;
using Vector = std::span<const float>;

template <class Plant>
Subject with_block_fault(Plant plant) {
  Subject faulty = subject();
  plant(faulty.network_f32);
  return faulty;
}

TEST(NetworkFaults, LayerNormOverTheBatchAxis) {
  const Subject faulty = with_block_fault([](auto& parts) {
    parts.layer_norm = [](Tensor<float> x, Vector weight, Vector bias, double eps) {
      const Shape shape = x.shape;
      x.shape = {shape[0], weight.size()};
      std::vector<float> running(2 * weight.size());
      const std::span<float> all = running;
      Tensor<float> y = network::batch_norm<float>(
          std::move(x), {weight, bias, all.first(weight.size()), all.last(weight.size()), eps});
      y.shape = shape;
      return y;
    };
  });
  EXPECT_TRUE(caught("network/layer_norm/f32/rows", faulty));
}

TEST(NetworkFaults, LayerNormWithoutEps) {
  const Subject faulty = with_block_fault([](auto& parts) {
    parts.layer_norm = [](Tensor<float> x, Vector weight, Vector bias, double) {
      return network::layer_norm(std::move(x), weight, bias, 0);
    };
  });
  EXPECT_TRUE(caught("network/layer_norm/f32/rows", faulty));
}

/// The share of each window that lies in the image.
Tensor<float> share_inside(const Tensor<float>& x, const Window& window) {
  return network::average_pool2d(Tensor<float>(x.shape, 1.0f), window);
}

TEST(NetworkFaults, PoolingPadding) {
  const Subject faulty = with_block_fault([](auto& parts) {
    parts.average_pool2d = [](const Tensor<float>& x, const Window& window) {  // by the pixels in the image
      Tensor<float> y = network::average_pool2d(x, window);
      const Tensor<float> share = share_inside(x, window);
      for (std::size_t i = 0; i < y.size(); ++i) y.values[i] /= share.values[i];
      return y;
    };
    parts.max_pool2d = [](const Tensor<float>& x, const Window& window) {  // padded with zeros
      Tensor<float> y = network::max_pool2d(x, window);
      const Tensor<float> share = share_inside(x, window);
      for (std::size_t i = 0; i < y.size(); ++i) {
        if (share.values[i] < 1) y.values[i] = std::max(y.values[i], 0.0f);
      }
      return y;
    };
  });
  EXPECT_TRUE(caught("network/average_pool2d/f32/exact", faulty));
  EXPECT_TRUE(caught("network/max_pool2d/f32/exact", faulty));
}

TEST(NetworkFaults, SkipForgottenOrTakenTwice) {
  const Subject forgotten =
      with_block_fault([](auto& parts) { parts.residual = [](LayerPtr<float> body) { return body; }; });
  EXPECT_TRUE(caught("network/residual/f32/growth", forgotten));
  const Subject twice = with_block_fault([](auto& parts) {
    parts.residual = [](LayerPtr<float> body) {
      const LayerPtr<float> once = std::make_shared<network::Residual<float>>(std::move(body));
      return std::make_shared<network::Residual<float>>(once);
    };
  });
  EXPECT_TRUE(caught("network/residual/f32/growth", twice));
}

/// ResNets whose parameters are changed, before they are drawn, by change(path, parameter).
Subject with_resnet(const std::function<void(const std::string&, Parameter<float>&)>& change,
                    const std::function<void(ResnetOptions&)>& options = {}) {
  return with_block_fault([=](auto& parts) {
    parts.resnet = [=](unsigned depth, ResnetOptions changed) {
      if (options) options(changed);
      const LayerPtr<float> net = network::resnet<float>(depth, changed);
      if (change) net->visit_parameters(change);
      return net;
    };
  });
}

TEST(NetworkFaults, ZeroGainOnTheWrongNorm) {
  const auto none = [](ResnetOptions& options) { options.zero_last_gain = false; };
  const Subject wrong = with_resnet(
      [](const std::string& path, Parameter<float>& parameter) {
        if (path.ends_with("bn1.weight")) parameter.constant = 0;
      },
      none);
  EXPECT_TRUE(caught("network/resnet18/f32/zero_gain", wrong));
  EXPECT_TRUE(caught("network/resnet50/f32/zero_gain", wrong));
  EXPECT_TRUE(caught("network/resnet18/f32/zero_gain", with_resnet({}, none)));
}

TEST(NetworkFaults, StagesThatDoNotStartAtOne) {
  const auto gain = [](const char* norm, double value) {
    return with_resnet([=](const std::string& path, Parameter<float>& parameter) {
      if (path.ends_with(norm)) parameter.constant = value;
    });
  };
  EXPECT_TRUE(caught("network/resnet18/stages", gain("bn2.weight", 1.01)));
  EXPECT_TRUE(caught("network/resnet34/stages", gain("downsample.1.weight", 0.5)));
  EXPECT_TRUE(caught("network/resnet50/stages", gain("bn3.weight", 0)));
  const Subject evaluated = with_block_fault([](auto& parts) {
    parts.resnet = [](unsigned depth, const ResnetOptions& options) {
      const LayerPtr<float> net = network::resnet<float>(depth, options);
      net->set_training(false);
      return net;
    };
  });
  EXPECT_TRUE(caught("network/resnet18/stages", evaluated));
}

/// Body and shortcut exchanged for a chain: every block without its skip.
TEST(NetworkFaults, ResnetWithoutSkips) {
  const Subject faulty = with_block_fault([](auto& parts) {
    parts.resnet = [](unsigned depth, const ResnetOptions& options) {
      const LayerPtr<float> net = network::resnet<float>(depth, options);
      network::Children<float> children = net->children();
      for (network::Child<float>& child : children) {
        if (!child.name.starts_with("layer")) continue;
        network::Children<float> blocks = child.layer->children();
        for (network::Child<float>& block : blocks) {
          network::Children<float> parts = block.layer->children();
          if (parts.back().name == "downsample") continue;
          block.layer = std::make_shared<network::Sequential<float>>("BasicBlock", parts);
        }
        child.layer = std::make_shared<network::Sequential<float>>("Sequential", blocks);
      }
      return std::make_shared<network::Sequential<float>>("ResNet", children);
    };
  });
  EXPECT_TRUE(caught("network/resnet18/stages", faulty));
}

TEST(NetworkFaults, ParametersMissing) {
  EXPECT_TRUE(
      caught("network/resnet34/parameters", with_resnet({}, [](ResnetOptions& options) { --options.n_classes; })));
}

TEST(NetworkFaults, LsuvByTheMeanSquareOrNotAtAll) {
  const auto scaled_by = [](auto square) {
    return with_block_fault([=](auto& parts) {
      parts.lsuv = [=](Layer<float>& net, const blas::Functions& blas, const Tensor<float>& batch,
                       const network::LsuvOptions&) -> std::optional<unsigned> {
        for (int sweep = 0; sweep < 5; ++sweep) {
          net.forward(blas, batch.copy(), [&](Layer<float>& layer, Tensor<float>& y) {
            if (layer.parameters().empty()) return;
            const auto scale = static_cast<float>(1 / std::sqrt(square(y)));
            for (float& w : layer.parameters()[0].value.values.span()) w *= scale;
            for (float& v : y.values.span()) v *= scale;
          });
        }
        return 5;
      };
    });
  };
  EXPECT_TRUE(caught("network/lsuv/f32/unit_variance", scaled_by([](const Tensor<float>&) { return 1.0; })));
  EXPECT_TRUE(caught("network/lsuv/f32/unit_variance", scaled_by([](const Tensor<float>& y) {
                       double sum = 0;
                       for (const float v : y.values.span()) sum += static_cast<double>(v) * static_cast<double>(v);
                       return sum / static_cast<double>(y.size());
                     })));
}

TEST(NetworkClaims, AreSkippedWithoutALibrary) {
  Subject bare = subject();
  bare.products = {};
  for (const claims::Claim& claim : claims::network_claims(settings())) {
    const claims::Verdict verdict = claims::run(claim, bare, settings()).outcome.verdict;
    EXPECT_EQ(verdict, claim.uses_blas ? claims::Verdict::skipped : claims::Verdict::pass) << claim.id;
  }
}

}  // namespace
}  // namespace sqrtn::verify
