#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "results/document.hpp"
#include "sqrtn/laws/summation.hpp"

/// In which order libraries add, as a document of its own.
namespace sqrtn::results {

class JsonInput;

/// Of one class of entries.
enum class OrderVerdict {
  certified,     ///< its tree predicted every fresh entry, bit for bit
  contradicted,  ///< it did not
  unread         ///< there is no tree
};

/// Whether products are added by fused multiply-adds.
using OrderFusion = laws::Fusion;

/// All crossings of these rows and columns, each as runs that rise: "0:512:2, 513". Of syrk those of its triangle
/// beside the diagonal; on it, where the class is the diagonal's: then its `row` and `column` are equal.
struct OrderBlock {
  std::string rows, columns;
};
inline constexpr std::size_t most_order_blocks = 4096;  ///< of one class

/// first, first + step, … below end.
struct Run {
  std::uint32_t first = 0, end = 0, step = 1;
};

/// The runs of such a text. Throws: std::invalid_argument unless they rise, below 2¹⁶.
std::vector<Run> runs_of(std::string_view text);

/// Entries that are added in the same order.
struct OrderClass {
  std::size_t entries = 0;
  std::size_t row = 0, column = 0;  ///< one of them
  OrderVerdict verdict = OrderVerdict::unread;
  std::string reason;   ///< why it is not certified
  std::string formula;  ///< for people
  std::string tree;     ///< as laws::from_code takes it; empty if it was not read
  OrderFusion fusion = OrderFusion::none;
  std::size_t roundings = 0;                ///< most that one product goes through
  double error_bound = 0;                   ///< of the result, as a multiple of the sum of the products' magnitudes
  std::size_t compared = 0, predicted = 0;  ///< fresh entries
  std::vector<OrderBlock> blocks = {};      ///< where its entries are; earlier documents have none
};

enum class OrderCircumstance { rows, row_place, columns, column_place, ld, alignment, threads, calls };

/// Whether the same numbers have the same answer in other circumstances.
struct OrderInvariance {
  OrderCircumstance circumstance = OrderCircumstance::calls;
  std::size_t tried = 0, answers = 0;
  std::string first;  ///< the first value at which it was another
};

enum class OrderAlpha { unknown, factor_a, factor_b, blocks, blocks_fused, sum, sum_fused };
enum class OrderBeta { unknown, first, last, fused };

/// One library, routine, shape and type.
struct LibraryOrder {
  std::string name;  ///< as `sqrtn backends` has it
  blas::Identity identity;
  std::string request;  ///< "gemm:512x512x512"
  std::string dtype;    ///< "f32", "f64", "bf16"
  int threads = 1;
  std::string refusal;  ///< why nothing was read, then there is nothing below
  bool repeatable = true;
  std::size_t distinct = 0;  ///< classes that there are, those below among them
  std::size_t entries = 0;   ///< of the result
  double unknown_share = 1;  ///< of entries that are in no certified class
  std::size_t compared = 0, predicted = 0;
  std::string answer;  ///< a number of the bits of fresh products: the same where two return the same
  OrderAlpha alpha = OrderAlpha::unknown;
  OrderBeta beta = OrderBeta::unknown;
  std::vector<OrderClass> classes;  ///< the largest first
  std::vector<OrderInvariance> invariance;
  double time_s = 0;

  /// Whether every entry is in a certified class.
  [[nodiscard]] bool certified() const { return refusal.empty() && repeatable && unknown_share == 0; }
};

struct OrderDocument {
  Environment environment;
  std::vector<std::string> command;
  std::uint64_t seed = 0;
  std::vector<LibraryOrder> orders;
};

/// In the order of the enumerations.
extern const std::span<const std::string_view> order_verdict_words, order_fusion_words, order_circumstance_words,
    order_alpha_words, order_beta_words;

inline constexpr const char* order_schema = "sqrtn.order";

/// Schema "sqrtn.order/1".
nlohmann::ordered_json to_json(const OrderDocument& document);
/// One of its orders, without the library's identity.
nlohmann::ordered_json to_json(const LibraryOrder& order);
/// Refuses a tree that is none.
LibraryOrder read_order(const JsonInput& json);

/// `name`: what messages call the text. Throws: std::invalid_argument, one line with name and field, for what is no
/// such document, or a tree that is none.
OrderDocument parse_orders(std::string_view text, const std::string& name);
/// The same of a file. Throws also: std::system_error if it cannot be read.
OrderDocument read_orders(const std::string& path);
/// Whether the file names that schema; false for standard input, and for what cannot be read.
bool holds_orders(const std::string& path);

using laws::OrderChange;
/// In its order.
extern const std::span<const std::string_view> order_change_words;

struct OrderChanged {
  std::string of;  ///< "openblas gemm:40x24x60 f32, 1 thread"
  OrderChange change = OrderChange::none;
  std::string text;  ///< for people
};

/// How two libraries, threads or times differ.
struct OrderPair {
  std::string a, b;
  bool comparable = true;  ///< whether both were read
  bool same_bits = false;
  bool same_trees = false;  ///< of all classes, where all are certified
  OrderChange change = OrderChange::none;
  std::string difference;  ///< where they part; empty if they do not
};

/// Whether the bits of fresh products were the same, and where the trees part.
OrderPair compare(const LibraryOrder& a, const LibraryOrder& b);

/// How many of the orders of `before` have a counterpart in `after`: of the same request, type and threads, and of the
/// same name where either document has several libraries for that.
std::size_t orders_in_both(const OrderDocument& before, const OrderDocument& after);

/// What is not as it was expected. Orders are paired as by orders_in_both; of each all that changed is told, of its
/// trees the first difference. Circumstances are compared where both were tried as often.
std::vector<OrderChanged> unexpected(const OrderDocument& expected, const OrderDocument& found);

/// The same for programs, schema "sqrtn.compare/1".
nlohmann::ordered_json order_changes_json(const std::vector<OrderChanged>& changes);

}  // namespace sqrtn::results
