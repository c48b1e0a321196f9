#include "sqrtn/network/layer.hpp"

#include <limits>

#include "support/nearest.hpp"

namespace sqrtn::network {
namespace {

/// "path.name"; a child without a name shares its parent's path.
std::string join(const std::string& path, const std::string& name) {
  return path.empty() || name.empty() ? path + name : path + "." + name;
}

/// Every line but the first, two spaces further in.
std::string indented(const std::string& text) {
  std::string result;
  for (const char c : text) {
    result += c;
    if (c == '\n') result += "  ";
  }
  return result;
}

[[noreturn]] void throw_unknown(std::string_view path, const std::vector<std::string>& known) {
  const std::string nearest = nearest_name(path, known);
  throw std::invalid_argument(fmt::format("this network has no '{}'{}; describe() prints what there is", path,
                                          nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
}

}  // namespace

template <class T>
Layer<T>::Layer(std::string type, std::string arguments, Children<T> children)
    : children_(std::move(children)), type_(std::move(type)), arguments_(std::move(arguments)) {
  for (const Child<T>& child : children_) {
    require(child.layer != nullptr, "{}: '{}' is no layer but a null pointer", type_, child.name);
  }
}

template <class T>
Tensor<T> Layer<T>::forward(const blas::Functions& blas, Tensor<T> x, const Observer& observe) {
  Tensor<T> y = apply(blas, std::move(x), observe);
  if (observe) observe(*this, y);
  return y;
}

template <class T>
Tensor<T> Layer<T>::backward(const blas::Functions& blas, Tensor<T> gradient) {
  return apply_backward(blas, std::move(gradient));
}

template <class T>
Tensor<T> Layer<T>::apply_backward(const blas::Functions&, Tensor<T>) {
  throw std::invalid_argument(fmt::format("{} knows no way back for a gradient", describe()));
}

template <class T>
void Layer<T>::set_keeping(bool keeping) {
  visit([=](const std::string&, Layer& layer) {
    layer.keeping_ = keeping;
    layer.kept_.clear();
  });
}

template <class T>
void Layer<T>::keep(const Tensor<T>& x) {
  if (keeping_) kept_.push_back(x.copy());
}

template <class T>
Tensor<T> Layer<T>::take_kept() {
  require(!kept_.empty(), "{} kept nothing of a forward pass; call set_keeping(true) before it", type_);
  Tensor<T> last = std::move(kept_.back());
  kept_.pop_back();
  return last;
}

template <class T>
void Layer<T>::visit(const std::function<void(const std::string&, Layer&)>& visitor, const std::string& path) {
  visitor(path, *this);
  for (const Child<T>& child : children_) child.layer->visit(visitor, join(path, child.name));
}

template <class T>
void Layer<T>::visit_parameters(const std::function<void(const std::string&, Parameter<T>&)>& visitor) {
  visit([&](const std::string& path, Layer& layer) {
    for (Parameter<T>& parameter : layer.parameters_) visitor(join(path, parameter.name), parameter);
  });
}

template <class T>
void Layer<T>::initialise(const random::Stream& stream, unsigned threads) {
  visit([&](const std::string& path, Layer& layer) {
    for (auto* list : {&layer.parameters_, &layer.statistics_}) {
      for (Parameter<T>& parameter : *list) {
        const std::span<T> values = parameter.value.values.span();
        random::Stream own = stream;
        own.stream ^= random::stream_of(join(path, parameter.name));
        if (parameter.law) {
          init::initialise(*parameter.law, own, values, threads);
        } else {
          std::fill(values.begin(), values.end(), static_cast<T>(parameter.constant));
        }
      }
    }
  });
}

template <class T>
void Layer<T>::set_training(bool training) {
  visit([=](const std::string&, Layer& layer) { layer.training_ = training; });
}

template <class T>
std::size_t Layer<T>::parameter_count() {
  std::size_t count = 0;
  visit_parameters([&](const std::string&, Parameter<T>& parameter) { count += parameter.value.size(); });
  return count;
}

template <class T>
Layer<T>& Layer<T>::find(std::string_view path) {
  Layer* found = nullptr;
  std::vector<std::string> known;
  visit([&](const std::string& name, Layer& layer) {
    if (name == path && found == nullptr) found = &layer;
    known.push_back(name);
  });
  if (found == nullptr) throw_unknown(path, known);
  return *found;
}

template <class T>
Parameter<T>& Layer<T>::find_parameter(std::string_view path) {
  Parameter<T>* found = nullptr;
  std::vector<std::string> known;
  visit_parameters([&](const std::string& name, Parameter<T>& parameter) {
    if (name == path) found = &parameter;
    known.push_back(name);
  });
  if (found == nullptr) throw_unknown(path, known);
  return *found;
}

template <class T>
std::string Layer<T>::describe() const {
  std::string inside;
  for (const Child<T>& child : children_) {
    if (!child.name.empty()) inside += fmt::format("\n  ({}): {}", child.name, indented(child.layer->describe()));
  }
  return fmt::format("{}({}{})", type_, inside.empty() ? arguments_ : inside, inside.empty() ? "" : "\n");
}

template <class T>
Parameter<T> Layer<T>::constant(std::string name, Shape shape, double value) {
  return {.name = std::move(name), .value = Tensor<T>(std::move(shape), static_cast<T>(value)), .constant = value};
}

template <class T>
void Layer<T>::add_weight(init::Layer kind, const Shape& shape, std::size_t groups, bool bias) {
  constexpr T unset = std::numeric_limits<T>::quiet_NaN();
  const init::Fans fans = init::fans(kind, shape, groups);
  const init::Distribution law = init::distribution(init::find_rule("torch_default"), fans);
  parameters_.push_back({.name = "weight", .value = Tensor<T>(shape, unset), .fans = fans, .law = law});
  if (bias) parameters_.push_back({.name = "bias", .value = Tensor<T>({shape[0]}, unset), .law = law});
}

std::string_view python_bool(bool value) { return value ? "True" : "False"; }

template class Layer<float>;
template class Layer<double>;

}  // namespace sqrtn::network
