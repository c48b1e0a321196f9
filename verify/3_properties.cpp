#include <algorithm>
#include <string>
#include <vector>

#include "claims/products/properties.hpp"
#include "plain_blas.hpp"
#include "verify.hpp"

/// What is told of a library without judging it: the plain one, and one that multiplies as Strassen did.
namespace sqrtn::verify {
namespace {

std::vector<claims::Property> properties_of(const blas::Functions& functions) {
  return claims::blas_properties(claims::default_subject(functions, "plain"), settings());
}

std::string value_of(const std::vector<claims::Property>& properties, const std::string& id) {
  const auto found = std::ranges::find(properties, id, &claims::Property::id);
  return found == properties.end() ? "missing" : found->value;
}

double lambda_of(const std::vector<claims::Property>& properties, const std::string& range) {
  const auto found =
      std::ranges::find(properties, "products/gemm/f32/rounding/normal/" + range + "/lambda", &claims::Property::id);
  return found == properties.end() ? 0 : found->number.value_or(0);
}

// Sums of positive terms one after the other: the √n law of rounding.
TEST(Properties, PlainSumsFollowTheSquareRootLaw) {
  const std::vector<claims::Property> properties = properties_of(plain_blas());
  int found = 0;
  for (const claims::Property& property : properties) {
    if (!property.id.starts_with("products/gemm/f32/rounding/positive/") || !property.id.ends_with("/exponent"))
      continue;
    ++found;
    EXPECT_GT(property.confidence_interval->high, 0.4) << property.id;
    EXPECT_LT(property.confidence_interval->low, 0.6) << property.id;
  }
  EXPECT_EQ(found, 2);
  // Beyond 7 with probability 2e-7 for one of 9,216 entries of 4,096 terms, if rounding errors were independent.
  for (const char* range : {"to_256", "from_256"}) {
    const double lambda = lambda_of(properties, range);
    EXPECT_GT(lambda, 0.1);
    EXPECT_LT(lambda, 7);
  }
  for (const char* dtype : {"f32", "f64"}) {
    const std::string gemm = std::string("products/gemm/") + dtype;
    EXPECT_EQ(value_of(properties, gemm + "/grade"), "A");
    EXPECT_EQ(value_of(properties, gemm + "/algorithm"), "conventional");
  }
}

/// X as a matrix of its own, rows first; times `sign` the quadrant at (top, left) of size n.
template <class T>
std::vector<T> sum_of(const T* x, int ld, int n, int top, int left, int other_top, int other_left, T sign) {
  std::vector<T> sum(static_cast<std::size_t>(n) * n);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      const T other = sign == 0 ? T(0) : sign * x[(other_top * n + i) * ld + other_left * n + j];
      sum[static_cast<std::size_t>(i) * n + j] = x[(top * n + i) * ld + left * n + j] + other;
    }
  }
  return sum;
}

/// One level of Strassen's algorithm for even squares in row-major order; else the definition.
template <class T>
void strassen(int layout, int trans_a, int trans_b, int m, int n, int k, T alpha, const T* a, int lda, const T* b,
              int ldb, T beta, T* c, int ldc) {
  if (layout != 101 || trans_a != 111 || trans_b != 111 || m != n || n != k || n % 2 != 0 || alpha != 1 || beta != 0) {
    return plain_gemm<T>(layout, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  }
  const int h = n / 2;
  const auto of_a = [&](int i, int j, int p, int q, T s) { return sum_of<T>(a, lda, h, i, j, p, q, s); };
  const auto of_b = [&](int i, int j, int p, int q, T s) { return sum_of<T>(b, ldb, h, i, j, p, q, s); };
  const auto product = [&](const std::vector<T>& x, const std::vector<T>& y) {
    std::vector<T> z(x.size(), T(0));
    for (int i = 0; i < h; ++i) {
      for (int p = 0; p < h; ++p) {
        for (int j = 0; j < h; ++j) z[i * h + j] += x[i * h + p] * y[p * h + j];
      }
    }
    return z;
  };
  const auto m1 = product(of_a(0, 0, 1, 1, 1), of_b(0, 0, 1, 1, 1)),
             m2 = product(of_a(1, 0, 1, 1, 1), of_b(0, 0, 0, 0, 0)),
             m3 = product(of_a(0, 0, 0, 0, 0), of_b(0, 1, 1, 1, -1)),
             m4 = product(of_a(1, 1, 0, 0, 0), of_b(1, 0, 0, 0, -1)),
             m5 = product(of_a(0, 0, 0, 1, 1), of_b(1, 1, 0, 0, 0)),
             m6 = product(of_a(1, 0, 0, 0, -1), of_b(0, 0, 0, 1, 1)),
             m7 = product(of_a(0, 1, 1, 1, -1), of_b(1, 0, 1, 1, 1));
  for (int i = 0; i < h; ++i) {
    for (int j = 0; j < h; ++j) {
      const std::size_t e = static_cast<std::size_t>(i) * h + j;
      c[i * ldc + j] = m1[e] + m4[e] - m5[e] + m7[e];
      c[i * ldc + h + j] = m3[e] + m5[e];
      c[(h + i) * ldc + j] = m2[e] + m4[e];
      c[(h + i) * ldc + h + j] = m1[e] - m2[e] + m3[e] + m6[e];
    }
  }
}

TEST(Properties, StrassensAlgorithmIsGradedByNormsAndNamed) {
  blas::Functions functions = plain_blas();
  functions.f32.gemm = strassen<float>;
  functions.f64.gemm = strassen<double>;
  const std::vector<claims::Property> properties = properties_of(functions);
  for (const char* dtype : {"f32", "f64"}) {
    const std::string gemm = std::string("products/gemm/") + dtype;
    EXPECT_EQ(value_of(properties, gemm + "/grade"), "C");
    EXPECT_EQ(value_of(properties, gemm + "/algorithm"), "Strassen-like");
  }
}

}  // namespace
}  // namespace sqrtn::verify
