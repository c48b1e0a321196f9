#include "order/product.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <memory>
#include <vector>

#include "blas/operations.hpp"
#include "sqrtn/support/half.hpp"
#include "sqrtn/support/require.hpp"
#include "support/call_watch.hpp"

namespace sqrtn::order {
namespace {

using What = blas::Argument::What;

template <class T>
constexpr char type_letter = sizeof(T) == sizeof(float) ? 's' : 'd';

/// Routines on bfloat16 are those on floats under another name, with A and B, or x and y, in 16 bits.
const blas::Operation* operation_of_bfloat16(const std::string& routine) {
  static const std::vector<blas::Operation> all = [] {
    std::vector<blas::Operation> rows;
    for (const std::string_view pattern : {"sbgemm", "sbgemv", "sbdot"}) {
      rows.push_back(*std::ranges::find(blas::operations(), pattern.substr(2), &blas::Operation::name));
      rows.back().pattern = pattern;
      rows.back().gained_flags = false;
    }
    return rows;
  }();
  const auto found = std::ranges::find(all, routine, &blas::Operation::name);
  return found == all.end() ? nullptr : &*found;
}

const blas::Operation& operation_of(const Request& request) {
  const blas::Operation* const short_one = request.bfloat16 ? operation_of_bfloat16(request.routine) : nullptr;
  return short_one != nullptr ? *short_one
                              : *std::ranges::find(blas::operations(), request.routine, &blas::Operation::name);
}

/// The letter of that flag; N where the routine has none.
char flag_of(const Request& request, What what, char of) {
  const std::string letters = flags_of(request);
  auto letter = letters.begin();
  for (const blas::Argument& argument : operation_of(request).arguments) {
    if (argument.what >= What::length) continue;
    if (argument.what == what && argument.of == of) return *letter;
    ++letter;
  }
  return 'N';
}

/// Where an operand begins, with its leading dimension or increment.
template <class T>
struct Place {
  T* data = nullptr;
  std::size_t step = 1;
};

/// Hands over a, b and c as the description of the routine has its operands.
template <class T>
class Caller {
  using In = const MatrixView<const T>&;

 public:
  Caller(const blas::Interface& interface, const Request& request)
      : interface_(interface),
        request_(request),
        operation_(operation_of(request)),
        right_side_(flag_of(request, What::side, 'A') == 'R'),
        left_(right_side_ ? term().right : term().left),
        right_(right_side_ ? term().left : term().right),
        upper_(flag_of(request, What::triangle, of_triangle()) == 'U') {}

  /// Whether both factors are one operand.
  [[nodiscard]] bool is_joint() const { return left_.operand == right_.operand; }
  [[nodiscard]] bool is_upper() const { return upper_; }
  [[nodiscard]] bool is_symmetric(bool left) const {
    const blas::Factor& factor = left ? left_ : right_;
    return operand_of(operation_, factor.operand).structure == blas::Structure::symmetric;
  }

  void call(In a, In b, T alpha, T beta, const MatrixView<T>& c) {
    const WatchedCall watched;
    place_of(left_.operand) = shortened(laid(left_, a, memory_[0]), a, short_[0]);
    if (!is_joint()) place_of(right_.operand) = shortened(laid(right_, b, memory_[1]), b, short_[1]);
    call_with(c, alpha, beta);
  }

 private:
  [[nodiscard]] const blas::Term& term() const { return operation_.outputs.front().terms.front(); }
  [[nodiscard]] char out() const { return operation_.outputs.front().operand; }
  [[nodiscard]] char of_triangle() const {
    const auto found = std::ranges::find(operation_.arguments, What::triangle, &blas::Argument::what);
    return found == operation_.arguments.end() ? ' ' : found->of;
  }
  [[nodiscard]] bool is_transposed(const blas::Factor& factor) const {
    return factor.by_flag && flag_of(request_, What::transpose, factor.operand) != 'N';
  }

  Place<T>& place_of(char operand) { return places_.at(static_cast<std::size_t>(operand)); }

  Place<T> laid(const blas::Factor& factor, In x, Buffer<T>& own) const {
    const blas::Structure structure = operand_of(operation_, factor.operand).structure;
    if (structure == blas::Structure::vector) return {data_of(x), x.cols == 1 ? x.ld : 1};
    const bool turned = is_transposed(factor) != request_.column_major;
    if (structure != blas::Structure::symmetric) return turned ? turned_over(x, own) : Place<T>{data_of(x), x.ld};
    // Turned over, its triangles change places; the other one is not read.
    const Place<T> place = turned_over(x, own);
    const bool upper = upper_ != request_.column_major;
    for (std::size_t i = 0; i < x.rows; ++i) {
      for (std::size_t j = 0; j < i; ++j)
        place.data[upper ? i * place.step + j : j * place.step + i] = std::numeric_limits<T>::quiet_NaN();
    }
    return place;
  }
  static T* data_of(In x) { return const_cast<T*>(x.data); }
  /// In `own`, with the same padding and as far from where memory is aligned.
  static Place<T> turned_over(In x, Buffer<T>& own) {
    const std::size_t ld = x.rows + x.ld - x.cols, room = tensor_alignment / sizeof(T);
    if (own.size() < x.cols * ld + room) own = Buffer<T>(x.cols * ld + room);
    T* const data = own.data() + reinterpret_cast<std::uintptr_t>(x.data) % tensor_alignment / sizeof(T);
    for (std::size_t i = 0; i < x.rows; ++i) {
      for (std::size_t j = 0; j < x.cols; ++j) data[j * ld + i] = x(i, j);
    }
    return {data, ld};
  }

  /// The same in 16 bits a number, where that is asked for.
  Place<T> shortened(const Place<T>& place, In x, Buffer<std::uint16_t>& own) const {
    if (!request_.bfloat16) return place;
    const std::size_t room = tensor_alignment / sizeof(std::uint16_t);
    const std::size_t extent = std::max(x.rows, x.cols) * std::max(place.step, x.ld);
    if (own.size() < extent + room) own = Buffer<std::uint16_t>(extent + room, 0);
    std::uint16_t* const data = own.data() + reinterpret_cast<std::uintptr_t>(x.data) % tensor_alignment / sizeof(T);
    const bool by_rows = place.data == x.data;
    for (std::size_t i = 0; i < x.rows; ++i) {
      for (std::size_t j = 0; j < x.cols; ++j) {
        const std::size_t at = by_rows ? i * x.ld + j : j * place.step + i;
        data[at] = to_bf16(static_cast<float>(place.data[at]));
      }
    }
    return {reinterpret_cast<T*>(data), place.step};
  }

  void call_with(const MatrixView<T>& c, T alpha, T beta) {
    const bool vector = out() != '=' && operand_of(operation_, out()).structure == blas::Structure::vector;
    const bool turned = request_.column_major && !vector && out() != '=';
    if (out() != '=') place_of(out()) = turned ? turned_over(c, memory_[2]) : Place<T>{c.data, c.ld};
    alignas(16) std::array<std::byte, 16> result{};
    set_values(alpha, beta);
    interface_.call({.operation = operation_,
                     .type = type_letter<T>,
                     .row_major = !request_.column_major,
                     .values = values_,
                     .result = result.data()});
    if (out() == '=') std::copy_n(reinterpret_cast<const T*>(result.data()), 1, c.data);
    if (!turned) return;
    const Place<T>& at = place_of(out());
    for (std::size_t i = 0; i < c.rows; ++i) {
      for (std::size_t j = 0; j < c.cols; ++j) c(i, j) = at.data[j * at.step + i];
    }
  }

  /// In the order of the routine's arguments.
  void set_values(T& alpha, T& beta) {
    values_.clear();
    for (const auto& [what, of] : operation_.arguments) {
      if (what == What::side) {
        values_.push_back({.integer = std::tolower(letters_[values_.size()])});
      } else if (what < What::length) {
        values_.push_back({.integer = letters_[values_.size()]});
      } else if (what == What::length) {
        values_.push_back({.integer = static_cast<std::int64_t>(length(of))});
      } else if (what == What::scalar) {
        values_.push_back({.address = of == 'a' ? &alpha : &beta});
      } else if (what == What::data) {
        values_.push_back({.address = place_of(of).data});
      } else {
        values_.push_back({.integer = static_cast<std::int64_t>(place_of(of).step)});
      }
    }
  }

  /// Which of the operands' rows and columns has that letter.
  [[nodiscard]] std::size_t length(char letter) const {
    const auto sizes = [&](const blas::Factor& factor, std::size_t rows, std::size_t cols) {
      const bool stored = operation_.lengths_of_stored && is_transposed(factor);
      const bool turned = stored != (factor.transposed && !is_joint());
      return turned ? std::pair(cols, rows) : std::pair(rows, cols);
    };
    const blas::Operand &left = operand_of(operation_, left_.operand), &right = operand_of(operation_, right_.operand);
    const auto of_left = sizes(left_, request_.m, request_.k), of_right = sizes(right_, request_.k, request_.n);
    if (left.rows == letter) return of_left.first;
    if (left.cols == letter) return of_left.second;
    return right.rows == letter ? of_right.first : of_right.second;
  }

  const blas::Interface& interface_;
  const Request request_;
  const blas::Operation& operation_;
  const std::string letters_ = flags_of(request_);
  const bool right_side_;
  const blas::Factor left_, right_;
  const bool upper_;
  std::array<Place<T>, 128> places_;  ///< by the operands' letters
  std::vector<blas::Value> values_;
  std::array<Buffer<T>, 3> memory_;             ///< of A, B and C where they lie turned over
  std::array<Buffer<std::uint16_t>, 2> short_;  ///< of A and B in 16 bits
};

template <class T>
Product<T> product_by(const std::shared_ptr<Caller<T>>& caller, const Request& request) {
  Product<T> product{.m = request.m, .n = request.n, .k = request.k, .call = {}};
  product.call = [caller](const MatrixView<const T>& a, const MatrixView<const T>& b, T alpha, T beta,
                          const MatrixView<T>& c) { caller->call(a, b, alpha, beta, c); };
  product.has_beta = request.routine != "dot";
  product.bfloat16 = request.bfloat16;
  if (caller->is_joint()) product.symmetric = Symmetric::c;
  product.upper = caller->is_upper();
  if (caller->is_symmetric(true)) product.symmetric = Symmetric::a;
  if (caller->is_symmetric(false)) product.symmetric = Symmetric::b;
  return product;
}

}  // namespace

bool has_routine(const blas::Interface& interface, const Request& request, char type) {
  if (request.bfloat16 && (type != 's' || operation_of_bfloat16(request.routine) == nullptr)) return false;
  return interface.has(operation_of(request), type);
}

template <class T>
Product<T> product_of(const blas::Interface& interface, const Request& request) {
  require(has_routine(interface, request, type_letter<T>), "the library has no {}; ask for gemm",
          name_of(operation_of(request), type_letter<T>));
  return product_by(std::make_shared<Caller<T>>(interface, request), request);
}

template Product<float> product_of(const blas::Interface&, const Request&);
template Product<double> product_of(const blas::Interface&, const Request&);

}  // namespace sqrtn::order
