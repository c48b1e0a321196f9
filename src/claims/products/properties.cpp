#include "claims/products/properties.hpp"

#include <algorithm>
#include <array>
#include <cfenv>
#include <cmath>

#include "claims/judge.hpp"
#include "claims/products/checks.hpp"
#include "claims/products/forked.hpp"
#include "claims/products/rounding.hpp"
#include "claims/routines/answer.hpp"

namespace sqrtn::claims {

using blas::Op;

namespace {

constexpr const char* reproducibility_source =
    "design of this project; the BLAS standard says nothing of the order of summation";
constexpr const char* grading_source = "Demmel and others, How to grade the accuracy of an implementation of the BLAS";

/// The properties of one type, as they are found.
template <class T>
class Properties {
 public:
  Properties(const Subject& subject, TestData& data, std::vector<Property>& all)
      : subject_(subject), data_(data), all_(all) {}

  void add_rounding(const blas::Operation& operation, Inputs inputs, std::size_t k_from) {
    const auto growth = rounding_growth<T>(operation, inputs, k_from, products_of(subject_), data_);
    if (!growth) return;
    const std::string name = fmt::format("rounding/{}/{}/", to_string(inputs), k_from == 16 ? "to_256" : "from_256");
    const std::string where = fmt::format(", {} ≤ k < {}", k_from, 16 * k_from);
    const std::string law = "error/(u|A||B|) ≈ constant·k^p" + where;
    constexpr const char* source = "Higham and Mary, SIAM J. Sci. Comput. 41 (2019) A2815; laws.md §9";
    add_number(operation.name, name + "exponent", "p in " + law, source, growth->exponent.value,
               growth->exponent.interval);
    add_number(operation.name, name + "constant", "constant in " + law, source, growth->constant.value,
               growth->constant.interval);
    add_number(operation.name, name + "lambda",
               "largest λ = error/(√k·u·|A||B|)" + where +
                   "; if rounding errors are independent with mean 0, an entry exceeds λ with probability at "
                   "most 2k·exp(−λ²/2)",
               "Higham and Mary, SIAM J. Sci. Comput. 41 (2019) A2815, theorem 3.1", growth->largest, {});
  }

  void add_algorithm() {
    add("gemm", "grade",
        "A: error within f(k)·u·|A||B| entry by entry; B: within f(k)·u·‖aᵢ‖‖bⱼ‖; C: within f(k)·u·‖A‖‖B‖; f linear",
        grading_source, grade<T>(products_of(subject_), data_));
    add("gemm", "algorithm", "a block that is 0 by planted zeros is returned as 0: conventional", grading_source,
        is_conventional<T>(products_of(subject_), data_) ? "conventional" : "Strassen-like");
  }

  void add_reproducibility() {
    const auto add_sameness = [this](std::string_view name, const char* statement, bool same) {
      add("gemm", name, statement, reproducibility_source, same ? "the same bits" : "other bits");
    };
    const blas::Interface products = products_of(subject_);
    Instance<T> instance =
        rounding_instance<T>(described("gemm"), {.row_major = true, .m = 130, .n = 257, .k = 300}, data_);
    const auto repeats = [&] { return first_other_answer(instance, products, 20) == 0; };
    add_sameness("run_to_run", "20 equal calls of one thread give", repeats());
    const std::vector<T> one_thread = answer(instance, products);
    if (!subject_.set_blas_threads || subject_.set_blas_threads(4) == 1) return;
    add_sameness("run_to_run_threaded", "20 equal calls of several threads give", repeats());
    add_sameness("threads", "several threads give, compared with one", answers(instance, products, one_thread));
    subject_.set_blas_threads(1);
  }

  /// Where few accumulators are used, terms are lost in what has been added up before.
  void add_long_sum() {
    constexpr std::size_t n = 10'000'000;
    Buffer<T> x(n);
    Buffer<T> y(n);
    data_.fill(x.span(), Inputs::positive);
    data_.fill(y.span(), Inputs::positive);
    blas::reference::Wide<T> sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += static_cast<blas::reference::Wide<T>>(x[i]) * y[i];
    const auto got =
        static_cast<blas::reference::Wide<T>>(blas::dot<T>(subject_.products, {x.data(), n}, {y.data(), n}));
    add_number("dot", "long_sum", "relative error of a sum of 10⁷ products of two numbers of U(0,1)", grading_source,
               static_cast<double>(std::abs(got - sum) / sum), {});
  }

  /// What is left open about 0 and NaN; each is one call on operands of size 2.
  void add_open_questions() {
    const blas::Functions& blas = subject_.products;
    constexpr T nan = std::numeric_limits<T>::quiet_NaN();
    const auto word = [](T x) { return std::isnan(x) ? "NaN" : std::signbit(x) ? "-0" : x == 0 ? "0" : "a number"; };
    const std::array<T, 2> nans{nan, nan};
    const std::array<T, 2> zeros{0, 0};
    std::array<T, 4> c{};
    blas::ger<T>(blas, 1, {nans.data(), 2}, {zeros.data(), 2}, {c.data(), 2, 2});
    add("ger", "zero_times_nan", "0·NaN in xyᵀ is taken for",
        "reference BLAS 3.11 skips a zero factor: 'IF (Y(JY).NE.ZERO)'", word(c[0]));
    if (blas.of<T>().syrk != nullptr) {
      const std::array<T, 2> column{0, nan};
      c = {};
      blas::syrk<T>(blas, blas::Triangle::upper, Op::none, 1, {column.data(), 2, 1}, 0, {c.data(), 2, 2});
      add("syrk", "zero_times_nan", "0·NaN in AAᵀ is taken for", "reference BLAS 3.11: 'IF (A(J,L).NE.ZERO)'",
          word(c[1]));
    }
    if (blas.of<T>().trsm != nullptr) {
      const std::array<T, 4> lower{1, 0, nan, 1};
      c = {};
      blas::trsm<T>(blas, blas::Side::left, blas::Triangle::lower, Op::none, blas::Diagonal::stored, 1,
                    {lower.data(), 2, 2}, {c.data(), 2, 1});
      add("trsm", "zero_times_nan", "0·NaN in a substitution is taken for",
          "reference BLAS 3.11: 'IF (B(K,J).NE.ZERO)'", word(c[1]));
    }
    const T minus_zero(-0.0);
    const T one(1);
    c = {1};
    blas::gemm<T>(blas, Op::none, Op::none, 1, {&minus_zero, 1, 1}, {&one, 1, 1}, 0, {c.data(), 1, 1});
    add("gemm", "minus_zero", "a sum of the one product −0·1 is", "IEEE 754-2019, 6.3; the BLAS standard is silent",
        word(c[0]));
  }

 private:
  void add(std::string_view routine, std::string_view name, std::string statement, const char* source,
           std::string value) {
    const std::string id = fmt::format("products/{}/{}/{}", routine, dtype_name<T>(), name);
    all_.push_back({id, std::move(statement), source, std::move(value), {}, {}});
  }
  void add_number(std::string_view routine, std::string_view name, std::string statement, const char* source,
                  double value, std::optional<statistics::Interval> interval) {
    add(routine, name, std::move(statement), source, fmt::format("{:.3g}", value));
    all_.back().number = value;
    all_.back().confidence_interval = interval;
  }

  const Subject& subject_;
  TestData& data_;
  std::vector<Property>& all_;
};

template <class T>
void add_all(const Subject& subject, const Settings& settings, std::vector<Property>& all) {
  TestData data(settings.seed, fmt::format("products/properties/{}", dtype_name<T>()));
  std::fesetenv(FE_DFL_ENV);
  Properties<T> properties(subject, data, all);
  for (const char* name : {"gemm", "dot"}) {
    for (const Inputs inputs : {Inputs::normal, Inputs::positive, Inputs::cancelling, Inputs::scaled}) {
      for (const std::size_t k_from : {16, 256}) properties.add_rounding(described(name), inputs, k_from);
    }
  }
  properties.add_algorithm();
  properties.add_long_sum();
  properties.add_reproducibility();
  properties.add_open_questions();
}

/// In a child, so that it comes before this process has had threads of the library.
template <class T>
void add_stack(const Subject& subject, const Settings& settings, std::vector<Property>& all) {
  if (is_sanitized()) return;
  const std::string id = fmt::format("products/all/{}/stack", dtype_name<T>());
  TestData data(settings.seed, id);
  const ChildFault found = fault_on_small_stack<T>(subject, std::size_t{64} << 10, data);
  if (found.no_answer) return;
  all.push_back(
      {id, "for products, a stack of 64 KiB is", design_source, found.text.empty() ? "enough" : "too small", {}, {}});
}

}  // namespace

std::vector<Property> blas_properties(const Subject& subject, const Settings& settings) {
  std::vector<Property> all;
  if (!products_of(subject).has(described("gemm"), 's')) return all;
  add_stack<float>(subject, settings, all);
  add_stack<double>(subject, settings, all);
  add_all<float>(subject, settings, all);
  add_all<double>(subject, settings, all);
  return all;
}

}  // namespace sqrtn::claims
