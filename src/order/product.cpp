#include "order/product.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "sqrtn/blas/products.hpp"
#include "sqrtn/support/require.hpp"
#include "sqrtn/support/shape.hpp"
#include "support/call_watch.hpp"
#include "support/nearest.hpp"

namespace sqrtn::order {
namespace {

constexpr std::size_t longest = std::size_t{1} << 16, most_elements = std::size_t{1} << 26;

struct Routine {
  std::string_view name;
  const char* sizes;  ///< which of m, n and k are asked for, in this order
};
constexpr std::array<Routine, 5> routines{
    {{"gemm", "mnk"}, {"gemv", "mk"}, {"gemvt", "mk"}, {"dot", "k"}, {"syrk", "mk"}}};

const Routine& routine_called(const std::string& name) {
  const auto found = std::ranges::find(routines, name, &Routine::name);
  std::vector<std::string> names;
  for (const Routine& routine : routines) names.emplace_back(routine.name);
  require(found != routines.end(), "no order is read of '{}': {}there are {}", name, did_you_mean(name, names),
          fmt::join(names, ", "));
  return *found;
}

std::size_t& size_of(Request& request, char size) {
  return size == 'm' ? request.m : size == 'n' ? request.n : request.k;
}

template <class T>
void gemvt(const blas::Functions& blas, const MatrixView<const T>& a, const MatrixView<const T>& x, T alpha, T beta,
           const MatrixView<T>& y, Matrix<T>& turned) {
  for (std::size_t i = 0; i < a.rows; ++i) {
    for (std::size_t l = 0; l < a.cols; ++l) turned(l, i) = a(i, l);
  }
  blas::gemv<T>(blas, blas::Op::transpose, alpha, turned.view(), {x.data, x.rows, 1}, beta, {y.data, y.rows, 1});
}

/// X = [A; Bᵀ], and the block A·B of X·Xᵀ.
template <class T>
void syrk(const blas::Functions& blas, const MatrixView<const T>& a, const MatrixView<const T>& b, T alpha, T beta,
          const MatrixView<T>& c, Matrix<T>& x, Matrix<T>& square) {
  for (std::size_t i = 0; i < a.rows; ++i) std::ranges::copy(a.row(i).data, a.row(i).data + a.cols, &x(i, 0));
  for (std::size_t l = 0; l < b.rows; ++l) {
    for (std::size_t j = 0; j < b.cols; ++j) x(a.rows + j, l) = b(l, j);
  }
  for (std::size_t i = 0; i < c.rows; ++i) std::ranges::copy(c.row(i).data, c.row(i).data + c.cols, &square(i, a.rows));
  blas::syrk<T>(blas, blas::Triangle::upper, blas::Op::none, alpha, x.view(), beta, square.view());
  for (std::size_t i = 0; i < c.rows; ++i) std::copy_n(&square(i, a.rows), c.cols, c.row(i).data);
}

}  // namespace

std::string Request::to_text() const {
  Request sizes = *this;
  if (routine == "syrk") sizes.m += sizes.n;
  std::string text;
  for (const char* size = routine_called(routine).sizes; *size != '\0'; ++size)
    text += fmt::format("{}{}", text.empty() ? ":" : "x", size_of(sizes, *size));
  return routine + text;
}

Request parse_request(const std::string& text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  Request request{.routine = text.substr(0, colon)};
  const std::string_view sizes = routine_called(request.routine).sizes;
  const Shape shape = colon < text.size() ? parse_shape(text.substr(colon + 1)) : Shape{};
  require(shape.size() == sizes.size(), "{} needs {} sizes, as {}:{}; got '{}'", request.routine, sizes.size(),
          request.routine,
          sizes == "mnk"  ? "512x512x512"
          : sizes == "mk" ? "512x300"
                          : "1000",
          text);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    require(shape[i] <= longest, "'{}': sizes are at most {}; got {}", text, longest, shape[i]);
    size_of(request, sizes[i]) = shape[i];
  }
  if (request.routine == "syrk") {
    require(request.m >= 2, "'{}': syrk is read above its diagonal, which needs 2 rows; got {}", text, request.m);
    request.n = request.m - request.m / 2;
    request.m /= 2;
  }
  const std::size_t elements = request.m * request.k + request.k * request.n + request.m * request.n;
  require(elements <= most_elements, "'{}': operands and result are at most {} elements; got {}", text, most_elements,
          elements);
  return request;
}

template <class T>
Product<T> product_of(const blas::Functions& functions, const Request& request) {
  Product<T> product;
  product.m = request.m;
  product.n = request.n;
  product.k = request.k;
  using In = const MatrixView<const T>&;
  using Out = const MatrixView<T>&;
  if (request.routine == "gemm") {
    product.call = [&functions](In a, In b, T alpha, T beta, Out c) {
      const WatchedCall watched;
      blas::gemm<T>(functions, blas::Op::none, blas::Op::none, alpha, a, b, beta, c);
    };
  } else if (request.routine == "gemv") {
    product.call = [&functions](In a, In b, T alpha, T beta, Out c) {
      const WatchedCall watched;
      blas::gemv<T>(functions, blas::Op::none, alpha, a, {b.data, b.rows, 1}, beta, {c.data, c.rows, 1});
    };
  } else if (request.routine == "gemvt") {
    const auto turned = std::make_shared<Matrix<T>>(request.k, request.m);
    product.call = [&functions, turned](In a, In b, T alpha, T beta, Out c) {
      const WatchedCall watched;
      gemvt(functions, a, b, alpha, beta, c, *turned);
    };
  } else if (request.routine == "dot") {
    product.has_beta = false;
    product.call = [&functions](In a, In b, T, T, Out c) {
      const WatchedCall watched;
      c(0, 0) = blas::dot<T>(functions, {a.data, a.cols, 1}, {b.data, b.rows, 1});
    };
  } else {
    require(functions.of<T>().syrk != nullptr, "the library has no syrk; ask for gemm");
    const std::size_t order = request.m + request.n;
    product.unseen = order * (order + 1) / 2 - request.m * request.n;
    const auto x = std::make_shared<Matrix<T>>(order, request.k);
    const auto square = std::make_shared<Matrix<T>>(order, order, order, T(0));
    product.call = [&functions, x, square](In a, In b, T alpha, T beta, Out c) {
      const WatchedCall watched;
      syrk(functions, a, b, alpha, beta, c, *x, *square);
    };
  }
  return product;
}

template Product<float> product_of(const blas::Functions&, const Request&);
template Product<double> product_of(const blas::Functions&, const Request&);

}  // namespace sqrtn::order
