#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sqrtn/blas/functions.hpp"
#include "sqrtn/init/rules.hpp"
#include "sqrtn/network/tensor.hpp"

namespace sqrtn::network {

/// A tensor that a layer holds, and how it starts.
template <class T>
struct Parameter {
  std::string name;  ///< "weight", "bias", "running_mean", "running_var"
  Tensor<T> value;
  init::Fans fans{};                           ///< of a weight that multiplies; 0 elsewhere
  std::optional<init::Distribution> law = {};  ///< of the entries at the start; none: `constant`
  double constant = 0;
  [[nodiscard]] bool multiplies() const { return fans.fan_in > 0; }
};

template <class T>
class Layer;
template <class T>
using LayerPtr = std::shared_ptr<Layer<T>>;

/// A layer inside another one. Without a name it takes part, but is not printed, as a function that a
/// framework's module calls.
template <class T>
struct Child {
  std::string name;
  LayerPtr<T> layer;
};
template <class T>
using Children = std::vector<Child<T>>;

/// One layer, or a network of them: a type, its parameters, its children, a forward pass and, for the layers that
/// say so, the way back of a gradient.
/// T is float or double.
template <class T>
class Layer {
 public:
  /// Sees (and may change) what each layer gives, innermost first, in the order of computation.
  using Observer = std::function<void(Layer&, Tensor<T>& output)>;

  virtual ~Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  /// Throws: std::invalid_argument for an input that does not fit.
  Tensor<T> forward(const blas::Functions& blas, Tensor<T> x, const Observer& observe = {});

  /// The gradient of Σ y·gradient with respect to x, where y was forward's answer for x. Each forward pass of a layer
  /// that keeps what the way back needs serves one backward pass, the last one first.
  /// Throws: std::invalid_argument for a gradient of another shape than y's, a layer without a way back (pooling), or
  /// one that kept nothing.
  Tensor<T> backward(const blas::Functions& blas, Tensor<T> gradient);

  /// Whether this layer and those inside it keep what backward needs (a new layer does not); forgets what they kept.
  void set_keeping(bool keeping);

  /// Starts every parameter and running statistic of this layer and those inside it. Each draws from a
  /// stream of its own, number stream.stream xor stream_of(path), with path as in "layer1.0.conv1.weight":
  /// adding a layer moves no other's weights. Until then weights are NaN, so that a forgotten call shows.
  void initialise(const random::Stream& stream, unsigned threads = 1);

  /// Training (the state of a new layer) or evaluation mode, of this layer and those inside it.
  void set_training(bool training);

  /// This layer, then those inside it, with their paths: "" for this one, "layer1.0.conv1".
  void visit(const std::function<void(const std::string& path, Layer&)>& visitor, const std::string& path = "");
  /// Every parameter that training would change, in order, with its path.
  void visit_parameters(const std::function<void(const std::string& path, Parameter<T>&)>& visitor);
  /// Entries of all parameters that training would change; running statistics do not count.
  [[nodiscard]] std::size_t parameter_count();

  /// Throws: std::invalid_argument that names the path, and what there is.
  Layer& find(std::string_view path);
  Parameter<T>& find_parameter(std::string_view path);

  /// The structure in the notation of PyTorch's repr: "Linear(in_features=3, out_features=2, bias=True)".
  [[nodiscard]] std::string describe() const;

  [[nodiscard]] std::vector<Parameter<T>>& parameters() { return parameters_; }  ///< its own
  [[nodiscard]] std::vector<Parameter<T>>& statistics() { return statistics_; }  ///< running statistics
  [[nodiscard]] const Children<T>& children() const { return children_; }

 protected:
  /// `arguments` as describe() prints them; a layer with children prints those instead.
  explicit Layer(std::string type, std::string arguments = {}, Children<T> children = {});

  virtual Tensor<T> apply(const blas::Functions& blas, Tensor<T> x, const Observer& observe) = 0;
  virtual Tensor<T> apply_backward(const blas::Functions& blas, Tensor<T> gradient);

  /// Keeps a copy of x for the way back, if it is asked for.
  void keep(const Tensor<T>& x);
  /// What was kept last, and is no longer.
  Tensor<T> take_kept();

  /// A parameter that is `constant` at the start.
  static Parameter<T> constant(std::string name, Shape shape, double value);
  /// A weight, and a bias of shape[0] entries if asked for, both U(±1/√fan_in), as PyTorch starts them.
  void add_weight(init::Layer kind, const Shape& shape, std::size_t groups, bool bias);

  std::vector<Parameter<T>> parameters_, statistics_;
  Children<T> children_;
  bool training_ = true, keeping_ = false;

 private:
  std::string type_, arguments_;
  std::vector<Tensor<T>> kept_;
};

/// "True" or "False", as PyTorch prints them.
std::string_view python_bool(bool value);

}  // namespace sqrtn::network
