#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>

#include "claims/judge.hpp"
#include "samplers/claims.hpp"
#include "samplers/small.hpp"
#include "sqrtn/init/spectral.hpp"
#include "sqrtn/support/tensor.hpp"
#include "support/dtype.hpp"
#include "support/words.hpp"

namespace sqrtn::samplers {
namespace {

using claims::Claim;
using claims::Outcome;
using claims::Settings;
using claims::Subject;
using Bytes = std::vector<std::byte>;

constexpr const char* source = "docs/sampler.md";

/// Whether a run of sixteen values, which hold 100 random bits at least, stands in both, at any places: exact for all
/// purposes. Zeros, of which a kernel may be full, are no run.
bool share_a_run(std::span<const std::byte> a, std::span<const std::byte> b, std::size_t value_bytes) {
  const std::size_t run = 16 * value_bytes;
  std::vector<std::string_view> runs;
  const auto add = [&](std::span<const std::byte> bytes, std::vector<std::string_view>& to) {
    for (std::size_t at = 0; at + run <= bytes.size(); at += value_bytes) {
      const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + at, run);
      if (std::ranges::count(text, '\0') < static_cast<std::ptrdiff_t>(run / 2)) to.push_back(text);
    }
  };
  add(a, runs);
  std::ranges::sort(runs);
  std::vector<std::string_view> others;
  add(b, others);
  return std::ranges::any_of(others, [&](std::string_view text) { return std::ranges::binary_search(runs, text); });
}

Claim program_claim(const Question& question, const char* what, const char* statement) {
  return claims::exact_claim(id_of(question, what), statement, source);
}

Claim seed_claim(const std::shared_ptr<Draws>& draws, const Question& question) {
  Claim claim = program_claim(question, "seeds", "the same seed gives the same draws, another seed others");
  claim.check = [=](const Subject&, const Settings& settings) {
    Program& program = draws->program();
    const std::uint32_t seed = first_seed(settings);
    const Bytes first = ask(program, question, seed, 2);
    std::size_t n = 0;
    for (const std::uint32_t other : {seed + 1, seed + 2, seed ^ 0x10000u, seed ^ 0x40000000u}) {
      const Bytes draws_of_other = ask(program, question, other, 2);
      if (draws_of_other == first)
        return claims::failure(fmt::format("seeds {} and {} give the same draws", seed, other));
      if (share_a_run(first, draws_of_other, bytes_of(question.dtype))) {
        return claims::failure(fmt::format("the draws of seeds {} and {} have a part in common", seed, other));
      }
      n += first.size() / bytes_of(question.dtype);
    }
    const bool same = ask(program, question, seed, 2) == first;
    return claims::exact_outcome(same ? "" : fmt::format("seed {} gives other draws when it is asked again", seed), n);
  };
  return claim;
}

Claim tensor_claim(const std::shared_ptr<Draws>& draws, const Question& question) {
  Claim claim = program_claim(question, "tensors", "no tensor of an answer holds a part of another, nor a part twice");
  claim.check = [=](const Subject&, const Settings& settings) {
    constexpr std::size_t count = 4;
    const Bytes answer = ask(draws->program(), question, first_seed(settings), count);
    const std::size_t size = answer.size() / count, value_bytes = bytes_of(question.dtype);
    const auto tensor = [&](std::size_t i) { return std::span<const std::byte>(answer).subspan(i * size, size); };
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (!share_a_run(tensor(j), tensor(i), value_bytes)) continue;
        const bool equal = std::ranges::equal(tensor(j), tensor(i));
        return claims::failure(
            fmt::format("tensor {} of one answer {} tensor {}", i + 1, equal ? "repeats" : "holds a part of", j + 1));
      }
      if (share_a_run(tensor(i).first(size / 2), tensor(i).subspan(size / 2), value_bytes)) {
        return claims::failure(fmt::format("tensor {} holds a part of itself twice", i + 1));
      }
    }
    return claims::exact_outcome({}, answer.size() / value_bytes);
  };
  return claim;
}

Claim process_claim(const std::shared_ptr<Draws>& draws, const Question& question) {
  Claim claim = program_claim(question, "processes", "another process gives the same draws for the same seed");
  claim.check = [=](const Subject&, const Settings& settings) {
    Program other(draws->program().command(), draws->program().limit_s());
    const Bytes first = ask(draws->program(), question, first_seed(settings), 2);
    const bool same = ask(other, question, first_seed(settings), 2) == first;
    return claims::exact_outcome(
        same ? "" : fmt::format("a second process gives other draws for seed {}", first_seed(settings)),
        first.size() / bytes_of(question.dtype));
  };
  return claim;
}

/// |G − I| of one weight, G the Gram matrix of its shorter side in double: what the type's rounding may leave of it,
/// 2u + u², and s reflectors of length l in the type itself, 12·s·(l + 6)·u.
template <class T>
Claim gram_claim(const std::shared_ptr<Draws>& draws, const Question& question) {
  Claim claim = program_claim(question, "gram", "CᵀC = I, or CCᵀ of a wide weight, up to the type's rounding");
  claim.check = [=](const Subject&, const Settings& settings) {
    Buffer<T> weight(element_count(question.shape));
    draws->draw<T>(question, {random::Engine::ars, settings.seed, random::stream_of("gram")}, weight.span());
    const std::size_t rows = question.shape[0], cols = weight.size() / rows;  // wide
    const double u = unit_roundoff(dtype_of(question.dtype));
    const double bound =
        2 * u + u * u + 12 * static_cast<double>(rows) * static_cast<double>(cols + 6) * std::min(u, 0x1p-24);
    const bool is_finite = std::ranges::all_of(weight.span(), [](T w) { return std::isfinite(w); });
    const double worst = is_finite ? init::orthonormality_error(MatrixView<const T>(weight.data(), rows, cols))
                                   : std::numeric_limits<double>::quiet_NaN();
    return claims::exact_outcome(
        worst <= bound ? ""
                       : fmt::format("an entry of the Gram matrix is off by {:.3g}, {:.3g} is allowed", worst, bound),
        weight.size());
  };
  return claim;
}

}  // namespace

Question small(const std::string& rule, const Known& known, Element dtype) {
  if (rule == "bits") return {.rule = rule, .shape = {1536}, .mode = {}, .gain = {}, .dtype = Element::u32};
  const bool is_kernel = rule == "delta_orthogonal" || !known.knows_layout("linear");
  const Shape shape = is_kernel ? Shape{32, 16, 3, 3} : Shape{32, 48};
  Question question{
      .rule = rule, .shape = shape, .layer = init::default_layer(shape), .mode = {}, .gain = {}, .dtype = dtype};
  if (!is_kernel || known.knows_layout("conv")) return question;
  question.layer = init::Layer::transposed_conv;
  return question;
}

std::vector<std::byte> ask(Program& program, const Question& question, std::uint32_t seed, std::size_t count) {
  std::vector<std::byte> answer(count * element_count(question.shape) * bytes_of(question.dtype));
  program.draw(question, seed, count, answer);
  return answer;
}

std::string id_of(const Question& question, std::string_view what) {
  return fmt::format("sampler/{}/{}/{}", question.rule, word_of(question.dtype, element_words), what);
}

init::Distribution law_of(const Question& question) {
  return init::distribution(init::find_rule(question.rule),
                            init::fans(question.layer, question.shape, question.groups));
}

std::uint32_t first_seed(const Settings& settings) { return static_cast<std::uint32_t>(settings.seed % 0x40000000); }

std::vector<Claim> program_claims(const std::shared_ptr<Draws>& draws, Element dtype) {
  std::vector<Claim> claims;
  const Known& known = draws->known();
  bool first = true;
  for (const std::string& rule : known.rules) {
    if (!is_random(rule) || (rule == "bits") != (dtype == Element::u32)) continue;
    const Question question = small(rule, known, dtype);
    claims.push_back(seed_claim(draws, question));
    claims.push_back(tensor_claim(draws, question));
    if (std::exchange(first, false)) claims.push_back(process_claim(draws, question));
    if (rule != "orthogonal") continue;
    claims.push_back(dtype == Element::f64 ? gram_claim<double>(draws, question) : gram_claim<float>(draws, question));
  }
  for (auto* more : {correlation_claims, rounding_claims}) {
    std::ranges::move(more(draws, dtype), std::back_inserter(claims));
  }
  return claims;
}

}  // namespace sqrtn::samplers
