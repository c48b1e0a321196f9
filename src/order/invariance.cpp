#include "order/invariance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "order/data.hpp"
#include "sqrtn/support/parallel.hpp"

namespace sqrtn::order {
namespace {

constexpr std::size_t every_size_to = 32, largest_size = 1024;
constexpr int repeated_calls = 100;

std::uint64_t hashed(std::uint64_t hash, std::uint64_t value) { return (hash ^ value) * 0x100000001b3u; }

/// Answers by their bits, and the value at which the first other than the very first came.
class Answers {
 public:
  explicit Answers(Circumstance circumstance) { result_.circumstance = circumstance; }

  void add(std::uint64_t answer, const std::string& value) {
    if (values_.empty()) first_ = answer;
    if (answer != first_ && result_.first.empty()) result_.first = value;
    values_.emplace(answer, value);
  }
  void tried() { ++result_.tried; }
  [[nodiscard]] Invariance result() {
    result_.answers = values_.size();
    return result_;
  }

 private:
  Invariance result_;
  std::map<std::uint64_t, std::string> values_;
  std::uint64_t first_ = 0;
};

std::vector<std::size_t> sizes_up_to(std::size_t asked) {
  std::vector<std::size_t> sizes;
  for (std::size_t size = 1; size <= std::max(asked, largest_size); size += size < every_size_to ? 1 : size / 7) {
    sizes.push_back(size);
  }
  if (std::ranges::find(sizes, asked) == sizes.end()) sizes.push_back(asked);
  std::ranges::sort(sizes);
  return sizes;
}

template <class T>
class InvarianceReader {
 public:
  InvarianceReader(const blas::Interface& interface, const Request& request, std::uint64_t seed, const GoOn& go_on)
      : interface_(interface), request_(request), seed_(seed), go_on_(go_on) {}

  std::vector<Invariance> read(const std::function<int(int)>& set_threads) {
    const std::string& routine = request_.routine;
    const bool of_matrices = routine == "gemm" || routine == "symm";
    if ((of_matrices || routine == "gemv") && product_.symmetric != Symmetric::a) vary_size(true);
    if (of_matrices && product_.symmetric != Symmetric::b) vary_size(false);
    fill();
    if (of_matrices) vary_ld();
    vary_alignment();
    vary_threads(set_threads);
    repeat();
    return std::move(found_);
  }

 private:
  void fill() {
    a_.assign(request_.m * request_.k, T(0));
    b_.assign(request_.k * request_.n, T(0));
    fill_factors<T>(product_, a_, "invariance a", seed_, 0);
    fill_factors<T>(product_, b_, "invariance b", seed_, 0);
    make_symmetric<T>(product_.symmetric, {a_.data(), request_.m, request_.k}, {b_.data(), request_.k, request_.n});
  }

  /// Equal rows of A (columns of B), as many as they may be; each of them gives an answer.
  void vary_size(bool rows) {
    Answers by_size(rows ? Circumstance::rows : Circumstance::columns),
        by_place(rows ? Circumstance::row_place : Circumstance::column_place);
    const std::size_t asked = rows ? request_.m : request_.n, other = rows ? request_.n : request_.m;
    std::vector<T> one(request_.k), others(request_.k * other);
    fill_factors<T>(product_, one, "invariant one", seed_, rows ? 0 : 1);
    fill_factors<T>(product_, others, "invariant others", seed_, rows ? 0 : 1);
    const MatrixView<T> square{others.data(), request_.k, request_.k};
    make_symmetric<T>(product_.symmetric, square, square);
    for (const std::size_t size : sizes_up_to(asked)) {
      if (!go_on_()) return;
      Request request = request_;
      (rows ? request.m : request.n) = size;
      const Matrix<T> c =
          rows ? product_of_equal_rows(request, one, others) : product_of_equal_columns(request, one, others);
      const std::string value = fmt::format("{} = {}", rows ? 'm' : 'n', size);
      by_size.tried();
      for (std::size_t i = 0; i < size; ++i) {
        std::uint64_t answer = 0;
        for (std::size_t j = 0; j < other; ++j)
          answer = hashed(answer, bits_of(rows ? c.view()(i, j) : c.view()(j, i)));
        if (i == 0) by_size.add(answer, value);
        if (size != asked) continue;
        by_place.tried();
        by_place.add(answer, fmt::format("{} {}", rows ? "row" : "column", i));
      }
    }
    found_.push_back(by_size.result());
    found_.push_back(by_place.result());
  }

  Matrix<T> product_of_equal_rows(const Request& request, const std::vector<T>& row, std::vector<T>& b) const {
    Matrix<T> a(request.m, request.k), c(request.m, request.n);
    for (std::size_t i = 0; i < request.m; ++i) std::ranges::copy(row, &a(i, 0));
    product_of<T>(interface_, request).call(a.view(), {b.data(), request.k, request.n}, T(1), T(0), c.view());
    return c;
  }

  Matrix<T> product_of_equal_columns(const Request& request, const std::vector<T>& column, std::vector<T>& a) const {
    Matrix<T> b(request.k, request.n), c(request.m, request.n);
    for (std::size_t l = 0; l < request.k; ++l) std::fill_n(&b(l, 0), request.n, column[l]);
    product_of<T>(interface_, request).call({a.data(), request.m, request.k}, b.view(), T(1), T(0), c.view());
    return c;
  }

  /// The product at these distances of the operands' beginnings from where memory is aligned, and with this padding.
  std::uint64_t answer(std::array<std::size_t, 3> offset, std::size_t padding) const {
    const auto [m, n, k] = std::tuple(request_.m, request_.n, request_.k);
    Buffer<T> a(m * (k + padding) + 64, T(0)), b(k * (n + padding) + 64, T(0)), c(m * (n + padding) + 64, T(0));
    const MatrixView<T> in_a{a.data() + offset[0], m, k, k + padding}, in_b{b.data() + offset[1], k, n, n + padding},
        out{c.data() + offset[2], m, n, n + padding};
    for (std::size_t i = 0; i < m; ++i) std::copy_n(&a_[i * k], k, &in_a(i, 0));
    for (std::size_t l = 0; l < k; ++l) std::copy_n(&b_[l * n], n, &in_b(l, 0));
    product_.call(in_a, in_b, T(1), T(0), out);
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) hash = hashed(hash, bits_of(out(i, j)));
    }
    return hash;
  }

  void vary_ld() {
    Answers answers(Circumstance::ld);
    for (const std::size_t padding : {0, 1, 2, 3, 8, 17}) {
      if (!go_on_()) return;
      answers.tried();
      answers.add(answer({0, 0, 0}, padding), fmt::format("ld + {}", padding));
    }
    found_.push_back(answers.result());
  }

  void vary_alignment() {
    Answers answers(Circumstance::alignment);
    constexpr std::array<const char*, 3> operands{"A", "B", "C"};
    answers.tried();
    answers.add(answer({0, 0, 0}, 0), "");
    for (std::size_t operand = 0; operand < operands.size(); ++operand) {
      if (product_.symmetric == Symmetric::c && operand == 1) continue;
      for (const std::size_t offset : {1, 2, 3, 4, 8, 16}) {
        if (!go_on_()) return;
        std::array<std::size_t, 3> offsets{};
        offsets[operand] = offset;
        answers.tried();
        answers.add(answer(offsets, 0), fmt::format("{} {} bytes on", operands[operand], offset * sizeof(T)));
      }
    }
    found_.push_back(answers.result());
  }

  void vary_threads(const std::function<int(int)>& set_threads) {
    Answers answers(Circumstance::threads);
    const int before = set_threads(0);
    for (int threads = 1; threads <= static_cast<int>(available_threads()); ++threads) {
      if (!go_on_()) break;
      if (set_threads(threads) != threads) break;
      answers.tried();
      answers.add(answer({0, 0, 0}, 0), fmt::format("{} threads", threads));
    }
    set_threads(before);
    const Invariance result = answers.result();
    if (result.tried > 1) found_.push_back(result);
  }

  void repeat() {
    Answers answers(Circumstance::calls);
    for (int call = 0; call < repeated_calls && (call < 2 || go_on_()); ++call) {
      answers.tried();
      answers.add(answer({0, 0, 0}, 0), fmt::format("call {}", call + 1));
    }
    found_.push_back(answers.result());
  }

  const blas::Interface& interface_;
  const Request request_;
  const std::uint64_t seed_;
  const GoOn& go_on_;
  const Product<T> product_ = product_of<T>(interface_, request_);
  std::vector<T> a_, b_;
  std::vector<Invariance> found_;
};

}  // namespace

template <class T>
std::vector<Invariance> read_invariance(const blas::Interface& interface, const Request& request,
                                        const std::function<int(int)>& set_threads, std::uint64_t seed,
                                        const GoOn& go_on) {
  return InvarianceReader<T>(interface, request, seed, go_on).read(set_threads);
}

template std::vector<Invariance> read_invariance<float>(const blas::Interface&, const Request&,
                                                        const std::function<int(int)>&, std::uint64_t, const GoOn&);
template std::vector<Invariance> read_invariance<double>(const blas::Interface&, const Request&,
                                                         const std::function<int(int)>&, std::uint64_t, const GoOn&);

}  // namespace sqrtn::order
