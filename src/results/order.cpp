#include "results/order.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "results/read.hpp"
#include "results/read_fields.hpp"
#include "results/write.hpp"
#include "sqrtn/support/require.hpp"
#include "support/number.hpp"
#include "support/words.hpp"

namespace sqrtn::results {
namespace {

constexpr std::array<std::string_view, 3> verdicts_of_orders{"certified", "contradicted", "unread"};
constexpr std::array<std::string_view, 3> fusions{"rounded", "fused", "some fused"};
constexpr std::array<std::string_view, 8> circumstances{"rows", "place of the row", "columns", "place of the column",
                                                        "ld",   "alignment",        "threads", "calls"};
constexpr std::array<std::string_view, 7> alphas{"unknown",
                                                 "on the factors of A",
                                                 "on the factors of B",
                                                 "on each block, rounded",
                                                 "on each block, fused",
                                                 "on the sum, rounded",
                                                 "on the sum, fused"};
constexpr std::array<std::string_view, 4> betas{"unknown", "first, rounded", "last, rounded",
                                                "onto the first block, fused"};

constexpr std::array<std::string_view, 21> changes_of_orders{
    "none",    "products", "fused",      "width",         "swapped",   "moved",   "reversed",
    "rotated", "edge",     "parts",      "lanes",         "other",     "classes", "known",
    "alpha",   "beta",     "invariance", "repeatability", "certainty", "bits",    "unread"};

constexpr const char* schema = "sqrtn.order/1";
constexpr std::size_t most_classes = 2048, most_rows = std::size_t{1} << 16;
// A tree of 2¹⁶ products without any regularity takes half a MiB.
constexpr JsonLimits limits{.string_bytes = std::size_t{1} << 20};

}  // namespace

const std::span<const std::string_view> order_verdict_words{verdicts_of_orders}, order_fusion_words{fusions},
    order_circumstance_words{circumstances}, order_alpha_words{alphas}, order_beta_words{betas},
    order_change_words{changes_of_orders};

template <class Fields>
void list(Fields& field, Of<OrderBlock> auto& block) {
  field("rows", block.rows, rule::Word{});
  field("columns", block.columns, rule::Word{});
}

template <class Fields>
void list(Fields& field, Of<OrderClass> auto& one) {
  field("entries", one.entries, rule::Count{});
  field("row", one.row, rule::Count{});
  field("column", one.column, rule::Count{});
  field("verdict", one.verdict, rule::Enum{verdicts_of_orders});
  field("reason", one.reason, rule::Maybe{});
  field("formula", one.formula, rule::Maybe{});
  field("tree", one.tree, rule::Maybe{});
  field("fusion", one.fusion, rule::Enum{fusions});
  field("roundings", one.roundings, rule::Count{});
  field("error_bound", one.error_bound, rule::positive);
  field("compared", one.compared, rule::Count{});
  field("predicted", one.predicted, rule::Count{});
}

template <class Fields>
void list(Fields& field, Of<OrderInvariance> auto& one) {
  field("circumstance", one.circumstance, rule::Enum{circumstances});
  field("tried", one.tried, rule::Count{});
  field("answers", one.answers, rule::Count{});
  field("first", one.first, rule::Maybe{});
}

template <class Fields>
void list(Fields& field, Of<LibraryOrder> auto& order) {
  field("name", order.name, rule::Word{});
  field("request", order.request, rule::Word{});
  field("dtype", order.dtype, rule::OneOf{{"f32", "f64", "bf16"}});
  field("threads", order.threads, rule::Count{});
  field("refusal", order.refusal, rule::Maybe{});
  field("repeatable", order.repeatable, rule::Flag{});
  field("distinct", order.distinct, rule::Count{});
  field("entries", order.entries, rule::Count{});
  field("unknown_share", order.unknown_share, rule::share);
  field("compared", order.compared, rule::Count{});
  field("predicted", order.predicted, rule::Count{});
  field("answer", order.answer, rule::Maybe{});
  field("alpha", order.alpha, rule::Enum{alphas});
  field("beta", order.beta, rule::Enum{betas});
  field("time_s", order.time_s, rule::positive);
  field("classes", order.classes);
  field("invariance", order.invariance);
}

namespace {

/// "7", "0:512" or "0:512:2"
Run run_of(std::string_view text) {
  const auto number = [&text](bool is_last) {
    const std::size_t end = is_last ? text.size() : std::min(text.find(':'), text.size());
    const auto value = parse_number<std::uint32_t>(text.substr(0, end));
    require(value && *value <= most_rows, "'{}' is no number up to {}", text.substr(0, end), most_rows);
    text.remove_prefix(std::min(end + 1, text.size()));
    return *value;
  };
  const auto parts = std::ranges::count(text, ':');
  Run run{.first = number(parts == 0)};
  run.end = parts > 0 ? number(parts == 1) : run.first + 1;
  if (parts > 1) run.step = number(true);
  require(run.first < run.end && run.end <= most_rows && run.step > 0, "a run has numbers that rise");
  return run;
}

/// Where the entries of a class are, which may be told or not.
void read_blocks(const JsonInput& json, OrderClass& one) {
  if (json.is_null()) return;
  const std::vector<JsonInput> blocks = json.elements();
  if (blocks.size() > most_order_blocks) json.refuse(fmt::format("at most {} blocks", most_order_blocks));
  for (const JsonInput& input : blocks) {
    const OrderBlock& block = one.blocks.emplace_back(read_as<OrderBlock>(input));
    try {
      (void)runs_of(block.rows);
      (void)runs_of(block.columns);
    } catch (const std::invalid_argument& error) {
      input.refuse(fmt::format("runs of rows and columns, as 0:512:2 ({})", error.what()));
    }
  }
}

}  // namespace

LibraryOrder read_order(const JsonInput& json) {
  auto order = read_as<LibraryOrder>(json);
  if (order.classes.size() > most_classes) json["classes"].refuse(fmt::format("at most {} classes", most_classes));
  if (!json["library"].is_null()) order.identity = read_identity(json["library"]);
  const std::vector<JsonInput> classes = json["classes"].elements();
  for (std::size_t i = 0; i < order.classes.size(); ++i) {
    OrderClass& one = order.classes[i];
    const JsonInput tree = classes[i]["tree"];
    read_blocks(classes[i]["blocks"], one);
    try {
      if (!one.tree.empty()) (void)laws::from_code(one.tree);
    } catch (const std::invalid_argument& error) {
      tree.refuse(fmt::format("a tree ({})", error.what()));
    }
    if (one.verdict != OrderVerdict::unread && one.tree.empty()) tree.refuse("a tree, since its class was read");
  }
  return order;
}

nlohmann::ordered_json to_json(const LibraryOrder& order) { return written(order); }

std::vector<Run> runs_of(std::string_view text) {
  std::vector<Run> runs;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(", ", at), text.size());
    const Run run = run_of(text.substr(at, end - at));
    require(runs.empty() || runs.back().end <= run.first, "runs rise");
    runs.push_back(run);
    at = end + 2;
  }
  return runs;
}

nlohmann::ordered_json to_json(const OrderDocument& document) {
  Json json{{"schema", schema}, {"environment", to_json(document.environment)}};
  json["command"] = document.command;
  json["seed"] = document.seed;
  json["orders"] = Json::array();
  for (const LibraryOrder& order : document.orders) {
    Json one = written(order);
    one["library"] = order.refusal.empty() ? to_json(order.identity) : Json(nullptr);
    for (std::size_t i = 0; i < order.classes.size(); ++i) {
      Json& blocks = one["classes"][i]["blocks"] = Json::array();
      for (const OrderBlock& block : order.classes[i].blocks) blocks.push_back(written(block));
    }
    json["orders"].push_back(std::move(one));
  }
  return json;
}

OrderDocument parse_orders(std::string_view text, const std::string& name) {
  const nlohmann::ordered_json parsed = parse_json(text, name, limits);
  const JsonInput json(parsed, name);
  if (json["schema"].text() != schema)
    json["schema"].refuse(fmt::format("\"{}\", as `sqrtn order --json` writes it", schema));
  OrderDocument document;
  read(json["environment"], document.environment);
  for (const JsonInput& word : json["command"].elements()) document.command.push_back(word.text());
  document.seed = json["seed"].integer<std::uint64_t>();
  for (const JsonInput& order : json["orders"].elements()) document.orders.push_back(read_order(order));
  return document;
}

bool holds_orders(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return false;  // to open another kind of file may take for ever
  std::ifstream file(path, std::ios::binary);
  std::string begin(4096, '\0');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return names_schema(begin, order_schema);
}

nlohmann::ordered_json order_changes_json(const std::vector<OrderChanged>& changes) {
  Json json{{"schema", "sqrtn.compare/1"}, {"orders", Json::array()}};
  for (const OrderChanged& one : changes) {
    json["orders"].push_back(
        {{"order", one.of}, {"change", sqrtn::word_of(one.change, order_change_words)}, {"text", one.text}});
  }
  return json;
}

OrderDocument read_orders(const std::string& path) {
  return parse_orders(read_text(path, limits.bytes, "document of `sqrtn order --json`"), path);
}

}  // namespace sqrtn::results
