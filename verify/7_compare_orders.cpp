#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "documents.hpp"
#include "program.hpp"
#include "results/compare.hpp"
#include "support/output.hpp"

/// Two backends.json of `run`: in whose sums products are added in another order.
namespace sqrtn::verify {
namespace {

// Other orders return other bits, which may be as right: told, and counted only where that is asked for.
TEST(CompareOrders, LibrariesTellWhoseOrderChanged) {
  const auto of = [](const char* name, const char* tree) {
    results::LibraryOrder order;
    order.name = name;
    order.request = "gemm:4x4x4";
    order.dtype = "f32";
    order.distinct = 1;
    order.entries = 16;
    results::OrderClass& one = order.classes.emplace_back();
    one.entries = 16;
    one.verdict = results::OrderVerdict::certified;
    one.tree = tree;
    one.formula = "that";
    return order;
  };
  results::Libraries before = synthetic_libraries();
  for (const std::size_t i : {0, 1}) before.backends[i].orders = {of(before.backends[i].name.c_str(), "0 1:4*")};
  results::Libraries after = before;
  after.backends[1].orders = {of(after.backends[1].name.c_str(), "0 1:4+")};
  const Folder folder;
  for (const auto& [name, report] : {std::pair("old.json", &before), {"new.json", &after}}) {
    write_file(folder / name, results::to_text(results::to_json(*report)));
  }
  const Ended told = shell(folder, "sqrtn compare old.json new.json --json c.json");
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_TRUE(holds(told.out, "2 orders in both documents, 1 changed:\n\n- wrong \\<u> gemm:4x4x4 f32, 1 thread: "));
  const nlohmann::ordered_json json = nlohmann::ordered_json::parse(content_of(folder / "c.json"));
  EXPECT_EQ(json["orders"].size(), 1U);
  EXPECT_EQ(json["orders"][0]["change"], "fused");
  EXPECT_EQ(shell(folder, "sqrtn compare old.json new.json --strict").code, 1);
  EXPECT_EQ(shell(folder, "sqrtn compare old.json old.json --strict").code, 0);
  // Earlier documents have none: they say nothing of what became of them.
  for (results::Library& library : after.backends) library.orders.clear();
  EXPECT_TRUE(compare(before, after).orders.empty());
}

}  // namespace
}  // namespace sqrtn::verify
