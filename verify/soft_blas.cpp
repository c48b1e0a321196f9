/// A BLAS whose products of matrices go through a floating-point unit in software, with the fault that SQRTN_SOFT
/// names: "NAME,RATE,CORE,SIZE,AFTER,EVERY", numbers as SoftFault has them; what is left out stays as it is there. The
/// rest is as plain as its formulas. "busy" before the name: only while another process is in a call, by the file that
/// SQRTN_SOFT_SHARED names.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "plain_blas.hpp"
#include "soft_unit.hpp"

namespace {

using namespace sqrtn::verify;

struct Planted {
  SoftFault fault;
  bool only_when_busy = false;
};

const Planted& planted() {
  static const Planted chosen = [] {
    Planted planted;
    const char* value = std::getenv("SQRTN_SOFT");
    std::istringstream stream(value != nullptr ? value : "");
    std::string word;
    if (std::getline(stream, word, ',')) planted.fault.name = word;
    if (planted.fault.name.starts_with("busy-")) {
      planted.only_when_busy = true;
      planted.fault.name.erase(0, 5);
    }
    const auto number = [&](auto& to) {
      if (std::getline(stream, word, ',')) to = static_cast<std::remove_reference_t<decltype(to)>>(std::stoll(word));
    };
    number(planted.fault.rate);
    number(planted.fault.core);
    number(planted.fault.size);
    number(planted.fault.after);
    number(planted.fault.every_call);
    return planted;
  }();
  return chosen;
}

/// Counts the processes that are in a call.
std::atomic<int>& busy() {
  static std::atomic<int>* shared = [] {
    const char* path = std::getenv("SQRTN_SOFT_SHARED");
    const int file = path != nullptr ? open(path, O_RDWR | O_CREAT, 0600) : -1;
    void* at = file >= 0 && ftruncate(file, 4096) == 0
                   ? mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
                   : MAP_FAILED;
    static std::atomic<int> own = 0;
    return at == MAP_FAILED ? &own : static_cast<std::atomic<int>*>(at);
  }();
  return *shared;
}

template <class T>
void gemm(int layout, int trans_a, int trans_b, int m, int n, int k, T alpha, const T* a, int lda, const T* b, int ldb,
          T beta, T* c, int ldc) {
  const bool plain = layout == 101 && trans_a == 111 && trans_b == 111 && m == n && n == k && lda == k && ldb == n &&
                     ldc == n && alpha == 1 && beta == 0;
  if (!plain) return plain_gemm<T>(layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  const bool others = busy()++ > 0;
  static const SoftFault none;
  soft_gemm(planted().only_when_busy && !others ? none : planted().fault, n, a, b, c);
  --busy();
}

}  // namespace

#define SQRTN_SOFT(T, p)                                                                                              \
  void cblas_##p##gemm(int layout, int trans_a, int trans_b, int m, int n, int k, T alpha, const T* a, int lda,       \
                       const T* b, int ldb, T beta, T* c, int ldc) {                                                  \
    gemm<T>(layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);                                  \
  }                                                                                                                   \
  void cblas_##p##gemv(int layout, int trans, int m, int n, T alpha, const T* a, int lda, const T* x, int incx,       \
                       T beta, T* y, int incy) {                                                                      \
    plain_gemv<T>(layout, trans, m, n, alpha, a, lda, x, incx, beta, y, incy);                                        \
  }                                                                                                                   \
  void cblas_##p##ger(int layout, int m, int n, T alpha, const T* x, int incx, const T* y, int incy, T* a, int lda) { \
    plain_ger<T>(layout, m, n, alpha, x, incx, y, incy, a, lda);                                                      \
  }                                                                                                                   \
  T cblas_##p##dot(int n, const T* x, int incx, const T* y, int incy) { return plain_dot<T>(n, x, incx, y, incy); }   \
  T cblas_##p##nrm2(int n, const T* x, int incx) { return plain_nrm2<T>(n, x, incx); }                                \
  void cblas_##p##axpy(int n, T alpha, const T* x, int incx, T* y, int incy) {                                        \
    plain_axpy<T>(n, alpha, x, incx, y, incy);                                                                        \
  }                                                                                                                   \
  void cblas_##p##scal(int n, T alpha, T* x, int incx) { plain_scal<T>(n, alpha, x, incx); }

extern "C" {
SQRTN_SOFT(float, s)
SQRTN_SOFT(double, d)
}
