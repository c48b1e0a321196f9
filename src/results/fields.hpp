#pragma once

#include <array>
#include <type_traits>

#include "results/libraries.hpp"
#include "results/rules.hpp"

/// The fields of each struct of the results, listed once: what is written, what a reader demands and the columns of
/// the tables follow from the list.
namespace sqrtn::results {

template <class T, class Struct>
concept Of = std::is_same_v<std::remove_const_t<T>, Struct>;

template <class Fields>
void list(Fields& field, Of<blas::Identity> auto& identity) {
  field("name", identity.name, rule::Word{});
  field("file_name", identity.file_name, rule::Word{});
  field("soname", identity.soname, rule::Maybe{});
  field("sha256", identity.sha256, rule::Maybe{});
  field("version", identity.version, rule::Maybe{});
  field("kernel", identity.kernel, rule::Maybe{});
  field("threading", identity.threading, rule::Maybe{});
  field("integer_bits", identity.integer_bits, rule::Count{});
  field("interface", identity.interface, rule::Maybe{});
  field("naming", identity.naming, rule::Maybe{});
  field("routines", identity.routines, rule::Tally{});
  field("not_judged", identity.not_judged, rule::Words{});
}

template <class Fields>
void list(Fields& field, Of<Cache> auto& cache) {
  field("level", cache.level, rule::Count{});
  field("size_bytes", cache.size_bytes, rule::Count{});
  field("line_bytes", cache.line_bytes, rule::Known{});
  field("shared_by", cache.shared_by, rule::Count{});
}

template <class Fields>
void list(Fields& field, Of<Environment> auto& environment) {
  field("version", environment.version, rule::Maybe{});
  field("commit", environment.commit, rule::Maybe{});
  field("dirty", environment.dirty, rule::Flag{});
  field("cpu_model", environment.cpu_model, rule::Maybe{});
  field("cpu_stepping", environment.cpu_stepping, rule::Maybe{});
  field("architecture", environment.architecture, rule::Maybe{});
  field("isa", environment.isa, rule::Text{});
  field("simd_target", environment.simd_target, rule::Maybe{});
  field("packages", environment.packages, rule::Known{});
  field("cores", environment.cores, rule::Known{});
  field("logical_processors", environment.logical_processors, rule::Known{});
  field("available_processors", environment.available_processors, rule::Known{});
  field("smt", environment.smt, rule::Flag{});
  field("caches", environment.caches);
  field("memory_bytes", environment.memory_bytes, rule::Known{});
  field("governor", environment.governor, rule::Maybe{});
  field("kernel", environment.kernel, rule::Maybe{});
  field("hypervisor", environment.hypervisor, rule::Maybe{});
  field("compiler", environment.compiler, rule::Maybe{});
  field("compile_flags", environment.compile_flags, rule::Maybe{});
  field("build_type", environment.build_type, rule::Maybe{});
  field("libraries", environment.libraries, rule::Text{});
}

constexpr rule::Enum verdicts{claims::verdict_words};
constexpr rule::Enum classes{claims::class_words, true};

template <class Fields>
void list(Fields& field, Of<claims::Result> auto& result) {
  auto& [claim, outcome] = result;
  field("id", claim.id, rule::Word{});
  field("statement", claim.statement, rule::Text{});
  field("source", claim.source, rule::Text{});
  field("class", claim.claim_class, classes);
  field("uses_blas", claim.uses_blas, rule::Flag{.first = "blas"});
  field("engine", claim.engine, rule::Maybe{});
  field("alpha", claim.alpha, rule::share);
  field("power", claim.power, rule::share);
  field("effect_size", claim.effect_size, rule::positive);
  field("n_samples", outcome.n_samples, rule::Count{});
  field("statistic", outcome.statistic, rule::Number{});
  field("p_value", outcome.p_value, rule::share);
  field("confidence_interval", outcome.confidence_interval, rule::Bounds{});
  field("observed", outcome.observed, rule::Number{});
  field("expected", outcome.expected, rule::Number{});
  field("verdict", outcome.verdict, verdicts);
  field("reason", outcome.reason, rule::Maybe{});
  field("at_random", outcome.at_random, rule::Flag{.may_lack = true});
  field("program", outcome.program, rule::Maybe{});
  field("accepted", outcome.accepted, rule::Maybe{});
  field("time_s", outcome.time_s, rule::positive);
}

/// What is told of a claim beside every library: its law stands in the results of the run.
template <class Fields>
void list_finding(Fields& field, Of<claims::Result> auto& result) {
  field("id", result.claim.id, rule::Word{});
  field("class", result.claim.claim_class, classes);
  field("verdict", result.outcome.verdict, verdicts);
  field("reason", result.outcome.reason, rule::Maybe{});
  field("at_random", result.outcome.at_random, rule::Flag{.may_lack = true});
  field("time_s", result.outcome.time_s, rule::positive);
}

template <class Fields>
void list(Fields& field, Of<claims::Property> auto& property) {
  field("id", property.id, rule::Word{});
  field("statement", property.statement, rule::Text{});
  field("source", property.source, rule::Text{});
  field("value", property.value, rule::Maybe{});
  field("number", property.number, rule::Number{});
  field("confidence_interval", property.confidence_interval, rule::Bounds{.first_low = "low", .first_high = "high"});
}

/// In the order of IncidentKind.
constexpr std::array<std::string_view, 9> incident_words{
    "other", "printed", "killed", "no answer", "exited", "too much output", "stopped", "lingered", "left running"};

template <class Fields>
void list(Fields& field, Of<Incident> auto& incident) {
  field("kind", incident.kind, rule::Enum{incident_words});
  field("place", incident.place, rule::Maybe{});
  field("text", incident.text, rule::Text{});
}

/// In the order of NoteKind.
constexpr std::array<std::string_view, 6> note_words{"none",         "wrong answer", "busy threads",
                                                     "idle threads", "left out",     "cut short"};
constexpr rule::Enum note_kinds{note_words};

template <class Fields>
void list(Fields& field, Of<Measurement> auto& row) {
  field("id", row.id, rule::Word{});
  field("group", row.group, rule::Maybe{});
  field("subject", row.subject, rule::Text{});
  field("shape", row.shape, rule::Text{});
  field("dtype", row.dtype, rule::Text{});
  field("threads", row.threads, rule::Count{});
  field("blas", row.blas, rule::Maybe{});
  field("median_s", row.median_s, rule::positive);
  field("confidence_interval_s", row.confidence_interval_s,
        rule::Bounds{.low = 0, .first_low = "low_s", .first_high = "high_s"});
  field("min_s", row.min_s, rule::positive);
  field("rounds", row.rounds, rule::Count{});
  field("rate", row.rate, rule::positive);
  field("rate_unit", row.rate_unit, rule::Maybe{});
  field("ceiling", row.ceiling, rule::positive);
  field("ceiling_id", row.ceiling_id, rule::Maybe{});
  field("percent_of_ceiling", row.percent_of_ceiling, rule::positive);
  field("note", row.note);
}

template <class Fields>
void list(Fields& field, Of<LibrarySpeed> auto& speed) {
  list(field, speed.row);
  field("ratio", speed.ratio, rule::positive);
  field("ratio_interval", speed.ratio_interval,
        rule::Bounds{.low = 0, .first_low = "ratio_low", .first_high = "ratio_high"});
}

template <class Fields>
void list(Fields& field, Of<Standing> auto& standing) {
  field("routine", standing.routine, rule::Word{});
  field("dtype", standing.dtype, rule::Word{});
  field("threads", standing.threads, rule::Count{});
  field("products", standing.n_products, rule::Count{});
  field("rates", standing.rates, rule::positive);
}

/// Of a library alone: what it is and what was found in it stands beside these.
template <class Fields>
void list(Fields& field, Of<Library> auto& library) {
  field("name", library.name, rule::Word{});
  field("blas", library.blas, rule::Word{});
  field("refusal", library.refusal, rule::Maybe{});
  field("first_call_s", library.first_call_s, rule::positive);
  field("slow_rounds", library.slow_rounds, rule::Tally{});
}

template <class Fields>
void list(Fields& field, Of<experiment::Finding> auto& finding) {
  field("id", finding.id, rule::Word{});
  field("experiment", finding.experiment, rule::Text{});
  field("law", finding.law, rule::Text{});
  field("basis", finding.basis, rule::Text{});
  field("published", finding.published, rule::Maybe{});
  field("expected", finding.expected, rule::Text{});
  field("prediction_interval", finding.interval, rule::Bounds{});
  field("p_published", finding.p_published, rule::share);
  field("value", finding.value, rule::Text{});
  field("p_value", finding.p_value, rule::share);
  field("note", finding.note, rule::Maybe{});
}

template <class Fields>
void list(Fields& field, Of<ChainLayer> auto& layer) {
  field("layer", layer.layer, rule::Count{});
  field("log_rms_mean", layer.mean, rule::Number{});
  field("log_rms_stddev", layer.stddev, rule::positive);
  field("log_rms_interval", layer.interval, rule::Bounds{});
  field("log_rms_measured", layer.measured, rule::Number{});
  field("state", layer.state, rule::OneOf{{"finite", "zero", "not finite"}});
  field("zeros", layer.zeros, rule::positive);
  field("flat", layer.flat, rule::positive);
  field("slope", layer.slope, rule::Number{});
  field("coverage", layer.coverage, rule::share);
  field("dead", layer.dead, rule::share);
  field("correlation", layer.correlation, rule::Number{});
  field("log_gradient", layer.gradient, rule::Number{});
  field("log_gradient_interval", layer.gradient_interval, rule::Bounds{});
  field("gradient_coverage", layer.gradient_coverage, rule::share);
  field("node", layer.node, rule::Maybe{});
  field("operator", layer.op, rule::Maybe{});
  field("shape", layer.shape, rule::Maybe{});
}

template <class Fields>
void list(Fields& field, Of<ChainRecord> auto& chain) {
  field("init", chain.init, rule::Word{});
  field("gain", chain.gain, rule::Number{});
  field("activation", chain.activation, rule::Word{});
  field("width", chain.width, rule::Count{});
  field("depth", chain.depth, rule::Count{});
  field("batch", chain.batch, rule::Count{});
  field("shared_weights", chain.shared_weights, rule::Flag{});
  field("norm", chain.norm, rule::OneOf{{"none", "batch", "layer", "rms"}});
  field("residual", chain.residual, rule::Flag{});
  field("dtype", chain.dtype, rule::OneOf{{"f32", "f64"}});
  field("weight_stddev", chain.weight_stddev, rule::positive);
  field("runs", chain.runs, rule::Count{});
  field("basis", chain.basis, rule::Text{});
  field("fate", chain.fate, rule::OneOf{{"holds", "explodes", "vanishes"}});
  field("fate_layer", chain.fate_layer, rule::Count{});
  field("holding_stddev", chain.holding_stddev, rule::positive);
  field("holding_stability", chain.holding_stability, rule::Number{});
  field("layers", chain.layers);
  field("gradient_fate", chain.gradient_fate, rule::Maybe{});
  field("gradient_fate_layer", chain.gradient_fate_layer, rule::Tally{});
  field("within", chain.within, rule::positive);
  field("block", chain.block, rule::Maybe{});
  field("norm_place", chain.norm_place, rule::Maybe{});
  field("branch_scale", chain.branch_scale, rule::Maybe{});
  field("widths", chain.widths, rule::Maybe{});
  field("heads", chain.heads, rule::Tally{});
  field("tokens", chain.tokens, rule::Tally{});
}

}  // namespace sqrtn::results
