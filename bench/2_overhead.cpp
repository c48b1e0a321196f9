#include "blas/work.hpp"
#include "case.hpp"
#include "sqrtn/blas/products.hpp"
#include "sqrtn/random/fill.hpp"

/// What a product costs through sqrtn's own call, with its checks of shapes, beside the library's function called
/// at its address. The two differ by at most 10 ns at any size, and by at most 1 % from 64 on.
namespace sqrtn::bench {
namespace {

struct Cubes {
  Matrix<float> a, b, c;
  explicit Cubes(std::size_t n) : a(n, n), b(n, n), c(n, n) {}
};

Case overhead(const Context& context, const std::shared_ptr<Cubes>& op, std::size_t n, const char* way,
              std::function<void()> timed) {
  Case c;
  c.row.id = fmt::format("products/overhead/{}/{}x{}x{}/f32/1", way, n, n, n);
  c.row.group = "products";
  c.row.subject = fmt::format("gemm {}", way);
  c.row.shape = fmt::format("{}x{}x{}", n, n, n);
  c.row.dtype = "f32";
  if (context.backend != nullptr) c.row.blas = context.backend->file_name();

  c.row.rate_unit = "GFLOP/s";
  c.work = blas::gemm_work(n, n, n, sizeof(float)).flop;

  c.setup = [=, backend = context.backend, stream = context.stream("overhead")] {
    random::fill_uniform<float>(stream, op->a.storage(), -1, 1);
    random::fill_uniform<float>(stream, op->b.storage(), -1, 1);
    backend->set_threads(1);
    return true;
  };
  c.timed = std::move(timed);
  return c;
}

}  // namespace

void add_overhead(std::vector<Case>& cases, const Context& context) {
  // 1: the call alone. 8: the smallest product of a table. 64: where 1 % is asked for. 256: where nothing shows.
  for (const std::size_t n : {1, 8, 64, 256}) {
    if (context.options.quick && n != 1 && n != 64) continue;
    const auto op = std::make_shared<Cubes>(n);
    const blas::Functions functions = context.backend != nullptr ? context.backend->functions() : blas::Functions{};
    const auto raw = [=, gemm = functions.f32.gemm, size = static_cast<int>(n)] {
      gemm(101, 111, 111, size, size, size, 1, op->a.storage().data(), size, op->b.storage().data(), size, 0,
           op->c.storage().data(), size);
    };
    const auto core = [=] {
      blas::gemm<float>(functions, blas::Op::none, blas::Op::none, 1, op->a.view(), op->b.view(), 0, op->c.view());
    };
    cases.push_back(overhead(context, op, n, "raw", raw));
    cases.push_back(overhead(context, op, n, "core", core));
  }
}

}  // namespace sqrtn::bench
