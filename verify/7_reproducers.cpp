#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "claims/last_call.hpp"
#include "claims/routines/routines.hpp"
#include "described_blas.hpp"
#include "libraries/last_call.hpp"
#include "program.hpp"
#include "scratch.hpp"
#include "verify.hpp"

/// Findings as programs in C, compiled and run.
namespace sqrtn::verify {
namespace {

namespace fs = std::filesystem;

TEST(Reproducers, ShowTheFindingWithoutSqrtn) {
  const Folder folder;
  if (shell(folder, "cc --version").code != 0) GTEST_SKIP() << "no C compiler";
  // Findings of Debian's OpenBLAS, whatever its kernels: complex dot products that read past a vector with gaps.
  const Ended ended = shell(folder, "sqrtn verify --filter '^products/(dotu|dotc|asum|sum)/' --reproducer found");
  if (ended.code == 0) GTEST_SKIP() << "the library has none of the findings that this test knows";
  EXPECT_EQ(ended.code, 1) << ended.err;
  std::size_t n_programs = 0;
  for (const auto& file : fs::directory_iterator(folder / "found")) {
    ++n_programs;
    const std::string text = content_of(file.path().string());
    EXPECT_LE(std::ranges::count(text, '\n'), 15) << text;
    const Ended built =
        shell(folder, "cc -Wall -Werror '" + file.path().string() + "' -o shows -lm -l:libopenblas.so.0");
    EXPECT_EQ(built.code, 0) << built.err << text;
    EXPECT_NE(shell(folder, "./shows").code, 0) << text;
  }
  EXPECT_GT(n_programs, 0U);
}

/// Batches in C, of whole numbers INT, which spoil the last entry of each product, or write behind it, if they are told
/// to.
constexpr const char* batches_in_c = R"(
#include <complex.h>
#define BATCHES(T, letter, SCALAR, scalar)                                                                       \
  static void letter##one(int layout, int ta, int tb, INT m, INT n, INT k, T alpha, const T *a, INT lda,         \
                          const T *b, INT ldb, T beta, T *c, INT ldc) {                                          \
    const int a_by_rows = (layout == 101) == (ta == 111), b_by_rows = (layout == 101) == (tb == 111);            \
    for (INT i = 0; i < m; ++i)                                                                                  \
      for (INT j = 0; j < n; ++j) {                                                                              \
        T sum = 0, *out = layout == 101 ? c + i * ldc + j : c + i + j * ldc;                                     \
        for (INT p = 0; p < k; ++p) {                                                                            \
          const T x = a[a_by_rows ? i * lda + p : i + p * lda], y = b[b_by_rows ? p * ldb + j : p + j * ldb];    \
          sum += (T)(ta == 113 ? conj(x) : x) * (T)(tb == 113 ? conj(y) : y);                                    \
        }                                                                                                        \
        *out = alpha * sum + (beta == 0 ? 0 : beta * *out);                                                      \
      }                                                                                                          \
    const INT last = layout == 101 ? (m - 1) * ldc + n - 1 : m - 1 + (n - 1) * ldc;                              \
    if (SPOILT) c[last] += 1;                                                                                    \
    if (BEHIND) c[last + 1] = 0;                                                                                 \
  }                                                                                                              \
  void letter##gemm_batch(int layout, const int *ta, const int *tb, const INT *m, const INT *n, const INT *k,    \
                          const T *alpha, const T **a, const INT *lda, const T **b, const INT *ldb,              \
                          const T *beta, T **c, const INT *ldc, INT groups, const INT *sizes) {                  \
    for (INT g = 0, at = 0; g < groups; ++g)                                                                     \
      for (INT i = 0; i < sizes[g]; ++i, ++at)                                                                   \
        letter##one(layout, ta[g], tb[g], m[g], n[g], k[g], alpha[g], a[at], lda[g], b[at], ldb[g], beta[g],     \
                    c[at], ldc[g]);                                                                              \
  }                                                                                                              \
  void letter##gemm_batch_strided(int layout, int ta, int tb, INT m, INT n, INT k, SCALAR alpha, const T *a,     \
                                  INT lda, INT to_a, const T *b, INT ldb, INT to_b, SCALAR beta, T *c, INT ldc,  \
                                  INT to_c, INT count) {                                                         \
    for (INT i = 0; i < count; ++i)                                                                              \
      letter##one(layout, ta, tb, m, n, k, scalar alpha, a + i * to_a, lda, b + i * to_b, ldb, scalar beta,      \
                  c + i * to_c, ldc);                                                                            \
  }
BATCHES(float, s, float, )
BATCHES(double complex, z, const double complex *, *)
)";

template <class T>
void spoil_last_entry(const blas::Call& call) {
  enum Place { m = 2, n, k, c = 11, ldc };
  const auto integer = [&](Place place) { return call.values[place].integer; };
  // Where there are several parts, so that the entry is in the last.
  if (integer(m) != 3 || integer(n) != 6 || integer(k) != 2) return;
  static_cast<T*>(call.values[c].address)[call.row_major ? 2 * integer(ldc) + 5 : 5 * integer(ldc) + 2] += 1;
}

/// The program of the claim's first finding in batches of which the last entry is spoilt, or the next one written.
std::string program_of(const std::string& claim, bool writes_behind, int integer_bits) {
  claims::Subject subject = claims::default_subject({}, "batches");
  const RoutineFault fault{.name = "", .fits = nullptr, .writes_after = writes_behind};
  blas::Interface interface = described_blas(fault);
  interface.integer_bits = integer_bits;
  interface.call = [writes_behind, call_described = interface.call](const blas::Call& call) {
    call_described(call);
    if (writes_behind) return;
    if (call.type == 's') spoil_last_entry<float>(call);
    if (call.type == 'z') spoil_last_entry<std::complex<double>>(call);
  };
  subject.interfaces = {interface};
  for (const claims::Claim& one : claims::routine_claims()) {
    if (one.id == "products/" + claim) return claims::run(one, subject, settings()).outcome.program;
  }
  return {};
}

TEST(Reproducers, OfBatchesTellWrongLibrariesFromRightOnes) {
  const Folder folder;
  if (shell(folder, "cc --version").code != 0) GTEST_SKIP() << "no C compiler";
  std::ofstream(folder / "batches.c") << batches_in_c;
  for (const char* claim : {"gemm_batch/c128/exact_small", "gemm_batch/f32/inside",
                            "gemm_batch_strided/f32/exact_small", "gemm_batch_strided/c128/inside"}) {
    const bool is_inside = std::string_view(claim).ends_with("inside"),
               is_wide = std::string_view(claim).find("c128") != std::string_view::npos;
    const std::string text = program_of(claim, is_inside, is_wide ? 64 : 32);
    std::ofstream(folder / "shows.c") << text;
    EXPECT_LE(std::ranges::count(text, '\n'), 14) << "a line more says how it is compiled";
    const auto code = [&](const char* spoilt, const char* behind) {
      const Ended built =
          shell(folder, fmt::format("cc -Wall -Werror shows.c -c -o shows.o && cc -DSPOILT={} -DBEHIND={} "
                                    "-DINT={} batches.c shows.o -o shows -lm",
                                    spoilt, behind, is_wide ? "long" : "int"));
      EXPECT_EQ(built.code, 0) << built.err << text;
      return shell(folder, "./shows").code;
    };
    EXPECT_EQ(code("0", "0"), 0) << claim << '\n' << text;
    EXPECT_NE(is_inside ? code("0", "1") : code("1", "0"), 0) << claim << '\n' << text;
  }
}

TEST(Reproducers, OfACallThatEndsTheProcessAreEndedToo) {
  const Folder folder;
  if (shell(folder, "cc --version").code != 0) GTEST_SKIP() << "no C compiler";
  const std::string library = (program_folder() / "rude-blas.so").string();
  const Ended ended = shell(folder,
                            "SQRTN_RUDE=crash sqrtn verify --filter '^products/dot/f32/exact_(small|large)$' "
                            "--reproducer found --json found.json --blas " +
                                library);
  EXPECT_EQ(ended.code, 1) << ended.err;
  for (const char* claim : {"small", "large"}) {
    const std::string text = content_of(folder / fmt::format("found/products-dot-f32-exact_{}.c", claim).c_str());
    EXPECT_TRUE(holds(text, "cblas_sdot("));
    std::ofstream(folder / "shows.c") << text;
    EXPECT_EQ(shell(folder, "cc -Wall -Werror shows.c -o shows -lm " + library).code, 0) << text;
    EXPECT_EQ(shell(folder, "SQRTN_RUDE=crash ./shows").code, 134) << "aborted";
    EXPECT_EQ(shell(folder, "./shows").code, 0);
    EXPECT_TRUE(holds(ended.out, "killed by signal 6 (aborted) in cblas_sdot n=")) << claim;
  }
}

using Variables = EnvironmentAdditions;

/// A child that counts so many calls and does not answer, but where it stops before call `first_wrong` + 1.
libraries::Answer answer_of(const Variables& variables, const claims::CallCounts& counts, std::uint64_t first_wrong) {
  libraries::Answer answer;
  if (const auto file = variables.find(claims::count_calls_in); file != variables.end()) {
    std::fstream(file->second, std::ios::binary | std::ios::in | std::ios::out)
        .write(reinterpret_cast<const char*>(&counts), sizeof counts);
    return answer;
  }
  const std::uint64_t stop = std::stoull(variables.at(claims::stop_at_call));
  if (stop > first_wrong) return answer;
  claims::Outcome outcome;
  outcome.reason = fmt::format("call {}", stop);
  answer.document.emplace().claims.push_back({.claim = {}, .outcome = outcome});
  return answer;
}

TEST(LastCall, IsTheOneUnderWayOrTheOneThatSpoiltTheHeap) {
  const auto told = [](const claims::CallCounts& counts, std::uint64_t first_wrong) {
    const auto last =
        libraries::last_call([&](const Variables& variables) { return answer_of(variables, counts, first_wrong); });
    return last ? last->reason : "";
  };
  EXPECT_EQ(told({40, 39}, 40), "in call 40");
  EXPECT_EQ(told({40, 40}, 40), "after call 40");
  for (const std::uint64_t wrong : {1, 2, 17, 39})
    EXPECT_EQ(told({40, 40}, wrong), fmt::format("after call {}", wrong));
  EXPECT_EQ(told({0, 0}, 40), "");
  EXPECT_EQ(told({40, 40}, 0), "") << "no call is to blame";
}

TEST(Reproducers, AreRefusedWhereTheFolderIsAFile) {
  const Folder folder;
  std::ofstream(folder / "file") << "kept";
  const Ended ended = shell(folder, "sqrtn verify --filter '^products/dotu/' --reproducer file");
  EXPECT_EQ(ended.code, 2);
  EXPECT_TRUE(holds(ended.err, "--reproducer"));
  EXPECT_EQ(content_of(folder / "file"), "kept");
}

}  // namespace
}  // namespace sqrtn::verify
