#include <algorithm>
#include <map>
#include <ostream>
#include <string>

#include "blas/operations.hpp"
#include "claims/routines/own_shapes.hpp"
#include "claims/routines/routines.hpp"
#include "described_blas.hpp"
#include "verify.hpp"

/// Every routine as its description says it, and faults of the kinds that libraries had in each of them.
namespace sqrtn::verify {
namespace {

using blas::Operation;
using What = blas::Argument::What;

bool takes(const Operation& operation, What what) {
  return std::ranges::any_of(operation.arguments, [=](const auto& argument) { return argument.what == what; });
}
bool is_sum(const Operation& operation) { return operation.reduction == blas::Reduction::none && !operation.solves; }
bool writes(const Operation& operation) {
  return operation.outputs.front().operand != '=' && !finds_rotation(operation);
}
bool returns_largest(const Operation& operation) { return is_search(operation) && !returns_index(operation); }

const std::vector<RoutineFault>& routine_faults() {
  static const std::vector<RoutineFault> all{
      {.name = "forgets_the_last_term",
       .fits = [](const Operation& o, char) { return is_sum(o) && o.name != "scal" && o.name != "rscal"; },
       .forgets_last_term = true},
      {.name = "forgets_the_last_entry",
       .fits = [](const Operation& o, char) { return writes(o); },
       .forgets_last_entry = true},
      {.name = "flips_transposition",
       .fits = [](const Operation& o,
                  char) { return takes(o, What::transpose) && takes(o, What::triangle) && takes(o, What::diagonal); },
       .misread = [](claims::Choice& c) { c.transpose_a = c.transpose_a == 'N' ? 'T' : 'N'; }},
      {.name = "forgets_to_conjugate",
       .fits =
           [](const Operation& o, char type) {
             return blas::is_complex(type) && takes(o, What::transpose) && o.complex_transposes == "NTC";
           },
       .misread = [](claims::Choice& c) { c.transpose_a = c.transpose_a == 'C' ? 'T' : c.transpose_a; }},
      {.name = "takes_the_other_side",
       .fits = [](const Operation& o, char) { return takes(o, What::side); },
       .misread =
           [](claims::Choice& c) {
             if (c.m == c.n) c.side = c.side == 'l' ? 'r' : 'l';
           }},
      {.name = "reads_the_other_triangle",
       .fits = [](const Operation& o, char) { return takes(o, What::triangle); },
       .misread = [](claims::Choice& c) { c.triangle = c.triangle == 'U' ? 'L' : 'U'; }},
      {.name = "reads_the_diagonal_of_ones",
       .fits = [](const Operation& o, char) { return takes(o, What::diagonal); },
       .misread = [](claims::Choice& c) { c.diagonal = 'n'; }},
      {.name = "ignores_the_increment",
       .fits = [](const Operation& o, char) { return takes(o, What::increment); },
       .misread = [](claims::Choice& c) { c.increment_x = c.increment_x < 0 ? -1 : 1; }},
      {.name = "takes_a_negative_increment_for_positive",
       .fits = [](const Operation& o, char) { return takes(o, What::increment) && (o.operands.size() > 1); },
       .misread = [](claims::Choice& c) { c.increment_x = std::abs(c.increment_x); }},
      {.name = "swaps_the_bands",
       .fits = [](const Operation& o, char) { return has_argument(o, What::length, 'l'); },
       .misread = [](claims::Choice& c) { std::swap(c.lower, c.upper); }},
      {.name = "ignores_alpha",
       .fits = [](const Operation& o, char) { return has_argument(o, What::scalar, 'a'); },
       .ignores_alpha = true},
      {.name = "ignores_beta",
       .fits = [](const Operation& o, char) { return has_argument(o, What::scalar, 'b'); },
       .ignores_beta = true},
      {.name = "reads_the_result_where_beta_is_zero",
       .fits = [](const Operation& o, char) { return has_argument(o, What::scalar, 'b'); },
       .only = "beta_zero",
       .reads_result = true},
      {.name = "writes_between_columns",
       .fits = [](const Operation& o,
                  char) { return writes(o) && has_argument(o, What::leading, o.outputs.front().operand); },
       .writes_gap = true},
      {.name = "writes_after_its_result",
       .fits = [](const Operation& o, char) { return writes(o); },
       .only = "inside",
       .writes_after = true},
      {.name = "writes_before_its_result",
       .fits = [](const Operation& o, char) { return writes(o); },
       .only = "inside",
       .writes_before = true},
      {.name = "takes_the_last_of_equals",
       .fits = [](const Operation& o, char) { return returns_index(o); },
       .takes_last = true},
      {.name = "returns_the_one_before_the_largest",
       .fits = [](const Operation& o, char) { return returns_largest(o); },
       .forgets_last_entry = true},
      {.name = "takes_sizes_for_numbers",
       .fits = [](const Operation& o, char) { return o.by_sign; },
       .ignores_sign = true},
      {.name = "adds_in_single",
       .fits = [](const Operation& o, char) { return o.adds_in_double; },
       .adds_in_single = true},
      {.name = "adds_in_bfloat16",
       .fits = [](const Operation& o, char) { return has_halves(o) && takes(o, What::scalar) && !o.half_scalars; },
       .keeps_few_digits = true},
      {.name = "forgets_what_is_added",
       .fits = [](const Operation& o, char) { return has_argument(o, What::scalar, 'o'); },
       .ignores_beta = true},
      {.name = "forgets_imaginary_parts",
       .fits = [](const Operation& o, char type) { return o.name == "sum" && blas::is_complex(type); },
       .misdescribe = [](Operation& o) { o.outputs.front().terms.pop_back(); }},
      {.name = "does_not_conjugate_the_sine",
       .fits = [](const Operation& o, char) { return o.name == "crot"; },
       .misdescribe = [](Operation& o) { o.outputs.back().terms.front().scalar = '-'; }},
      {.name = "swaps_what_is_beside_the_diagonal",
       .fits = [](const Operation& o, char) { return o.name == "rotm"; },
       .misdescribe =
           [](Operation& o) {
             o.outputs.front().terms.front().scalar = 'r';
             o.outputs.back().terms.front().scalar = 'q';
           }},
      {.name = "reads_all_of_a_rotation",
       .fits = [](const Operation& o, char) { return o.name == "rotm"; },
       .misread = [](claims::Choice& c) { c.rotation = c.rotation == 1 ? -1 : c.rotation; }},
      {.name = "turns_the_other_way",
       .fits = [](const Operation& o, char) { return finds_rotation(o); },
       .flips_rotation = true},
      // Reference BLAS 3.11 and ATLAS 3.10.
      {.name = "sets_a_one_again_each_time_it_scales",
       .fits = [](const Operation& o, char) { return o.reduction == blas::Reduction::modified_rotation; },
       .only = "extremes",
       .skips_second_scaling = true},
      {.name = "copies_in_place_without_transposing",
       .fits = [](const Operation& o, char) { return o.name == "imatcopy"; },
       .misread =
           [](claims::Choice& c) {
             if (c.m == c.n) c.transpose_a = 'N';
           }},
      {.name = "does_not_conjugate_a_factor",
       .fits =
           [](const Operation& o, char type) {
             return blas::is_complex(type) && std::ranges::any_of(o.outputs.front().terms, [](const auto& t) {
                      return t.left.conjugated || t.right.conjugated;
                    });
           },
       .misdescribe =
           [](Operation& o) {
             for (blas::Term& term : o.outputs.front().terms) term.left.conjugated = term.right.conjugated = false;
           }},
  };
  return all;
}

/// Whether some claim about the routine in that type fails, and the claim that crashed or failed first.
template <class T>
std::string found_by(const Operation& operation, const RoutineFault& fault, std::vector<std::string>& wrongly) {
  claims::Subject subject = claims::default_subject({}, "described");
  subject.interfaces = {described_blas(fault)};
  const std::string prefix = fmt::format("products/{}/{}/", operation.name, claims::scalar_name<T>);
  for (const claims::Claim& claim : claims::routine_claims()) {
    if (!claim.id.starts_with(prefix) || !claim.id.ends_with(fault.only)) continue;
    const claims::Result result = claims::run(claim, subject, settings());
    if (result.outcome.verdict == claims::Verdict::fail) return claim.id + ": " + result.outcome.reason;
    if (result.outcome.verdict != claims::Verdict::pass) wrongly.push_back(claims::describe(result));
  }
  return {};
}

template <class T>
void expect_right(const Operation& operation) {
  if (operation.types.find(claims::blas_type<T>) == std::string_view::npos) return;
  std::vector<std::string> skipped;
  EXPECT_EQ(found_by<T>(operation, {}, skipped), "");
  EXPECT_EQ(skipped, std::vector<std::string>{});
}

TEST(RoutinesSlow, AreRightAsDescribed) {
  for (const Operation& operation : blas::operations()) expect_right<float>(operation);
}

TEST(RoutinesSlow, AreRightAsDescribedInComplexTypes) {
  for (const Operation& operation : blas::operations()) expect_right<std::complex<float>>(operation);
}

class RoutineFaults : public testing::TestWithParam<RoutineFault> {};

template <class T>
void expect_caught(const Operation& operation, const RoutineFault& fault, std::size_t& n) {
  if (operation.types.find(claims::blas_type<T>) == std::string_view::npos) return;
  if (!fault.fits(operation, claims::blas_type<T>)) return;
  ++n;
  std::vector<std::string> skipped;
  EXPECT_NE(found_by<T>(operation, fault, skipped), "")
      << operation.name << " in " << claims::scalar_name<T> << " survives";
}

TEST_P(RoutineFaults, AreCaught) {
  std::size_t n = 0;
  for (const Operation& operation : blas::operations()) {
    expect_caught<float>(operation, GetParam(), n);
    expect_caught<std::complex<float>>(operation, GetParam(), n);
  }
  EXPECT_GT(n, 0U);
}

/// "", or the first claim about that shape that the fault breaks.
std::string found_at(const char* shape, const RoutineFault& fault) {
  claims::Subject subject = claims::default_subject({}, "described");
  subject.interfaces = {described_blas(fault)};
  for (const claims::Claim& claim : claims::claims_of_shape(shape)) {
    const claims::Result result = claims::run(claim, subject, settings());
    if (result.outcome.verdict != claims::Verdict::pass) return claim.id;
  }
  return {};
}

// What no sweep meets is met by whoever names it.
TEST(OwnShapes, AreJudged) {
  const RoutineFault at_one_shape{.name = "transposed_at_one_shape", .fits = nullptr, .misread = [](claims::Choice& c) {
                                    if (c.m == 23 && c.n == 29 && c.k == 31)
                                      c.transpose_a = c.transpose_a == 'N' ? 'T' : 'N';
                                  }};
  EXPECT_EQ(found_at("gemm:23x29x31", {}), "");
  EXPECT_EQ(found_at("gemm:23x29x30", at_one_shape), "");
  EXPECT_EQ(found_at("gemm:23x29x31", at_one_shape), "products/gemm/f32/23x29x31/exact");
  EXPECT_EQ(claims::own_shape("products/gemm/f32/23x29x31/exact"), "gemm:23x29x31");
  EXPECT_EQ(claims::own_shape("products/gemm/f32/exact_small"), std::nullopt);
}

TEST(OwnShapes, WhatCannotBeJudgedIsRefused) {
  const auto complaint = [](const char* shape) {
    try {
      claims::claims_of_shape(shape);
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  EXPECT_EQ(complaint("gemm:3x3"), "'gemm:3x3' has 2 lengths; gemm has 3: m, n, k");
  EXPECT_TRUE(complaint("gem:3x3x3").starts_with("'gem:3x3x3' names no routine: did you mean 'gemv'? "));
  EXPECT_TRUE(complaint("trsm:5000x5000").starts_with("'trsm:5000x5000': 1.2e+11 multiplications"));
  EXPECT_TRUE(complaint("dot:99999999999").find("lengths below 2^31") != std::string::npos);
  EXPECT_TRUE(complaint("gemm:90000x90000x9").find("bytes of memory") != std::string::npos);
  EXPECT_EQ(complaint("gbmv:20x30x3x4"), "none");
}

INSTANTIATE_TEST_SUITE_P(Each, RoutineFaults, testing::ValuesIn(routine_faults()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace sqrtn::verify
