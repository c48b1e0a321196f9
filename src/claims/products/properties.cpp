#include "claims/products/properties.hpp"

#include <algorithm>
#include <cfenv>
#include <cmath>
#include <span>

#include "claims/judge.hpp"
#include "claims/products/operands.hpp"
#include "claims/products/rounding.hpp"

namespace sqrtn::claims {

using blas::Op;

namespace {

template <class T>
std::string id_of(std::string_view routine, std::string_view name) {
  return fmt::format("products/{}/{}/{}", routine, dtype_name<T>(), name);
}

const Product& product_of(Routine routine) { return *std::ranges::find(products(), routine, &Product::routine); }

/// Whether 20 calls give the same bits.
template <class T>
bool repeats(const blas::Functions& blas, Operands<T>& operands) {
  const Product& gemm = product_of(Routine::gemm);
  const Buffer<T> first = answer(gemm, blas, operands);
  for (int call = 0; call < 20; ++call) {
    if (!std::ranges::equal(std::as_bytes(answer(gemm, blas, operands).span()), std::as_bytes(first.span())))
      return false;
  }
  return true;
}

constexpr const char* reproducibility_source =
    "design of this project; the BLAS standard says nothing of the order of summation";
constexpr const char* same = "the same bits";
constexpr const char* other = "other bits";

template <class T>
void add_reproducibility(const Subject& subject, TestData& data, std::vector<Property>& all) {
  const auto several = [&] { return subject.set_blas_threads ? subject.set_blas_threads(4) : 1; };
  Operands<T> operands(product_of(Routine::gemm), {}, {130, 257, 300}, Inputs::normal, 0, data);
  const bool alone = repeats(subject.products, operands);
  all.push_back({id_of<T>("gemm", "run_to_run"),
                 "20 equal calls of one thread give",
                 reproducibility_source,
                 alone ? same : other,
                 {},
                 {}});
  const Buffer<T> one_thread = answer(product_of(Routine::gemm), subject.products, operands);
  if (several() == 1) return;
  all.push_back({id_of<T>("gemm", "run_to_run_threaded"),
                 "20 equal calls of several threads give",
                 reproducibility_source,
                 repeats(subject.products, operands) ? same : other,
                 {},
                 {}});
  const bool equal = same_bits(operands.c, std::span<const T>(one_thread.span()));
  subject.set_blas_threads(1);
  all.push_back({id_of<T>("gemm", "threads"),
                 "several threads give, compared with one",
                 reproducibility_source,
                 equal ? same : other,
                 {},
                 {}});
}

/// What is left open about 0 and NaN; each is one call on operands of size 2.
template <class T>
void add_open_questions(const blas::Functions& blas, std::vector<Property>& all) {
  constexpr T nan = std::numeric_limits<T>::quiet_NaN();
  const auto word = [](T x) { return std::isnan(x) ? "NaN" : std::signbit(x) ? "-0" : x == 0 ? "0" : "a number"; };
  const auto add = [&all, word](std::string_view routine, std::string_view name, const char* statement,
                                const char* source, T value) {
    all.push_back({id_of<T>(routine, name), statement, source, word(value), {}, {}});
  };
  constexpr const char* skips = "reference BLAS 3.11 skips a zero factor: 'IF (Y(JY).NE.ZERO)'";
  const std::vector<T> x{nan, nan}, zeros{0, 0}, identity{1, 0, 0, 1}, row{0, nan};
  std::vector<T> c{0, 0, 0, 0};
  blas::ger<T>(blas, 1, {x.data(), 2}, {zeros.data(), 2}, {c.data(), 2, 2});
  add("ger", "zero_times_nan", "0·NaN in xyᵀ is taken for", skips, c[0]);
  if (blas.of<T>().syrk != nullptr) {
    c = {0, 0, 0, 0};
    blas::syrk<T>(blas, blas::Triangle::upper, Op::none, 1, {row.data(), 2, 1}, 0, {c.data(), 2, 2});
    add("syrk", "zero_times_nan", "0·NaN in AAᵀ is taken for", "reference BLAS 3.11: 'IF (A(J,L).NE.ZERO)'", c[1]);
  }
  if (blas.of<T>().trsm != nullptr) {
    const std::vector<T> lower{1, 0, nan, 1};
    c = {0, 0};
    blas::trsm<T>(blas, blas::Side::left, blas::Triangle::lower, Op::none, blas::Diagonal::stored, 1,
                  {lower.data(), 2, 2}, {c.data(), 2, 1});
    add("trsm", "zero_times_nan", "0·NaN in a substitution is taken for", "reference BLAS 3.11: 'IF (B(K,J).NE.ZERO)'",
        c[1]);
  }
  const std::vector<T> minus_zero{T(-0.0)}, one{1};
  c = {1};
  blas::gemm<T>(blas, Op::none, Op::none, 1, {minus_zero.data(), 1, 1}, {one.data(), 1, 1}, 0, {c.data(), 1, 1});
  add("gemm", "minus_zero", "a sum of the one product −0·1 is", "IEEE 754-2019, 6.3; the BLAS standard is silent",
      c[0]);
}

template <class T>
void add_all(const Subject& subject, const Settings& settings, std::vector<Property>& all) {
  const std::string id = fmt::format("products/properties/{}", dtype_name<T>());
  TestData data(settings.seed, id);
  std::fesetenv(FE_DFL_ENV);
  for (const Routine routine : {Routine::gemm, Routine::dot}) {
    for (const Inputs inputs : {Inputs::normal, Inputs::positive, Inputs::cancelling, Inputs::scaled}) {
      for (const std::size_t k_from : {16, 256}) {
        const auto growth = rounding_growth<T>(product_of(routine), inputs, k_from, subject.products, data);
        if (!growth) continue;
        const std::string range = k_from == 16 ? "to_256" : "from_256", law = "error/(u|A||B|) ≈ constant·k^p",
                          where = fmt::format(", {} ≤ k < {}", k_from, 16 * k_from);
        const auto add = [&](const std::string& what, const std::string& statement, const Estimate& estimate) {
          all.push_back(
              {id_of<T>(product_of(routine).name, fmt::format("rounding/{}/{}/{}", to_string(inputs), range, what)),
               statement + law + where, "Higham and Mary, SIAM J. Sci. Comput. 41 (2019) A2815; laws.md §9",
               fmt::format("{:.3g}", estimate.value), estimate.value, estimate.interval});
        };
        add("exponent", "p in ", growth->exponent);
        add("constant", "constant in ", growth->constant);
        all.push_back(
            {id_of<T>(product_of(routine).name, fmt::format("rounding/{}/{}/lambda", to_string(inputs), range)),
             "largest λ = error/(√k·u·|A||B|)" + where +
                 "; if rounding errors are independent with mean 0, an entry exceeds λ with probability at "
                 "most 2k·exp(−λ²/2)",
             "Higham and Mary, SIAM J. Sci. Comput. 41 (2019) A2815, theorem 3.1",
             fmt::format("{:.3g}", growth->largest),
             growth->largest,
             {}});
      }
    }
  }
  all.push_back({id_of<T>("gemm", "grade"),
                 "A: error within f(k)·u·|A||B| entry by entry; B: within f(k)·u·‖aᵢ‖‖bⱼ‖; C: within f(k)·u·‖A‖‖B‖; "
                 "f linear",
                 "Demmel and others, How to grade the accuracy of an implementation of the BLAS",
                 grade<T>(subject.products, data),
                 {},
                 {}});
  all.push_back({id_of<T>("gemm", "algorithm"),
                 "a block that is 0 by planted zeros is returned as 0: conventional",
                 "Demmel and others, How to grade the accuracy of an implementation of the BLAS",
                 is_conventional<T>(subject.products, data) ? "conventional" : "Strassen-like",
                 {},
                 {}});
  add_reproducibility<T>(subject, data, all);
  add_open_questions<T>(subject.products, all);
}

}  // namespace

std::vector<Property> blas_properties(const Subject& subject, const Settings& settings) {
  std::vector<Property> all;
  if (!has<float>(Routine::gemm, subject.products)) return all;
  add_all<float>(subject, settings, all);
  add_all<double>(subject, settings, all);
  return all;
}

}  // namespace sqrtn::claims
