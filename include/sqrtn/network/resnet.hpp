#pragma once

#include "sqrtn/network/layer.hpp"

namespace sqrtn::network {

struct ResnetOptions {
  std::size_t n_classes = 1000;
  bool zero_last_gain = false;  ///< gain 0 on the last norm of each block: the block starts as its shortcut
};

/// ResNet-18, 34 or 50 with torchvision's structure, names and initialisation: convolutions without bias,
/// he_normal by fan_out; norms 1 and 0; the last layer torch_default. initialise(stream) draws it.
/// **Shapes** batch × 3 × h × w to batch × n_classes; from 32×32 on no window is larger than its image.
/// 11,689,512 / 21,797,672 / 25,557,032 parameters at 1,000 classes.
/// Throws: std::invalid_argument for another depth or no classes.
/// Source: He, Zhang, Ren and Sun, CVPR 2016, table 1; the stride of a bottleneck lies on its 3×3
/// convolution, as in torchvision.
template <class T>
LayerPtr<T> resnet(unsigned depth, const ResnetOptions& options = {});

}  // namespace sqrtn::network
