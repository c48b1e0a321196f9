#include "graph/derivatives.hpp"
#include "graph/frame.hpp"
#include "sqrtn/network/pooling.hpp"

/// Pooling of one or two axes, by that of network/.
namespace sqrtn::graph {
namespace {

using Values = std::vector<Value>;

/// More behind, so that the last window of ⌈·⌉ outputs fits; one that would begin in the padding is dropped.
void round_up(Line& line, std::size_t size) {
  const std::size_t all = size + line.before + line.behind;
  require(line.kernel <= all, "has a kernel of {} for {} entries", line.kernel, all);
  std::size_t outputs = (all - line.kernel + line.stride - 1) / line.stride + 1;
  if ((outputs - 1) * line.stride >= size + line.before) --outputs;
  const std::size_t needed = (outputs - 1) * line.stride + line.kernel;
  if (needed > all) line.behind += needed - all;
}

struct Pool {
  Frame asked, frame;  ///< as the node says, and with what rounding up adds
  network::Window window;
};

Pool pool_of(const Call& c) {
  require(c.outputs() == 1, "has a second output, which is not computed");
  Pool pool{frame_of(c, c.input(0).shape(), {}), {}, {1}};
  require(pool.asked.height.dilation == 1 && pool.asked.width.dilation == 1, "has dilations, which are not known here");
  pool.frame = pool.asked;
  const Shape& shape = c.input(0).shape();
  if (c.whole("ceil_mode", 0) != 0) {
    if (pool.frame.axes == 2) round_up(pool.frame.height, shape[2]);
    round_up(pool.frame.width, shape.back());
  }
  pool.window = {
      {pool.frame.height.kernel, pool.frame.width.kernel}, {pool.frame.height.stride, pool.frame.width.stride}, 0};
  return pool;
}

Values max_pool(const Call& c) {
  const Pool pool = pool_of(c);
  const Images x = padded(as_image(c.input(0)).tensor(), pool.frame, -std::numeric_limits<float>::infinity());
  return {as_asked(network::max_pool2d(x, pool.window), pool.frame)};
}

/// The mean over what counts: the mean of the entries over that of a mask which is 1 where an entry counts.
Values average_pool(const Call& c) {
  const Pool pool = pool_of(c);
  const Images x = as_image(c.input(0)).tensor(), ones({1, 1, x.shape[2], x.shape[3]}, 1.0F);
  Images y = network::average_pool2d(padded(x, pool.frame, 0), pool.window);
  Frame added = pool.frame;  // what only rounding up adds never counts
  Images mask = ones.copy();
  if (c.whole("count_include_pad", 0) != 0) {
    mask = padded(ones, pool.asked, 1);
    added.height.before = added.width.before = 0;
    added.height.behind -= pool.asked.height.behind;
    added.width.behind -= pool.asked.width.behind;
  }
  const Images share = network::average_pool2d(padded(mask, added, 0), pool.window);
  for (std::size_t i = 0; i < y.size(); ++i) y.values[i] /= share.values[i % share.size()];
  return {as_asked(std::move(y), pool.frame)};
}

/// Over all axes but the first two, which stay as axes of 1.
Values global_pool(const Call& c, float (*of)(std::span<const float>)) {
  const Value& x = c.input(0);
  require(x.rank() >= 3 && x.size() > 0, "takes images, got {}", shape_text(x.shape()));
  Shape shape(x.rank(), 1);
  shape[0] = x.shape()[0];
  shape[1] = x.shape()[1];
  const std::size_t images = shape[0] * shape[1], area = x.size() / images;
  Buffer<float> out(images);
  for (std::size_t i = 0; i < images; ++i) out[i] = of(x.reals().subspan(i * area, area));
  return {Value(shape, std::move(out))};
}

float mean_of_image(std::span<const float> image) {
  double sum = 0;
  for (const float x : image) sum += static_cast<double>(x);
  return static_cast<float>(sum / static_cast<double>(image.size()));
}

float largest_of_image(std::span<const float> image) { return *std::ranges::max_element(image); }

/// visit(output, input) for each entry of each window that lies in the image.
template <class Visit>
void for_each_window(const Pool& pool, const Shape& x, const Shape& y, Visit visit) {
  const Line &h = pool.frame.height, &w = pool.frame.width;
  std::size_t output = 0;
  for (std::size_t image = 0; image < x[0] * x[1]; ++image) {
    for (std::size_t o = 0; o < y[2]; ++o) {
      for (std::size_t p = 0; p < y[3]; ++p, ++output) {
        for (std::size_t k = 0; k < h.kernel; ++k) {
          const std::size_t i = o * h.stride + k - h.before;  // wraps beyond any image if negative
          for (std::size_t l = 0; l < w.kernel && i < x[2]; ++l) {
            const std::size_t j = p * w.stride + l - w.before;
            if (j < x[3]) visit(output, (image * x[2] + i) * x[3] + j);
          }
        }
      }
    }
  }
}

/// To the first largest entry of each window.
Gradients max_pool_back(const BackCall& b) {
  const Pool pool = pool_of(b.call());
  const Value x = as_image(b.input(0)), y = as_image(b.output(0));
  const auto in = x.reals(), out = y.reals(), d = b.gradient().reals();
  std::vector<bool> given(out.size());
  Buffer<float> back(in.size(), 0.0F);
  for_each_window(pool, x.shape(), y.shape(), [&](std::size_t to, std::size_t from) {
    if (given[to] || in[from] != out[to]) return;
    given[to] = true;
    back[from] += d[to];
  });
  return b.alone(0, Value(b.input(0).shape(), std::move(back)));
}

/// Every entry that counts has the same share; what counts is what an average of ones is divided by.
Gradients average_pool_back(const BackCall& b) {
  const Pool pool = pool_of(b.call());
  const Value x = as_image(b.input(0)), y = as_image(b.output(0));
  const Value ones(b.input(0).shape(), Buffer<float>(x.size(), 1.0F));
  const Value mean = average_pool(Call(b.call().node(), {&ones}, b.call().opset(), b.call().blas())).front();
  std::vector<double> counted(y.size());
  Buffer<float> back(x.size(), 0.0F);
  const auto d = b.gradient().reals(), share = mean.reals();
  for_each_window(pool, x.shape(), y.shape(), [&](std::size_t to, std::size_t) { ++counted[to]; });
  for_each_window(pool, x.shape(), y.shape(), [&](std::size_t to, std::size_t from) {
    back[from] += static_cast<float>(static_cast<double>(d[to] * share[to]) / counted[to]);
  });
  return b.alone(0, Value(b.input(0).shape(), std::move(back)));
}

Gradients global_average_back(const BackCall& b) {
  const std::size_t images = b.gradient().size();
  const double area = static_cast<double>(b.input(0).size()) / static_cast<double>(images);
  return b.alone(0, each_of([area](double d) { return d / area; }, broadcast_to(b.gradient(), b.input(0).shape())));
}

/// To every entry that is the largest of its image.
Gradients global_max_back(const BackCall& b) {
  const Shape& shape = b.input(0).shape();
  return b.alone(0, each_of([](double d, double x, double y) { return x == y ? d : 0; },
                            broadcast_to(b.gradient(), shape), b.input(0), broadcast_to(b.output(0), shape)));
}

constexpr Derivative derivatives[] = {
    {"GlobalMaxPool", global_max_back},
    {"MaxPool", max_pool_back},
    {"AveragePool", average_pool_back},
    {"GlobalAveragePool", global_average_back},
};

constexpr Operator operators[] = {
    {"MaxPool", max_pool},
    {"AveragePool", average_pool},
    {"GlobalAveragePool", [](const Call& c) { return global_pool(c, mean_of_image); }},
    {"GlobalMaxPool", [](const Call& c) { return global_pool(c, largest_of_image); }},
};

}  // namespace

std::span<const Operator> pooling_operators() { return operators; }
std::span<const Derivative> pooling_derivatives() { return derivatives; }

}  // namespace sqrtn::graph
