#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "experiment/notebooks/cells.hpp"
#include "sqrtn/network/containers.hpp"
#include "sqrtn/network/layers.hpp"
#include "sqrtn/network/resnet.hpp"
#include "sqrtn/random/fill.hpp"

/// Notebook 004's modules: batch norm on 64 × 20, and the structures that it prints.
namespace sqrtn::experiment::notebooks {
namespace {

using network::LayerPtr;
constexpr std::size_t rows = 64, channels = 20;
constexpr std::array<std::size_t, 6> shown_rows{0, 1, 2, 61, 62, 63}, shown_channels{0, 1, 2, 17, 18, 19};

constexpr const char* published_entries[6][6] = {{"-0.0604", "0.1279", "-1.0824", "0.1797", "-0.1209", "-1.2498"},
                                                 {"-1.5454", "0.0953", "-0.3157", "-0.7441", "-1.2516", "-0.6801"},
                                                 {"0.9030", "1.1227", "1.5608", "0.9900", "1.3677", "0.5576"},
                                                 {"1.2803", "1.4097", "-1.1554", "-1.1472", "-0.3524", "-0.6955"},
                                                 {"1.3132", "-1.2783", "0.2782", "0.3678", "0.2828", "0.7381"},
                                                 {"1.0917", "0.0105", "0.5509", "-1.3673", "1.3939", "-0.5661"}};

/// One entry of 64 draws of U(0,1), less their mean, over the root of their biased variance plus ε.
laws::Prediction normalised_entry(const NotebookSettings& settings) {
  constexpr std::size_t columns = 2000;
  std::vector<double> entries(columns * rows);
  random::fill_uniform<double>(stream_for(settings, "004/in32/null"), entries, 0, 1);
  for (std::size_t column = 0; column < columns; ++column) {
    const std::span<double> one(&entries[column * rows], rows);
    const auto moments = statistics::Moments::of<double>(one);
    const double mean = *moments.mean(), scale = 1 / std::sqrt(*moments.variance() + 1e-5);
    for (double& entry : one) entry = (entry - mean) * scale;
  }
  return laws::next_of(std::move(entries));
}

std::vector<Finding> normalised_entries(const blas::Functions& blas, const NotebookSettings& settings) {
  network::BatchNorm<float> norm(1, channels);
  norm.initialise(stream_for(settings, "004/in30"));
  network::Tensor<float> x({rows, channels});
  random::fill_uniform<float>(stream_for(settings, "004/in32"), x.values.span(), 0, 1);
  const network::Tensor<float> y = norm.forward(blas, std::move(x));
  const laws::Prediction law = normalised_entry(settings);
  std::vector<Finding> findings;
  for (std::size_t i = 0; i < shown_rows.size(); ++i) {
    for (std::size_t j = 0; j < shown_channels.size(); ++j) {
      findings.push_back(number(fmt::format("004/in32/{:02},{:02}", shown_rows[i], shown_channels[j]),
                                "BatchNorm1d(20) of 64 × 20 draws of U(0,1)", "(u − ū)/√(v + ε), v biased", law,
                                published_entries[i][j], y.values[shown_rows[i] * channels + shown_channels[j]]));
    }
  }
  return findings;
}

std::vector<std::string> entry_ids() {
  std::vector<std::string> ids;
  for (const std::size_t row : shown_rows) {
    for (const std::size_t channel : shown_channels) ids.push_back(fmt::format("004/in32/{:02},{:02}", row, channel));
  }
  return ids;
}

/// "1. × 20" if the parameter holds nothing else.
Finding parameter(const std::string& id, const std::string& name, const char* published, float expected) {
  network::BatchNorm<float> norm(1, channels);
  norm.initialise({});
  const auto values = norm.find_parameter(name).value.values.span();
  const bool all = std::ranges::all_of(values, [=](float x) { return x == expected; });
  return exact(id, "B." + name, "how a norm starts", published,
               all ? fmt::format("{}. × {}", expected, values.size()) : "other values");
}

const std::string conv_stack =
    "Sequential(\n  (0): BatchNorm2d(3, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)\n"
    "  (1): Conv2d(3, 16, kernel_size=(3, 3), stride=(1, 1))\n  (2): ReLU()\n"
    "  (3): BatchNorm2d(16, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)\n)";

const std::string residual_block =
    "ResBlock(\n  (residual): Sequential(\n    (0): Conv2d(16, 8, kernel_size=(1, 1), stride=(1, 1))\n    (1): ReLU()\n"
    "    (2): BatchNorm2d(8, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)\n"
    "    (3): Conv2d(8, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))\n    (4): ReLU()\n"
    "    (5): BatchNorm2d(8, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)\n"
    "    (6): Conv2d(8, 16, kernel_size=(1, 1), stride=(1, 1))\n    (7): ReLU()\n"
    "    (8): BatchNorm2d(16, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)\n  )\n)";

/// As far as the notebook's page shows it.
const std::string resnet_beginning =
    "ResNet(\n  (conv1): Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3), bias=False)\n"
    "  (bn1): BatchNorm2d(64, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)\n"
    "  (relu): ReLU(inplace=True)\n"
    "  (maxpool): MaxPool2d(kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=False)\n"
    "  (layer1): Sequential(\n    (0): BasicBlock(\n"
    "      (conv1): Conv2d(64, 64, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), bias=False)\n"
    "      (bn1): BatchNorm2d(64, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)\n"
    "      (relu): ReLU(inplace=True)\n"
    "      (conv2): Conv2d(64, 64, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), bias=False)\n"
    "      (bn2): BatchNorm2d(64, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)\n    )\n"
    "    (1): BasicBlock(\n"
    "      (conv1): Conv2d(64, 64, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), bias=False)\n"
    "      (bn1): BatchNorm2d(64, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)\n"
    "      (relu): ReLU(inplace=True)\n";

LayerPtr<float> norm2d(std::size_t n) { return std::make_shared<network::BatchNorm<float>>(2, n); }
LayerPtr<float> relu() { return std::make_shared<network::ActivationLayer<float>>(init::find_activation("relu")); }
LayerPtr<float> conv(std::size_t c_in, std::size_t c_out, std::size_t kernel, std::size_t padding = 0) {
  return std::make_shared<network::Conv2d<float>>(c_in, c_out, kernel, network::Convolution{.padding = padding});
}

LayerPtr<float> make_block(std::size_t filters) {
  const std::size_t bottleneck = (filters + 1) / 2;
  const std::vector<LayerPtr<float>> body{conv(filters, bottleneck, 1),       relu(), norm2d(bottleneck),
                                          conv(bottleneck, bottleneck, 3, 1), relu(), norm2d(bottleneck),
                                          conv(bottleneck, filters, 1),       relu(), norm2d(filters)};
  body.back()->find_parameter("weight").constant = 0;
  return std::make_shared<network::Residual<float>>(std::make_shared<network::Sequential<float>>(body));
}

Finding structure(const std::string& id, const std::string& what, const std::string& published, std::string ours) {
  const auto lines = std::ranges::count(published, '\n') + 1;
  const std::string shown = fmt::format("{} lines", lines);
  ours.resize(std::min(ours.size(), published.size()));
  return exact(id, what, "the printed structure, text for text", shown,
               ours == published ? shown : "another structure");
}

/// The block starts as the identity, bit for bit, whatever its other weights are.
Finding identity(const blas::Functions& blas, const NotebookSettings& settings) {
  const LayerPtr<float> block = make_block(16);
  block->initialise(stream_for(settings, "004/in58"));
  network::Tensor<float> x({4, 16, 8, 8});
  random::fill_normal<float>(stream_for(settings, "004/in58/x"), x.values.span(), 0, 1);
  const network::Tensor<float> y = block->forward(blas, x.copy());
  return exact("004/in58/identity", "ResBlock(x) with the last norm's weight at 0", "x, bit for bit", "x",
               std::ranges::equal(x.values.span(), y.values.span()) ? "x" : "something else");
}

}  // namespace

void add_networks(Experiments& all) {
  const auto add = [&](const char* id, auto make) {
    all.push_back({{id}, 0.01, [=](const auto& blas, const auto& settings) {
                     return std::vector<Finding>{make(id, blas, settings)};
                   }});
  };
  all.push_back({entry_ids(), 0.05, normalised_entries});
  add("004/in33/weight", [](auto id, const auto&, const auto&) { return parameter(id, "weight", "1. × 20", 1); });
  add("004/in34/bias", [](auto id, const auto&, const auto&) { return parameter(id, "bias", "0. × 20", 0); });
  add("004/in39/structure", [](auto id, const auto&, const auto&) {
    const std::vector<LayerPtr<float>> layers{norm2d(3), conv(3, 16, 3), relu(), norm2d(16)};
    return structure(id, "nn.Sequential", conv_stack, network::Sequential<float>(layers).describe());
  });
  add("004/in58/structure", [](auto id, const auto&, const auto&) {
    return structure(id, "ResBlock(crear_residual(16))", residual_block, make_block(16)->describe());
  });
  add("004/in58/identity", [](auto, const auto& blas, const auto& settings) { return identity(blas, settings); });
  add("004/in60/structure", [](auto id, const auto&, const auto&) {
    return structure(id, "resnet18, as far as it is shown", resnet_beginning, network::resnet<float>(18)->describe());
  });
  add("004/in60/parameters", [](auto id, const auto&, const auto&) {
    Finding finding = exact(id, "parameters of resnet18", "counted by hand: laws.md §8", "11689512",
                            fmt::to_string(network::resnet<float>(18)->parameter_count()));
    finding.published.clear();
    return finding;
  });
}

}  // namespace sqrtn::experiment::notebooks
