#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mutation.hpp"
#include "program.hpp"
#include "report/order_text.hpp"
#include "results/order.hpp"
#include "sqrtn/laws/summation.hpp"

/// The command `order`, its documents and what is said of two of them.
namespace sqrtn::verify {
namespace {

/// One class that is certified, of a chain of 8.
results::LibraryOrder made_order(const std::string& name, const laws::SumTree& tree, const std::string& answer) {
  results::LibraryOrder order;
  order.name = name;
  order.identity.name = order.identity.file_name = name;
  order.request = "gemm:4x4x8";
  order.dtype = "f32";
  order.distinct = 1;
  order.entries = 16;
  order.unknown_share = 0;
  order.compared = order.predicted = 1000;
  order.answer = answer;
  results::OrderClass& one = order.classes.emplace_back();
  one.entries = 16;
  one.verdict = results::OrderVerdict::certified;
  one.formula = laws::to_text(tree);
  one.tree = laws::to_code(tree);
  one.compared = one.predicted = 1000;
  one.blocks = {{"0:4:2", "0:4"}, {"1, 3", "0:4"}};
  order.invariance.push_back({results::OrderCircumstance::rows, 50, 3, "m = 4"});
  return order;
}

results::OrderDocument made_document(std::vector<results::LibraryOrder> orders) {
  results::OrderDocument document;
  document.command = {"sqrtn", "order"};
  document.orders = std::move(orders);
  return document;
}

const laws::SumTree chain = laws::sum_chain(0, 8, true);
const laws::SumTree halves = laws::sum_of(laws::sum_chain(0, 4, true), laws::sum_chain(4, 8, true));

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(Order, DocumentIsReadBack) {
  results::OrderDocument document = made_document({made_order("one", chain, "1"), made_order("other", halves, "2")});
  document.orders.emplace_back().name = "refused";
  document.orders.back().refusal = "killed by signal 11";
  document.orders.back().request = "dot:5";
  document.orders.back().dtype = "f64";
  const std::string text = results::to_text(results::to_json(document));
  EXPECT_EQ(results::to_text(results::to_json(results::parse_orders(text, "again"))), text);
}

TEST(Order, DocumentsThatLieAreRefused) {
  const std::string text = results::to_text(results::to_json(made_document({made_order("one", chain, "1")})));
  const auto refusal = [&](const std::string& from, const std::string& to) {
    return message_of<std::invalid_argument>([&] { (void)results::parse_orders(replaced(text, from, to), "o.json"); });
  };
  EXPECT_TRUE(holds(refusal("0 1:8*", "0 1:8* 3"), "o.json: orders[0].classes[0].tree: expected a tree"));
  EXPECT_TRUE(holds(refusal("0 1:8*", ""), "expected a tree, since its class was read"));
  EXPECT_TRUE(holds(refusal("sqrtn.order/1", "sqrtn.order/9"), "schema: expected \"sqrtn.order/1\""));
  EXPECT_TRUE(holds(refusal("certified", "proved"), "verdict: expected certified, contradicted or unread"));
  EXPECT_TRUE(holds(refusal("\"f32\"", "\"f16\""), "dtype"));
  EXPECT_TRUE(holds(refusal("0:4:2", "4:0"), "classes[0].blocks[0]: expected runs of rows and columns, as 0:512:2"));
  EXPECT_EQ(refusal("\"blocks\"", "\"others\""), "");  // earlier documents have none
}

TEST(Order, DocumentsSurviveMutations) {
  const std::string original =
      results::to_json(made_document({made_order("one", chain, "1"), made_order("two", halves, "2")})).dump();
  std::mt19937_64 random(1);
  int taken = 0;
  for (int i = 0; i < 2'000; ++i) {
    const std::string text = mutated(original, random);
    try {
      const results::OrderDocument document = results::parse_orders(text, "o.json");
      (void)report::orders_text(document);
      (void)report::orders_page(document);
      (void)report::tree_svg(document);
      (void)results::unexpected(document, document);
      ++taken;
    } catch (const std::invalid_argument& error) {
      ASSERT_EQ(std::string_view(error.what()).substr(0, 8), "o.json: ") << i;
    }
  }
  EXPECT_GT(taken, 100);
}

TEST(Order, OfTwoSaysWhereTheyPart) {
  const results::LibraryOrder one = made_order("one", chain, "1"), same = made_order("same", chain, "1"),
                              other = made_order("other", halves, "2");
  EXPECT_TRUE(results::compare(one, same).same_bits);
  EXPECT_TRUE(results::compare(one, same).same_trees);
  const results::OrderPair pair = results::compare(one, other);
  EXPECT_FALSE(pair.same_bits);
  EXPECT_EQ(pair.difference,
            "products 0:8 are added in 1 block by one, in 2 by the other; they part at the sum of products 0:5");
  results::LibraryOrder random = one;
  random.repeatable = false;
  EXPECT_FALSE(results::compare(one, random).comparable);
  const std::string text = report::orders_text(made_document({one, same, other, random}));
  EXPECT_TRUE(holds(text, "not repeatable"));
  EXPECT_TRUE(holds(text, "from m = 4"));
  EXPECT_TRUE(holds(text, "products 0:8 are added in 1 block by one, in 2"));
}

TEST(Order, ThatChangedIsUnexpected) {
  const results::OrderDocument before = made_document({made_order("one", chain, "1")});
  EXPECT_TRUE(results::unexpected(before, before).empty());
  const auto changed = results::unexpected(before, made_document({made_order("one", halves, "2")}));
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed.front().of, "one gemm:4x4x8 f32, 1 thread");
  EXPECT_EQ(changed.front().change, results::OrderChange::parts);
  EXPECT_TRUE(holds(changed.front().text, "products 0:8 are added in 1 block"));
  // The only library on either side may have its version in its name; of several the name counts.
  EXPECT_EQ(results::unexpected(before, made_document({made_order("two", chain, "1")})).size(), 0u);
  EXPECT_EQ(results::unexpected(before, made_document({made_order("two", halves, "1")})).size(), 1u);
  const results::OrderDocument others = made_document({made_order("two", chain, "1"), made_order("three", chain, "1")});
  EXPECT_EQ(results::unexpected(before, others).size(), 1u);
  EXPECT_EQ(results::orders_in_both(before, others), 0u);
  EXPECT_EQ(results::unexpected(before, made_document({made_order("one", chain, "2")})).size(), 1u);
}

TEST(Order, ThatIsUnreadHasNotChangedByItself) {
  results::OrderDocument unread = made_document({made_order("one", chain, "1")});
  results::OrderClass& one = unread.orders[0].classes[0];
  one.verdict = results::OrderVerdict::unread;
  one.tree = one.formula = "";
  EXPECT_TRUE(results::unexpected(unread, unread).empty());
  EXPECT_EQ(results::unexpected(made_document({made_order("one", chain, "1")}), unread).size(), 1u);
}

TEST(Order, ThatIsContradictedNowIsUnexpected) {
  const results::OrderDocument before = made_document({made_order("one", chain, "1")});
  results::OrderDocument now = made_document({made_order("one", chain, "2")});
  now.seed = before.seed + 1;
  now.orders[0].classes[0].verdict = results::OrderVerdict::contradicted;
  now.orders[0].classes[0].predicted = now.orders[0].predicted = 0;
  now.orders[0].unknown_share = 1;
  EXPECT_EQ(results::unexpected(before, now).size(), 1u);
  EXPECT_EQ(results::unexpected(now, before).size(), 0u);
}

TEST(Order, PictureHasEachSum) {
  const std::string svg = report::tree_svg(made_document({made_order("one", halves, "1")}));
  EXPECT_EQ(std::ranges::count(svg, 'H') - std::ranges::count(svg.substr(0, svg.find("<g class")), 'H'), 7 + 2);
  EXPECT_EQ(report::tree_svg(made_document({})), "");
}

TEST(Order, IsToldCertifiedAndExpected) {
  const Folder folder;
  const Ended first = shell(folder, "sqrtn order gemm:40x24x60 --json order.json --svg tree.svg --page page.md");
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_TRUE(holds(first.out, "certified: the bits of "));
  EXPECT_TRUE(content_of(folder / "tree.svg").starts_with("<?xml"));
  EXPECT_TRUE(holds(content_of(folder / "page.md"), "gemm:40x24x60 f32"));
  EXPECT_EQ(shell(folder, "sqrtn order gemm:40x24x60 --expect order.json").code, 0);
  // As if it had been another library's: the reference adds in one chain of rounded products.
  auto json = nlohmann::ordered_json::parse(content_of(folder / "order.json"));
  json["orders"][0]["classes"][0]["tree"] = "0 1:30+ 30 31:60+ +";
  std::ofstream(folder / "other.json") << json;
  const Ended changed = shell(folder, "sqrtn order gemm:40x24x60 --expect other.json");
  EXPECT_EQ(changed.code, 1);
  EXPECT_TRUE(holds(changed.err, "sqrtn: the order changed: openblas gemm:40x24x60 f32, 1 thread: "));
  const Ended same = shell(folder, "sqrtn compare order.json order.json --json none.json");
  EXPECT_EQ(same.code, 0) << same.err;
  EXPECT_EQ(same.out, "1 order in both documents, none changed.\n");
  EXPECT_TRUE(holds(content_of(folder / "none.json"), "\"orders\": []"));
  const Ended compared = shell(folder, "sqrtn compare other.json order.json --json changed.json");
  EXPECT_EQ(compared.code, 1);
  const auto changes = nlohmann::ordered_json::parse(content_of(folder / "changed.json"));
  EXPECT_EQ(changes["orders"][0]["order"], "openblas gemm:40x24x60 f32, 1 thread");
  const std::string change = changes["orders"][0]["change"];
  EXPECT_TRUE(change == "parts" || change == "fused" || change == "lanes") << change;
  EXPECT_TRUE(holds(compared.out, "- openblas gemm:40x24x60 f32, 1 thread: "));
}

TEST(Order, RefusesWhatItCannotRead) {
  const Folder folder;
  const std::vector<std::pair<const char*, const char*>> wrong{
      {"gemn:5x5x5", "did you mean 'gemm'?"},
      {"gemm:5x5", "gemm needs 3 sizes"},
      {"gemm:70000x5x5", "sizes are at most 65536"},
      {"gemm:60000x60000x60000", "at most 67108864 elements"},
      {"syrk:1x5", "needs 2 rows"},
      {"gemm/XN:5x5x5", "'gemm/XN': the flags of gemm are 2 letters, of NT, then of NT, or 'column'; got 'XN'"},
      {"gemm/T:5x5x5", "got 'T'"},
      {"gemm/TN/TN:5x5x5", "got 'TN'"},
      {"symm/UL:5x5", "2 letters, of LR, then of UL"},
      {"dot/column:5", "dot has no flags; got 'column'"},
      {"dot:5 --dtype f16", "f16"},
      {"dot:5 --threads 0", "'0' is no whole number"},
      {"dot:5 --expect none.json", "cannot read 'none.json'"},
      {"dot:5 --kernels", "add --backends all"},
      {"dot:5 --blas ./none.so", "./none.so"},
      {"", "request"},
  };
  for (const auto& [arguments, words] : wrong) {
    const Ended ended = shell(folder, std::string("sqrtn order ") + arguments);
    EXPECT_EQ(ended.code, 2) << arguments;
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    EXPECT_TRUE(holds(ended.err, words)) << arguments;
  }
}

}  // namespace
}  // namespace sqrtn::verify
