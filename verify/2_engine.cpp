#include <Random123/philox.h>

#include "sqrtn/random/engine.hpp"
#include "verify.hpp"

/// The engines against their published answers.
namespace sqrtn::verify {
namespace {

using random::Block;

/// Known answers published with Random123 1.14, tests/kat_vectors (ten rounds) and old_kat_vectors (seven).
struct Known {
  Block counter, key, answer;
};

TEST(Engine, PhiloxGivesThePublishedAnswers) {
  const Known rows[] = {
      {{0, 0, 0, 0}, {0, 0, 0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{~0u, ~0u, ~0u, ~0u}, {~0u, ~0u, 0, 0}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0, 0, 0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (const Known& row : rows) EXPECT_EQ(random::philox4x32_10(row.counter, row.key), row.answer);
}

TEST(Engine, ArsGivesThePublishedAnswers) {
  const Known ten[] = {
      {{0, 0, 0, 0}, {0, 0, 0, 0}, {0x8d73ee19, 0x506401ef, 0x13c2dbe4, 0x0cbe9c0d}},
      {{~0u, ~0u, ~0u, ~0u}, {~0u, ~0u, 0, 0}, {0xbb3743b1, 0x9f635551, 0xecbc87fc, 0xa19478a9}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89},
       {0xa516e7d6, 0x8357ad74, 0x5b59b3ec, 0x8763fff3}},
  };
  for (const Known& row : ten) EXPECT_EQ(random::ars4x32(row.counter, row.key, 10), row.answer);
  const Known seven[] = {
      {{1, 0, 0, 0}, {1, 0, 0, 0}, {0x3523162b, 0xdc14d20c, 0x79184077, 0x72184193}},
      {{0x886a3f24, 0xd308a385, 0x2e8a1913, 0x44737003},
       {1, 0, 0, 0},
       {0xbb4006c7, 0x33dbc0db, 0x1ea0a1c9, 0x7f9541e3}},
      {{0xe6212845, 0x7713d038, 0xcf6654be, 0x6c0ce934},
       {0x100, 0, 0, 0},
       {0x5f2bd4b2, 0xd3e5db14, 0x64a054e9, 0x1a7f038c}},
  };
  for (const Known& row : seven) EXPECT_EQ(random::ars4x32_7(row.counter, row.key), row.answer);
}

TEST(Engine, PhiloxAgreesWithRandom123) {
  for (std::uint32_t i = 0; i < 10000; ++i) {
    const Block counter{i * 2654435761u, ~i, i * i, 77 * i}, key{i * 40503u, i ^ 0xdeadbeefu, 0, 0};
    const auto expected = philox4x32_R(10, {{counter[0], counter[1], counter[2], counter[3]}}, {{key[0], key[1]}});
    const Block got = random::philox4x32_10(counter, key);
    for (int j = 0; j < 4; ++j) ASSERT_EQ(got[j], expected.v[j]) << "counter word " << i;
  }
}

}  // namespace
}  // namespace sqrtn::verify
