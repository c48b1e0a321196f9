#include <fmt/format.h>

#include <cstring>

#include "program.hpp"
#include "sqrtn/random/fill.hpp"

/// The raw bits that batteries read are those of the fills.
namespace sqrtn::verify {
namespace {

std::vector<std::uint32_t> words_of(const std::string& bytes) {
  std::vector<std::uint32_t> words(bytes.size() / 4);
  std::memcpy(words.data(), bytes.data(), words.size() * 4);
  return words;
}

TEST(Bits, AreTheStreamsWords) {
  const Folder folder;
  for (const random::Engine engine : {random::Engine::ars, random::Engine::philox}) {
    // Beyond one block of the writer, and not a whole number of words.
    const std::size_t bytes = (std::size_t{1} << 20) + 4098;
    const Ended ended = shell(
        folder, fmt::format("sqrtn bits --engine {} --seed 7 --stream 3 --bytes {} > bits", to_string(engine), bytes));
    EXPECT_EQ(ended.code, 0) << ended.err;
    const std::string content = content_of(folder / "bits");
    ASSERT_EQ(content.size(), bytes);
    std::vector<std::uint32_t> expected(bytes / 4);
    random::fill_bits({engine, 7, 3, 0}, expected);
    EXPECT_EQ(words_of(content), expected);
  }
}

TEST(Bits, InterleaveAThousandStreams) {
  const Folder folder;
  EXPECT_EQ(shell(folder, "sqrtn bits --streams interleaved --seed 7 --stream 3 --bytes 1060864 > bits").code, 0);
  const std::vector<std::uint32_t> words = words_of(content_of(folder / "bits"));
  ASSERT_EQ(words.size(), 265'216u);
  for (const std::size_t i : {0u, 1u, 1023u, 1024u, 5000u, 262'143u, 262'144u, 265'215u}) {
    std::vector<std::uint32_t> word(1);
    random::fill_bits({random::Engine::ars, 7, 3 + i % 1024, i / 1024}, word);
    EXPECT_EQ(words[i], word[0]) << i;
  }
}

TEST(Bits, LowestOnesArePacked) {
  const Folder folder;
  std::vector<std::uint32_t> words(64);
  random::fill_bits({random::Engine::ars, 7, 3, 0}, words);
  EXPECT_EQ(shell(folder, "sqrtn bits --seed 7 --stream 3 --lowest 4 --bytes 32 > bits").code, 0);
  const std::string bytes = content_of(folder / "bits");
  ASSERT_EQ(bytes.size(), 32u);
  for (std::size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(static_cast<unsigned char>(bytes[i / 2]) >> (i % 2 * 4) & 15u, words[i] & 15u) << i;
  }
  EXPECT_EQ(shell(folder, "sqrtn bits --lowest 3 --bytes 4 > bits").code, 2);
}

TEST(Bits, EndWhenTheReaderHasHadEnough) {
  const Folder folder;
  const Ended ended = shell(folder, "{ sqrtn bits; echo $? >code; } | head -c 100 | wc -c; cat code");
  EXPECT_EQ(ended.out, "100\n0\n");
  EXPECT_EQ(ended.err, "");
}

}  // namespace
}  // namespace sqrtn::verify
