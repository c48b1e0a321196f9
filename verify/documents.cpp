#include "documents.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/summary.hpp"

namespace sqrtn::verify {
namespace {

Environment machine() {
  Environment machine{.cpu_model = "Example <b>CPU</b> & \"Co\"",
                      .cpu_stepping = "family 6 model 143 stepping 8",
                      .architecture = "x86_64",
                      .isa = {"avx2", "fma"},
                      .simd_target = "AVX2",
                      .packages = 1,
                      .cores = 4,
                      .logical_processors = 8,
                      .available_processors = 8,
                      .smt = true,
                      .caches = {{1, 49152, 64, 1}, {3, 33554432, 0, 8}},
                      .memory_bytes = std::size_t{1} << 34,
                      .governor = "",
                      .kernel = "Linux 6.1.0",
                      .hypervisor = "",
                      .compiler = "GNU 12.2.0",
                      .compile_flags = "-O3 -DNDEBUG",
                      .build_type = "Release",
                      .commit = "0123456789ab",
                      .dirty = true,
                      .version = "0.2.0",
                      .libraries = {{"Boost", "1.81"}, {"fmt", "9.1.0"}}};
  return machine;
}

claims::Result result(const std::string& id, claims::Verdict verdict, double observed) {
  claims::Result result;
  result.claim.id = id;
  result.claim.statement = "E x² = σ² <script>alert(1)</script>";
  result.claim.source = "laws.md §4";
  result.claim.engine = "ars";
  result.claim.uses_blas = id.starts_with("products");
  result.claim.alpha = 1e-9;
  result.claim.power = 1 - 1e-6;
  result.claim.effect_size = 0.0025;
  result.outcome.verdict = verdict;
  result.outcome.reason = verdict == claims::Verdict::pass ? "" : "element [3, 4] is 1 | not 2 </script>";
  result.outcome.n_samples = 15138816;
  result.outcome.statistic = 0.4061481631885797;
  result.outcome.p_value = verdict == claims::Verdict::fail ? 1e-300 : 0.6846337390847229;
  result.outcome.observed = observed;
  result.outcome.expected = 1.0 / 3;
  result.outcome.confidence_interval = statistics::Interval{observed - 0.0005, observed + 0.0005};
  result.outcome.time_s = 0.006682943;
  return result;
}

claims::Result exact_result(const std::string& id, claims::Verdict verdict) {
  claims::Result result;
  result.claim.id = id;
  result.claim.statement = "each word is a function of its address";
  result.claim.source = "Salmon and others, SC11 (Random123)";
  result.outcome.verdict = verdict;
  if (verdict == claims::Verdict::skipped) result.outcome.reason = "no BLAS is loaded";
  return result;
}

results::Measurement timing(const std::string& n, double gflop_per_s, const char* dtype, int threads) {
  results::Measurement row;
  row.subject = "gemm";
  row.group = "products";
  row.shape = fmt::format("{0}x{0}x{0}", n);
  row.dtype = dtype;
  row.threads = threads;
  row.id = fmt::format("products/gemm/{}/{}/{}", row.shape, dtype, threads);
  row.blas = "libexample.so";
  const double side = std::stod(n);
  row.median_s = 2 * side * side * side / (gflop_per_s * 1e9);
  row.confidence_interval_s = statistics::Interval{0.98 * row.median_s, 1.03 * row.median_s};
  row.min_s = 0.97 * row.median_s;
  row.rounds = 15;
  row.rate = gflop_per_s;
  row.rate_unit = "GFLOP/s";
  row.ceiling = 200;
  row.ceiling_id = "ceilings/fma/f32/1";
  row.percent_of_ceiling = gflop_per_s / 2;
  return row;
}

std::vector<results::Measurement> timings() {
  results::Measurement peak = timing("512", 200, "f32", 1), wrong = timing("509", 90, "f32", 1);
  peak.id = "ceilings/fma/f32/1";
  peak.group = "ceilings";
  peak.subject = "fma";
  peak.shape = "registers";
  peak.blas = "";
  peak.ceiling = peak.percent_of_ceiling = std::nullopt;
  peak.ceiling_id = "";
  wrong.rate = wrong.percent_of_ceiling = std::nullopt;
  wrong.note = {results::NoteKind::wrong_answer, "wrong answer: not ranked <i>"};
  return {peak, timing("64", 90, "f32", 1), timing("512", 150, "f32", 1), timing("2048", 160, "f32", 1), wrong};
}

claims::Property property(const std::string& name, const std::string& value, double number) {
  claims::Property property;
  property.id = "products/" + name;
  property.statement = "what it is <u>";
  property.source = "laws.md §9";
  property.value = value;
  property.number = number;
  property.confidence_interval = statistics::Interval{number - 0.0525, number + 0.0525};
  return property;
}

results::Library library(const std::string& name) {
  results::Library entry;
  entry.name = entry.blas = name;
  entry.record = synthetic_document().blas;
  for (const char* id : {"products/gemm/f32/exact", "products/gemm/f64/<em>exact</em>"}) {
    entry.claims.push_back(result(id, claims::Verdict::pass, 1));
  }
  for (const char* dtype : {"f32", "f64"}) {
    entry.properties.push_back(property(fmt::format("gemm/{}/grade", dtype), "A<u>", 1));
    for (const char* kind : {"normal", "positive", "cancelling", "scaled"}) {
      for (const char* range : {"to_256", "from_256"}) {
        const std::string start = fmt::format("gemm/{}/rounding/{}/{}/", dtype, kind, range);
        const double number = 0.1234567 * static_cast<double>(entry.properties.size());
        entry.properties.push_back(property(start + "constant", "x", number));
        entry.properties.push_back(property(start + "exponent", "x", number - 1));
      }
    }
  }
  for (const char* n : {"64", "512", "2048"}) {
    entry.speeds.push_back({timing(n, 1234.5678901 / std::stod(n), "f32", 1), std::nullopt, std::nullopt});
    entry.speeds.push_back({timing(n, 1999.9 / std::stod(n), "f64", 2), std::nullopt, std::nullopt});
  }
  for (const char* dtype : {"f32", "f64"}) {
    results::LibraryOrder& order = entry.orders.emplace_back();
    order.name = name;
    order.request = "gemm:4x4x2";
    order.dtype = dtype;
    order.distinct = 1;
    order.entries = 16;
    order.unknown_share = 0;
    order.answer = "1";
    order.classes.push_back({.entries = 16,
                             .verdict = results::OrderVerdict::certified,
                             .reason = {},
                             .formula = "chain(2)",
                             .tree = "0 1 *",
                             .roundings = 2,
                             .error_bound = 1.25e-7});
    order.invariance.push_back({results::OrderCircumstance::rows, 50, 2, "m = 4"});
    order.invariance.push_back({results::OrderCircumstance::columns, 50, 1, ""});
  }
  entry.first_call_s = 1.2345e-4;
  entry.slow_rounds = 3;
  return entry;
}

/// A chain of six layers whose law is ln RMS = slope·layer, computed a little above it, and lost from `lost` on.
results::ChainRecord chain(const char* init, double slope, std::size_t lost, const char* state, const char* fate) {
  results::ChainRecord chain{.init = init,
                             .gain = 1.25,
                             .activation = "relu",
                             .width = 512,
                             .depth = 6,
                             .batch = 1,
                             .shared_weights = false,
                             .norm = "none",
                             .residual = false,
                             .dtype = "f32",
                             .weight_stddev = 0.0441941738241592,
                             .runs = 20,
                             .basis = "exact law <u>",
                             .fate = fate,
                             .fate_layer = lost,
                             .holding_stddev = 0.0625,
                             .holding_stability = 1,
                             .layers = {}};
  for (std::size_t layer = 0; layer <= chain.depth; ++layer) {
    const double mean = slope * static_cast<double>(layer), spread = 0.1234567 * static_cast<double>(layer);
    const bool finite = layer < lost;
    chain.layers.push_back({layer,
                            mean,
                            spread,
                            {mean - 2.5758 * spread, mean + 2.5758 * spread},
                            finite ? mean + 0.1 * spread : std::nan(""),
                            finite ? "finite" : state,
                            0.5012345,
                            0.25,
                            layer == 0 ? std::nan("") : 1.0123456});
  }
  return chain;
}

}  // namespace

results::Document synthetic_document() {
  using claims::Verdict;
  results::Document document;
  document.environment = machine();
  document.blas = results::BlasRecord{{.name = "example",
                                       .file_name = "libexample.so",
                                       .soname = "libexample.so.0",
                                       .sha256 = std::string(64, 'a'),
                                       .version = "1.2.3",
                                       .kernel = "Haswell",
                                       .threading = "pthread",
                                       .integer_bits = 32,
                                       .interface = "cblas",
                                       .naming = "cblas_dgemm",
                                       .routines = 160,
                                       .not_judged = {"drotg", "dsdot", "srotg"}},
                                      1,
                                      "example"};
  document.command = {"sqrtn", "run", "--filter", "a'b"};
  document.seed = 18446744073709551615ULL;
  document.claims = {result("generator/ars/uniform/f32/variance", Verdict::pass, 0.33336),
                     exact_result("generator/ars/addresses", Verdict::pass),
                     result("products/gemm/f32/<em>exact</em>", Verdict::fail, 0.4),
                     result("layers/linear/f32/rms", Verdict::inconclusive, 0.333),
                     exact_result("chains/linear/f32", Verdict::skipped)};
  document.measurements = timings();
  claims::Property property;
  property.id = "products/gemm/f32/<u>growth</u>";
  property.statement = "rounding error grows as k^value";
  property.source = "laws.md §9";
  property.value = "0.52 <b>";
  property.number = 0.5234567890123;
  property.confidence_interval = statistics::Interval{0.5, 0.55};
  document.properties = {property};
  document.reproduced = {{.id = "000/in02/mean",
                          .experiment = "x = W x",
                          .law = "log₁₀ RMS grows",
                          .basis = "exact",
                          .published = "27",
                          .expected = "28",
                          .interval = {27, 28},
                          .value = "28",
                          .p_published = 0.22,
                          .p_value = 1,
                          .note = {}}};
  document.propagation = {chain("normal <u>", 27.123456, 4, "not finite", "explodes"),
                          chain("glorot_uniform", -0.3456789, 5, "zero", "vanishes"),
                          chain("he_normal", -0.0012345, 7, "", "holds")};
  document.verdict = claims::Verdict::fail;
  return document;
}

results::Libraries synthetic_libraries() {
  results::Libraries report{.provenance = report::provenance_line(synthetic_document()),
                            .default_name = "right",
                            .seed = 18446744073709551615ULL,
                            .quick = true,
                            .backends = {library("right"), library("wrong <u>"), {}},
                            .others_busy = 0.25,
                            .environment = machine()};
  results::Library &wrong = report.backends[1], &unusable = report.backends[2];
  wrong.claims[1].outcome.verdict = claims::Verdict::fail;
  wrong.claims[1].outcome.reason = "element [3, 4] is <u>1</u> | not 2";
  wrong.incidents = {{.kind = results::IncidentKind::printed,
                      .place = "products/gemm/f32",
                      .text = "printed '</u><script>alert(1)</script>' in products/gemm/f32"}};
  for (results::LibrarySpeed& speed : wrong.speeds) {
    speed.ratio = 1.2345678901234567;
    speed.ratio_interval = statistics::Interval{1.1, 1.3};
  }
  wrong.speeds[2].row.rate = wrong.speeds[2].row.percent_of_ceiling = std::nullopt;
  wrong.speeds[2].row.note = {results::NoteKind::wrong_answer, "wrong answer: not ranked <u>"};
  for (std::size_t i = 0; i < 2; ++i) {
    const results::Measurement& row = report.backends[i].speeds[0].row;
    const auto scale = static_cast<double>(i + 1);
    report.backends[i].standings = {{.routine = row.subject,
                                     .dtype = row.dtype,
                                     .threads = row.threads,
                                     .n_products = 2,
                                     .rates = {1 * scale, 2 * scale, 3 * scale, 4, 5, 6, 7, 8, 9}}};
  }
  unusable.name = unusable.blas = "unusable";
  unusable.refusal = "it lacks <u>cblas_sgemm</u>";
  return report;
}

}  // namespace sqrtn::verify
