#include <cmath>
#include <set>

#include "faulty_weights.hpp"

/// The claims about whole matrices, each seen to fail on the fault that it is for.
namespace sqrtn::verify {
namespace {

using init::Structure;
using random::Stream;

TEST(StructuredFault, SignsOfTheDiagonalNotCorrected) {
  const auto faulty = with_structured_fault([](const auto& call) { without_sign_correction(call); });
  for (const char* dtype : {"f32", "f64"}) {
    for (const char* claim : {"trace_mean", "diagonal_square", "diagonal_tall", "diagonal_wide"}) {
      EXPECT_TRUE(caught(fmt::format("initialisers/orthogonal/{}/{}", dtype, claim), faulty));
    }
  }
  const claims::Claim orthonormal = claim_of("initialisers/orthogonal/f64/orthonormal");
  EXPECT_EQ(claims::run(orthonormal, faulty, settings()).outcome.verdict, claims::Verdict::pass)
      << "orthonormality alone does not prove Haar measure";
}

TEST(StructuredFault, DeterminantAlwaysOne) {
  const auto faulty = with_structured_fault([](const auto& call) {
    call.draw();
    // The parity of the claim's own elimination is hard to take from a matrix: rotations by their definition.
    const std::size_t n = call.cols();
    if (call.rows() != n) return;
    std::vector<double> a(call.out.begin(), call.out.end());
    bool positive = true;
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t i = k + 1; i < n; ++i) {
        // A Givens rotation has determinant 1 and clears entry (i, k).
        const double c = a[k * n + k], s = a[i * n + k], r = std::hypot(c, s);
        if (r == 0) continue;
        for (std::size_t j = 0; j < n; ++j) {
          const double x = a[k * n + j], y = a[i * n + j];
          a[k * n + j] = (c * x + s * y) / r;
          a[i * n + j] = (c * y - s * x) / r;
        }
      }
      positive ^= a[k * n + k] < 0;
    }
    if (positive) return;
    for (std::size_t j = 0; j < n; ++j) call.out[j] = -call.out[j];
  });
  EXPECT_TRUE(caught("initialisers/orthogonal/f32/determinant", faulty));
  EXPECT_TRUE(caught("initialisers/orthogonal/f64/determinant", faulty));
}

TEST(StructuredFault, WrongOrientation) {
  const auto faulty = with_structured_fault([](const auto& call) {
    // The matrix of the transposed shape, its memory taken as it is.
    auto other = call;
    other.shape = {call.cols(), call.rows()};
    other.draw();
  });
  EXPECT_TRUE(caught("initialisers/orthogonal/f32/orthonormal", faulty));
  EXPECT_TRUE(caught("initialisers/orthogonal/f64/orthonormal", faulty));
}

TEST(StructuredFault, GainTwiceOrForgotten) {
  for (const int power : {0, 2}) {
    const auto faulty = with_structured_fault([power](auto call) {
      call.gain = std::pow(call.gain, power);
      call.draw();
    });
    EXPECT_TRUE(caught("initialisers/orthogonal/f32/orthonormal", faulty)) << power;
    EXPECT_TRUE(caught("initialisers/delta_orthogonal/f64/isometry", faulty)) << power;
    EXPECT_TRUE(caught("initialisers/identity/f32/diagonal", faulty)) << power;
  }
}

TEST(StructuredFault, RowsOnTheSphereButNotOrthogonal) {
  const auto faulty = with_structured_fault([]<class T>(const StructuredCall<T>& call) {
    random::fill_normal<T>(call.stream, call.out, 0, 1);
    for (std::size_t i = 0; i < call.rows(); ++i) {
      const std::span<T> row = call.out.subspan(i * call.cols(), call.cols());
      double norm = 0;
      for (const T w : row) norm = std::hypot(norm, static_cast<double>(w));
      for (T& w : row) w = static_cast<T>(call.gain * static_cast<double>(w) / norm);
    }
  });
  EXPECT_TRUE(caught("initialisers/orthogonal/f32/orthonormal", faulty));
  EXPECT_TRUE(caught("initialisers/orthogonal/f64/orthonormal", faulty));
}

/// A permutation with signs is orthonormal and has a trace of the right mean, but not its law.
TEST(StructuredFault, SignedIdentityForAHaarMatrix) {
  const auto faulty = with_structured_fault([]<class T>(const StructuredCall<T>& call) {
    std::vector<T> signs(call.out.size());
    random::fill_uniform<T>(call.stream, signs, -1, 1);
    std::fill(call.out.begin(), call.out.end(), T(0));
    for (std::size_t i = 0; i < std::min(call.rows(), call.cols()); ++i) {
      call.out[i * call.cols() + i] = std::copysign(static_cast<T>(call.gain), signs[i]);
    }
  });
  EXPECT_TRUE(caught("initialisers/orthogonal/f64/trace_square", faulty));
  EXPECT_TRUE(caught("initialisers/orthogonal/f64/right_invariance", faulty));
  EXPECT_TRUE(caught("initialisers/orthogonal/f32/diagonal_square", faulty));
}

TEST(StructuredFault, SameMatrixEachTime) {
  const auto faulty = with_structured_fault([](auto call) {
    call.stream.offset = 0;
    call.draw();
  });
  EXPECT_TRUE(caught("initialisers/orthogonal/f64/diagonal_tall", faulty));
  EXPECT_TRUE(caught("initialisers/orthogonal/f32/determinant", faulty));
}

TEST(StructuredFault, OneEntryNotANumber) {
  const auto faulty = with_structured_fault([](const auto& call) {
    call.draw();
    call.out[0] = std::nanf("");
  });
  EXPECT_TRUE(caught("initialisers/orthogonal/f64/trace_mean", faulty));
  EXPECT_TRUE(caught("initialisers/orthogonal/f32/diagonal_wide", faulty));
  EXPECT_TRUE(caught("initialisers/orthogonal/f32/orthonormal", faulty));
  EXPECT_TRUE(caught("initialisers/dirac/f32/passes_on", faulty));
}

TEST(StructuredFault, DeltaOffTheCentre) {
  const auto faulty = with_structured_fault([]<class T>(const StructuredCall<T>& call) {
    call.draw();
    if (call.rule.structure == Structure::orthogonal) return;
    std::rotate(call.out.begin(), call.out.begin() + 1, call.out.end());
  });
  EXPECT_TRUE(caught("initialisers/delta_orthogonal/f32/isometry", faulty));
  EXPECT_TRUE(caught("initialisers/delta_orthogonal/f64/isometry", faulty));
  EXPECT_TRUE(caught("initialisers/dirac/f64/passes_on", faulty));
}

/// The whole kernel drawn as one orthogonal matrix: orthonormal, but no isometry of fields.
TEST(StructuredFault, OrthogonalForDeltaOrthogonal) {
  const auto faulty = with_structured_fault([](const auto& call) {
    if (call.rule.structure != Structure::delta_orthogonal) return call.draw();
    auto other = call;
    init::initialise_structured(*init::find_structured("orthogonal"), call.shape, 1, call.gain, call.stream, other.out);
  });
  EXPECT_TRUE(caught("initialisers/delta_orthogonal/f32/isometry", faulty));
}

TEST(StructuredFault, DiracIgnoresGroups) {
  const auto faulty = with_structured_fault([](auto call) {
    call.groups = 1;
    call.draw();
  });
  EXPECT_TRUE(caught("initialisers/dirac/f32/passes_on", faulty));
  EXPECT_TRUE(caught("initialisers/dirac/f64/passes_on", faulty));
}

TEST(StructuredFault, IdentityTransposed) {
  const auto faulty = with_structured_fault([](auto call) {
    call.shape = {call.cols(), call.rows()};
    call.draw();
  });
  EXPECT_TRUE(caught("initialisers/identity/f64/diagonal", faulty));
}

TEST(StructuredClaims, HaveDistinctIds) {
  std::set<std::string> ids;
  for (const claims::Claim& claim : claims::structured_claims(settings())) {
    EXPECT_TRUE(ids.insert(claim.id).second) << claim.id << " occurs twice";
    EXPECT_TRUE(claim.id.starts_with("initialisers/"));
  }
}

}  // namespace
}  // namespace sqrtn::verify
