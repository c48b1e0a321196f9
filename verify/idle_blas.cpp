/// A BLAS that leaves every result as it was. The claims must notice; the command must say so.
#define SQRTN_IDLE(T, p)                                                                             \
  void cblas_##p##gemm(int, int, int, int, int, int, T, const T*, int, const T*, int, T, T*, int) {} \
  void cblas_##p##gemv(int, int, int, int, T, const T*, int, const T*, int, T, T*, int) {}           \
  void cblas_##p##ger(int, int, int, T, const T*, int, const T*, int, T*, int) {}                    \
  T cblas_##p##dot(int, const T*, int, const T*, int) { return 0; }                                  \
  T cblas_##p##nrm2(int, const T*, int) { return 0; }                                                \
  void cblas_##p##axpy(int, T, const T*, int, T*, int) {}                                            \
  void cblas_##p##scal(int, T, T*, int) {}

extern "C" {
SQRTN_IDLE(float, s)
SQRTN_IDLE(double, d)
}
