#include "claims/products/cases.hpp"
#include "support/call_watch.hpp"

namespace sqrtn::claims {

using blas::Layout;
using blas::Op;

namespace {

template <class T>
VectorView<T> column(MatrixView<T> matrix) {
  return {matrix.data, matrix.rows, matrix.ld};
}

char letter(Op op) { return op == Op::none ? 'N' : 'T'; }
char letter(blas::Triangle triangle) { return triangle == blas::Triangle::upper ? 'U' : 'L'; }

/// The arguments of a column-major call as one sees them: of the transposed product.
template <class T>
Arguments<T> as_handed_over(Routine routine, Arguments<T> at) {
  if (at.form.layout == Layout::row_major) return at;
  const auto flip = [](Op& op) { op = op == Op::none ? Op::transpose : Op::none; };
  if (routine == Routine::gemm) {
    std::swap(at.a, at.b);
    std::swap(at.form.trans_a, at.form.trans_b);
  }
  if (routine == Routine::gemv || routine == Routine::syrk) {
    std::swap(at.a.rows, at.a.cols);
    flip(at.form.trans_a);
  }
  if (routine == Routine::ger) std::swap(at.a, at.b);
  if (at.form.triangle) {
    at.form.triangle = at.form.triangle == blas::Triangle::upper ? blas::Triangle::lower : blas::Triangle::upper;
  }
  if (routine != Routine::gemv) std::swap(at.c.rows, at.c.cols);
  return at;
}

}  // namespace

template <class T>
bool has(Routine routine, const blas::Functions& blas) {
  const blas::FunctionsFor<T>& f = blas.of<T>();
  const bool in_order[] = {f.gemm != nullptr, f.gemv != nullptr, f.ger != nullptr,  f.dot != nullptr, f.axpy != nullptr,
                           f.scal != nullptr, f.syrk != nullptr, f.trsm != nullptr, f.nrm2 != nullptr};
  return in_order[static_cast<std::size_t>(routine)];
}

template <class T>
void call(Routine routine, const blas::Functions& blas, const Arguments<T>& at) {
  const WatchedCall watched;
  const Form& form = at.form;
  switch (routine) {
    case Routine::gemm:
      return blas::gemm(blas, form.trans_a, form.trans_b, at.alpha, at.a, at.b, at.beta, at.c, form.layout);
    case Routine::gemv:
      return blas::gemv(blas, form.trans_a, at.alpha, at.a, column(at.b), at.beta, column(at.c), form.layout);
    case Routine::ger:
      return blas::ger(blas, at.alpha, column(at.a), column(at.b), at.c, form.layout);
    case Routine::dot:
      at.c(0, 0) = blas::dot(blas, column(at.a), column(at.b));
      return;
    case Routine::axpy:
      return blas::axpy(blas, at.alpha, column(at.a), column(at.c));
    case Routine::scal:
      return blas::scal(blas, at.beta, column(at.c));
    case Routine::syrk:
      return blas::syrk(blas, *form.triangle, form.trans_a, at.alpha, at.a, at.beta, at.c, form.layout);
    default:
      return;  // trsm and nrm2 are called as they are described
  }
}

template <class T>
std::string describe(Routine routine, const Arguments<T>& arguments) {
  const Arguments<T> at = as_handed_over(routine, arguments);
  const Form& form = at.form;
  const std::size_t k = form.trans_a == Op::none ? at.a.cols : at.a.rows;
  constexpr char type = type_letter<T>;
  const char* layout = form.layout == Layout::row_major ? "row-major" : "column-major";
  switch (routine) {
    case Routine::gemm: {
      // A's view is the stored matrix in either layout's own order: rows × cols of the transposed one.
      const std::size_t inner = arguments.form.trans_a == Op::none ? arguments.a.cols : arguments.a.rows;
      return fmt::format("{}gemm {} m={} n={} k={} trans_a={} trans_b={} lda={} ldb={} ldc={} alpha={} beta={}", type,
                         layout, at.c.rows, at.c.cols, inner, letter(form.trans_a), letter(form.trans_b), at.a.ld,
                         at.b.ld, at.c.ld, at.alpha, at.beta);
    }
    case Routine::gemv:
      return fmt::format("{}gemv {} m={} n={} trans={} lda={} incx={} incy={} alpha={} beta={}", type, layout,
                         at.a.rows, at.a.cols, letter(form.trans_a), at.a.ld, at.b.ld, at.c.ld, at.alpha, at.beta);
    case Routine::ger:
      return fmt::format("{}ger {} m={} n={} incx={} incy={} lda={} alpha={}", type, layout, at.c.rows, at.c.cols,
                         at.a.ld, at.b.ld, at.c.ld, at.alpha);
    case Routine::dot:
      return fmt::format("{}dot n={} incx={} incy={}", type, at.a.rows, at.a.ld, at.b.ld);
    case Routine::axpy:
      return fmt::format("{}axpy n={} incx={} incy={} alpha={}", type, at.c.rows, at.a.ld, at.c.ld, at.alpha);
    case Routine::scal:
      return fmt::format("{}scal n={} incx={} alpha={}", type, at.c.rows, at.c.ld, at.beta);
    case Routine::syrk:
      return fmt::format("{}syrk {} uplo={} trans={} n={} k={} lda={} ldc={} alpha={} beta={}", type, layout,
                         letter(*form.triangle), letter(form.trans_a), at.c.rows, k, at.a.ld, at.c.ld, at.alpha,
                         at.beta);
    default:
      return {};
  }
}

#define SQRTN_INSTANTIATE(T)                                                   \
  template bool has<T>(Routine, const blas::Functions&);                       \
  template void call<T>(Routine, const blas::Functions&, const Arguments<T>&); \
  template std::string describe<T>(Routine, const Arguments<T>&);
SQRTN_INSTANTIATE(float)
SQRTN_INSTANTIATE(double)
#undef SQRTN_INSTANTIATE

}  // namespace sqrtn::claims
