#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <limits>
#include <memory>
#include <system_error>

#include "command/command.hpp"
#include "command/options.hpp"
#include "sqrtn/random/fill.hpp"
#include "sqrtn/support/require.hpp"
#include "sqrtn/support/tensor.hpp"

/// Raw words for test batteries of others.
namespace sqrtn::command {
namespace {

struct BitsOptions {
  std::string engine = "ars", streams = "one";
  std::uint64_t seed = 1, stream = 0, bytes = 0;
  unsigned lowest = 32;  ///< bits of each word
};

constexpr std::size_t block = std::size_t{1} << 18;  ///< words written at a time
constexpr std::size_t interleaved_streams = 1024;

/// Word i of the output is word i of the stream.
void fill_one(const random::Stream& stream, std::uint64_t first, std::span<std::uint32_t> out) {
  random::fill_bits(stream.skip(first), out);
}

/// Word i of the output is word i/1024 of stream number stream + i mod 1024: neighbours of one stream
/// are far apart, neighbours of different streams side by side.
void fill_interleaved(const random::Stream& stream, std::uint64_t first, std::span<std::uint32_t> out) {
  const std::size_t rows = out.size() / interleaved_streams;
  Buffer<std::uint32_t> column(rows);
  for (std::size_t s = 0; s < interleaved_streams; ++s) {
    random::fill_bits({stream.engine, stream.seed, stream.stream + s, stream.offset + first / interleaved_streams},
                      column.span());
    for (std::size_t row = 0; row < rows; ++row) out[row * interleaved_streams + s] = column[row];
  }
}

/// The lowest `bits` of each word, 1, 2, 4, 8, 16 or 32, packed from the least significant end; in place.
std::span<std::uint32_t> pack_lowest(std::span<std::uint32_t> words, unsigned bits) {
  if (bits == 32) return words;
  const std::size_t per_word = 32 / bits;
  for (std::size_t i = 0; i < words.size() / per_word; ++i) {
    std::uint32_t packed = 0;
    for (std::size_t j = 0; j < per_word; ++j) {
      packed |= (words[i * per_word + j] & ((1u << bits) - 1)) << (j * bits);
    }
    words[i] = packed;
  }
  return words.first(words.size() / per_word);
}

/// A reader that has had enough closes the pipe: that is how such a stream ends.
bool write_words(std::span<const std::uint32_t> words, std::size_t bytes) {
  if (std::fwrite(words.data(), 1, bytes, stdout) == bytes && std::fflush(stdout) == 0) return true;
  if (errno != EPIPE) throw std::system_error(errno, std::generic_category(), "cannot write standard output");
  std::clearerr(stdout);
  return false;
}

int write_bits(const BitsOptions& options) {
  require(options.streams == "one" || options.streams == "interleaved", "--streams takes one or interleaved, got '{}'",
          options.streams);
  const random::Stream stream{random::parse_engine(options.engine), options.seed, options.stream, 0};
  require(::isatty(STDOUT_FILENO) == 0,
          "raw bits are not for a terminal; send them to a program or a file, as 'sqrtn bits | dieharder -g 200 -a'");
  const auto fill = options.streams == "one" ? fill_one : fill_interleaved;
  Buffer<std::uint32_t> words(block);
  std::uint64_t left = options.bytes == 0 ? std::numeric_limits<std::uint64_t>::max() : options.bytes;
  for (std::uint64_t first = 0; left > 0; first += block) {
    fill(stream, first, words.span());
    const std::span<const std::uint32_t> kept = pack_lowest(words.span(), options.lowest);
    const std::uint64_t bytes = std::min<std::uint64_t>(left, kept.size_bytes());
    if (!write_words(kept, bytes)) break;
    left -= bytes;
  }
  return all_well;
}

}  // namespace

void add_bits(CLI::App& application, Action& chosen) {
  auto options = std::make_shared<BitsOptions>();
  CLI::App* bits =
      application.add_subcommand("bits", "Writes a generator's raw bits to standard output, for batteries");
  const auto number = [&](const char* name, std::uint64_t& value, const char* text) {
    add_whole_number(*bits, name, value, text)->type_name("N")->capture_default_str();
  };
  bits->add_option("--engine", options->engine, "Generator")->type_name("ars|philox")->capture_default_str();
  number("--seed", options->seed, "Seed");
  number("--stream", options->stream, "Stream; the first of them if interleaved");
  bits->add_option("--streams", options->streams,
                   "one, or interleaved: a word from each of 1024 streams in turn, to see whether they are independent")
      ->type_name("one|interleaved")
      ->capture_default_str();
  bits->add_option("--lowest", options->lowest, "Only so many of the lowest bits of each word, packed")
      ->check(CLI::IsMember({1, 2, 4, 8, 16, 32}))
      ->capture_default_str();
  number("--bytes", options->bytes, "Stop after so many; 0: when the reader has had enough");
  bits->footer(
      "Words of 32 bits, least significant byte first on the usual machines.\n"
      "Examples:\n  sqrtn bits --engine philox --seed 1 --bytes 1048576 > bits.bin\n"
      "  sqrtn bits --streams interleaved --bytes 64 | od -An -tx4\n"
      "  sqrtn bits --lowest 1 --bytes 16 | od -An -tx1");
  bits->callback([options, &chosen] { chosen = [options] { return write_bits(*options); }; });
}

}  // namespace sqrtn::command
