#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <span>
#include <stdexcept>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "samplers/program.hpp"
#include "sqrtn/claims/subject.hpp"
#include "sqrtn/random/stream.hpp"

/// A program's draws as the subject of the claims about sqrtn's own.
namespace sqrtn::samplers {

/// The program does not know what a claim is about.
class NotKnown : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Tensors by (engine, seed, stream, offset), as claims address them. A program knows seeds alone: tensors at offsets
/// 0, n, 2n … of a stream, n their size, come together, 1, 1, 2, 4, 8 … up to a million values a question, each
/// question with a seed of its own. Neighbouring seeds of a claim are neighbouring seeds of the program. Not
/// thread-safe: claims are to be checked on one thread.
class Draws {
 public:
  explicit Draws(Program& program) : program_(program) {}

  /// The tensor at this address; of half types as the numbers that were rounded, spread evenly over their rounding
  /// cells (but 0, which stays), so that laws of continuous distributions hold: a variance by 5·10⁻⁶ of itself.
  /// Throws: as Program::draw.
  template <class T>
  void draw(const Question& question, const random::Stream& address, std::span<T> out);

  [[nodiscard]] const Known& known() { return program_.known(); }
  [[nodiscard]] Program& program() { return program_; }

 private:
  using Address = std::tuple<random::Engine, std::uint64_t, std::uint64_t, std::uint64_t, bool>;
  struct AddressHash {
    std::size_t operator()(const Address& address) const;
  };
  /// The bytes of one tensor, valid until the next call.
  std::span<const std::byte> bytes_at(const Question& question, const random::Stream& address);
  std::uint32_t seed_of(const Address& address);

  Program& program_;
  std::unordered_map<std::uint32_t, Address> taken_;
  /// What was answered lately: claims about two addresses read them in turn.
  struct Answer {
    Question question;
    Address first{};
    std::vector<std::byte> bytes;
  };
  std::deque<Answer> answers_;
};

/// Every draw of the claims is the program's, of `dtype` where they take float, or double if it is f64. What it does
/// not know of a layer, fans or a gain is drawn by sqrtn instead, so that claims about several judge those that it
/// knows; a rule that it does not know throws NotKnown. An entry at a uniform's low end, which belongs to it for most,
/// or beyond a limit by its rounding, is taken for the one beside it.
claims::Subject subject_of(const std::shared_ptr<Draws>& draws, Element dtype);

}  // namespace sqrtn::samplers
