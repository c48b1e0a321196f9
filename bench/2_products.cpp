#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "blas/work.hpp"
#include "case.hpp"
#include "sqrtn/blas/products.hpp"
#include "sqrtn/blas/reference.hpp"
#include "sqrtn/random/fill.hpp"
#include "sqrtn/support/require.hpp"
#include "support/environment.hpp"

/// gemm and gemv of the library, each answer checked before it is timed. Shapes are m × n × k as the
/// BLAS has them: of a layer, m is fan_out, n the batch and k fan_in.
namespace sqrtn::bench {
namespace {

struct GemmShape {
  std::size_t m, n, k;
  bool quick;
};

constexpr GemmShape gemm_shapes[] = {
    {64, 64, 64, true},        // all in the first-level cache: the cost of a call and of packing
    {256, 256, 256, false},    // in the second level
    {512, 512, 512, true},     // the width of the notebooks' layers
    {1024, 1024, 1024, true},  // blocking shows
    {2048, 2048, 2048, false}, {509, 509, 509, true},  // prime: the edges of every block
    {3072, 64, 768, true},                             // a Transformer's feed-forward layer, 64 tokens
    {512, 64, 512, false},                             // the notebooks' layer with a batch
    {1000, 64, 2048, false},                           // the classifier of ResNet-50
    {64, 12544, 147, false},  // the first convolution of ResNet-50: 3 × 7 × 7 taps, 112 × 112 pixels
    {4096, 1, 1024, false},   // batch 1: is the product still a product when it is a gemv?
};

struct GemvShape {
  std::size_t m, n;
};

constexpr GemvShape gemv_shapes[] = {
    {512, 512},    // the notebooks' product, in the caches
    {4096, 4096},  // beyond the second level, on most machines beyond the last
};

/// What libraries are compared at: cubes from the cost of a call to beyond the caches, and real layers.
constexpr GemmShape sampled_shapes[] = {
    {8, 8, 8, true},          {16, 16, 16, false},       {32, 32, 32, true},    {64, 64, 64, true},
    {128, 128, 128, true},    {256, 256, 256, true},     {512, 512, 512, true}, {1024, 1024, 1024, true},
    {2048, 2048, 2048, true}, {4096, 4096, 4096, false}, {3072, 64, 768, true}, {1000, 64, 2048, false},
    {64, 12544, 147, false},  {4096, 1, 1024, false},
};

/// The operands of one shape, shared by its rows and made when the first of them runs.
template <class T>
struct Operands {
  std::size_t m, n, k;
  std::optional<Matrix<T>> a, b, c;

  void make(const Context& context) {
    if (a) return;
    a.emplace(m, k);
    b.emplace(k, n);
    c.emplace(m, n);
    random::fill_uniform<T>(context.stream("products/a"), a->storage(), -1, 1);
    random::fill_uniform<T>(context.stream("products/b"), b->storage(), -1, 1);
  }
  [[nodiscard]] VectorView<const T> x() { return {b->storage().data(), k}; }
  [[nodiscard]] VectorView<T> y() { return {c->storage().data(), m}; }
};

/// Whether |ĉᵢⱼ − cᵢⱼ| ≤ γ_k·(|A||B|)ᵢⱼ, the bound that holds for any order of summation. All entries
/// of a small C; of a large one eight wrapped diagonals, which touch every row, column and block.
/// Source: laws.md §9.
template <class T>
bool right_answer(Operands<T>& op) {
  using Wide = blas::reference::Wide<T>;
  const Wide ku = static_cast<Wide>(op.k) * std::numeric_limits<T>::epsilon() / 2;
  const auto right = [&](std::size_t i, std::size_t j) {
    const VectorView<const T> row = op.a->view().row(i), column(op.b->storage().data() + j, op.k, op.n);
    const auto exact = blas::reference::dot<T>(row, column);
    return std::abs((*op.c)(i, j) - exact.value) <= ku / (1 - ku) * exact.magnitude;
  };
  constexpr std::size_t diagonals = 8;
  const std::size_t longest = std::max(op.m, op.n);
  const bool every = op.m * op.n <= diagonals * longest;
  const std::size_t entries = every ? op.m * op.n : diagonals * longest;
  for (std::size_t e = 0; e < entries; ++e) {
    const std::size_t i = every ? e / op.n : e % longest % op.m;
    const std::size_t j = every ? e % op.n : (e % longest + e / longest * op.n / diagonals) % op.n;
    if (!right(i, j)) return false;
  }
  return true;
}

/// A row of either product. `call` multiplies; it is checked once, then timed.
template <class T>
Case product(const Context& context, std::shared_ptr<Operands<T>> op, int threads, std::string name, std::string shape,
             std::function<void()> call) {
  Case c;
  c.row.id = fmt::format("products/{}/{}/{}/{}", name, shape, dtype_name<T>, threads);
  c.row.group = "products";
  c.row.subject = std::move(name);
  c.row.shape = std::move(shape);
  c.row.dtype = dtype_name<T>;
  c.row.threads = threads;
  if (context.backend != nullptr) c.row.blas = context.backend->file_name();
  c.wakes_library_threads = threads > 1;

  c.setup = [=, checked = std::optional<bool>()]() mutable {
    op->make(context);
    context.backend->set_threads(threads);
    if (!checked && !context.options.check) checked = true;
    if (!checked) {
      std::ranges::fill(op->c->storage(), std::numeric_limits<T>::quiet_NaN());
      call();
      checked = right_answer(*op);
    }
    return *checked;
  };
  c.timed = std::move(call);
  return c;
}

template <class T>
void add_gemm(std::vector<Case>& cases, const Context& context, const GemmShape& s) {
  const auto op = std::make_shared<Operands<T>>(Operands<T>{s.m, s.n, s.k, {}, {}, {}});
  const blas::Backend* backend = context.backend;
  const auto call = [=] {
    blas::gemm<T>(backend->functions(), blas::Op::none, blas::Op::none, 1, op->a->view(), op->b->view(), 0,
                  op->c->view());
  };
  for (const int threads : context.blas_threads) {
    cases.push_back(product<T>(context, op, threads, "gemm", fmt::format("{}x{}x{}", s.m, s.n, s.k), call));

    cases.back().row.rate_unit = "GFLOP/s";
    cases.back().work = blas::gemm_work(s.m, s.n, s.k, sizeof(T)).flop;
    cases.back().ceilings = {fma_ceiling(dtype_name<T>, threads)};
  }
}

template <class T>
void add_gemv(std::vector<Case>& cases, const Context& context, const GemvShape& s) {
  const auto op = std::make_shared<Operands<T>>(Operands<T>{s.m, 1, s.n, {}, {}, {}});
  const blas::Backend* backend = context.backend;
  const auto call = [=] { blas::gemv<T>(backend->functions(), blas::Op::none, 1, op->a->view(), op->x(), 0, op->y()); };
  for (const int threads : context.blas_threads) {
    cases.push_back(product<T>(context, op, threads, "gemv", fmt::format("{}x{}", s.m, s.n), call));

    // One multiply-add for each entry read: the matrix's way to the core is the limit, so bytes, not FLOP.
    cases.back().row.rate_unit = "GB/s";
    cases.back().work = blas::gemv_work(s.m, s.n, sizeof(T)).bytes;
    cases.back().ceilings = {read_ceiling(s.m * s.n * sizeof(T), threads)};
  }
}

void add_gemms(std::vector<Case>& cases, const Context& context, std::span<const GemmShape> shapes) {
  for (const GemmShape& shape : shapes) {
    if (context.options.quick && !shape.quick) continue;
    add_gemm<float>(cases, context, shape);
    add_gemm<double>(cases, context, shape);
  }
}

void add_gemvs(std::vector<Case>& cases, const Context& context) {
  for (const GemvShape& shape : gemv_shapes) {
    add_gemv<float>(cases, context, shape);
    add_gemv<double>(cases, context, shape);
  }
}

void add_asked(std::vector<Case>& cases, const Context& context) {
  for (const auto& [routine, s] : context.options.products) {
    if (routine == "gemm") {
      add_gemm<float>(cases, context, {s[0], s[1], s[2], true});
      add_gemm<double>(cases, context, {s[0], s[1], s[2], true});
    } else {
      add_gemv<float>(cases, context, {s[0], s[1]});
      add_gemv<double>(cases, context, {s[0], s[1]});
    }
  }
}

void add_products_of(std::vector<Case>& cases, const Context& context, std::span<const GemmShape> gemms) {
  if (!context.options.products.empty()) return add_asked(cases, context);
  add_gemms(cases, context, gemms);
  add_gemvs(cases, context);
}

}  // namespace

AskedProduct parse_product(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  AskedProduct product{.routine = std::string(text.substr(0, colon)), .shape = {}};
  require(product.routine == "gemm" || product.routine == "gemv",
          "'{}' is no product that is timed: write gemm:MxNxK or gemv:MxN, as gemm:180x5120x5120", text);
  const std::size_t dimensions = product.routine == "gemm" ? 3 : 2;
  product.shape = parse_shape(text.substr(std::min(colon + 1, text.size())));
  require(product.shape.size() == dimensions, "'{}' has {} dimensions; {} has {}", text, product.shape.size(),
          product.routine, dimensions == 3 ? "three, MxNxK" : "two, MxN");
  const std::size_t m = product.shape[0], n = product.shape[1], k = dimensions == 3 ? product.shape[2] : 1;
  constexpr std::size_t longest = std::numeric_limits<std::int32_t>::max();
  require(std::max({m, n, k}) <= longest, "'{}': a library with 32-bit integers takes dimensions up to {}", text,
          longest);
  const double bytes = sizeof(double) * (static_cast<double>(m) * static_cast<double>(k) +
                                         static_cast<double>(k) * static_cast<double>(n) +
                                         static_cast<double>(m) * static_cast<double>(n));
  const auto memory = static_cast<double>(physical_memory_bytes());
  require(memory == 0 || bytes < 0.75 * memory, "'{}': its operands need {:.2g} bytes and this machine has {:.2g}",
          text, bytes, memory);
  return product;
}

std::string to_string(const AskedProduct& product) {
  return fmt::format("{}:{}", product.routine, sqrtn::to_string(product.shape));
}

void add_products(std::vector<Case>& cases, const Context& context) { add_products_of(cases, context, gemm_shapes); }

void add_sampled_products(std::vector<Case>& cases, const Context& context) {
  add_products_of(cases, context, sampled_shapes);
}

}  // namespace sqrtn::bench
