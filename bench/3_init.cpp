#include <Random123/ars.h>
#include <Random123/philox.h>

#include <Eigen/Core>
#include <Random123/boxmuller.hpp>
#include <Random123/uniform.hpp>
#include <algorithm>
#include <cstring>
#include <optional>
#include <random>

#include "case.hpp"
#include "sqrtn/init/rules.hpp"
#include "sqrtn/random/fill.hpp"
#include "vsl.hpp"

/// Random matrices: sqrtn's fills by law, engine, type and size; the standard library's,
/// Random123's, Eigen's and MKL's own loops beside them.
namespace sqrtn::bench {
namespace {

/// Where a row draws to.
struct Target {
  const char* size;  ///< cache_size or memory_size
  std::size_t bytes;
  int threads;
};

/// A row: `draw` fills its target.
template <class T>
Case fill(const Context& context, const Target& target, const std::string& law, const std::string& engine,
          std::function<void(std::span<T>)> draw) {
  const std::size_t n_samples = target.bytes / sizeof(T);
  auto scratch = context.scratch;
  Case c;
  c.row.id = fmt::format("init/{}/{}/{}/{}/{}", law, engine, dtype_name<T>, target.size, target.threads);
  c.row.group = "init";
  c.row.subject = fmt::format("{} {}", law, engine);
  c.row.shape = size_text(target.bytes);
  c.row.dtype = dtype_name<T>;
  c.row.threads = target.threads;

  c.row.rate_unit = "Gsamples/s";
  c.work = static_cast<double>(n_samples);
  c.ceilings = write_ceilings(target.size, target.threads);
  c.ceiling_scale = 1.0 / sizeof(T);

  c.setup = [=] {
    scratch->get<T>(n_samples);
    return true;
  };
  c.timed = [=] { draw(scratch->get<T>(n_samples)); };
  return c;
}

/// `fan`: of the matrix that a rule is for.
template <class T>
Case sqrtn_fill(const Context& context, const Target& target, const std::string& law, random::Engine engine,
                std::size_t fan = 512) {
  random::Stream stream = context.stream("init/" + law);
  stream.engine = engine;
  const unsigned threads = target.threads;
  std::function<void(std::span<T>)> draw;
  if (law == "uniform") {
    draw = [=](std::span<T> out) { random::fill_uniform<T>(stream, out, -1, 1, threads); };
  } else if (law == "normal") {
    draw = [=](std::span<T> out) { random::fill_normal<T>(stream, out, 0, 1, threads); };
  } else if (law == "truncated_normal") {
    draw = [=](std::span<T> out) { random::fill_truncated_normal<T>(stream, out, 0, 1, 2, threads); };
  } else {
    const init::Distribution distribution = init::distribution(init::find_rule(law), {.fan_in = fan, .fan_out = fan});
    draw = [=](std::span<T> out) { init::initialise<T>(distribution, stream, out, threads); };
  }
  return fill<T>(context, target, law, std::string(random::to_string(engine)), draw);
}

template <class T, class Distribution>
Case std_fill(const Context& context, const Target& target, const std::string& law, Distribution distribution) {
  return fill<T>(context, target, "std_" + law, "mt19937_64",
                 [=, engine = std::mt19937_64(context.options.seed)](std::span<T> out) mutable {
                   for (T& x : out) x = distribution(engine);
                 });
}

/// The words of one 128-bit block: four for float, two for double.
template <class T>
using Word = std::conditional_t<sizeof(T) == sizeof(float), std::uint32_t, std::uint64_t>;

/// Random123 as its documentation uses it: a block at a time, its own uniforms and Box–Muller.
template <class T, class Generator>
Case random123_fill(const Context& context, const Target& target, bool normal, const std::string& engine) {
  typename Generator::ukey_type key = {{}};
  key.v[0] = static_cast<std::uint32_t>(context.options.seed);
  const auto draw = [=](std::span<T> out) {
    constexpr std::size_t per_block = 16 / sizeof(T);
    Generator generator;
    for (std::size_t i = 0; i + per_block <= out.size(); i += per_block) {
      const typename Generator::ctr_type counter = {{static_cast<std::uint32_t>(i / per_block)}};
      const auto block = generator(counter, key);
      Word<T> words[per_block];
      std::memcpy(words, &block, sizeof words);
      for (std::size_t j = 0; j < per_block; j += 2) {
        if (normal) {
          const auto pair = r123::boxmuller(words[j], words[j + 1]);
          out[i + j] = pair.x;
          out[i + j + 1] = pair.y;
        } else {
          out[i + j] = r123::u01<T>(words[j]);
          out[i + j + 1] = r123::u01<T>(words[j + 1]);
        }
      }
    }
  };
  return fill<T>(context, target, normal ? "random123_normal" : "random123_uniform", engine, draw);
}

/// Eigen's setRandom, U(−1, 1) by std::rand.
template <class T>
Case eigen_fill(const Context& context, const Target& target) {
  return fill<T>(context, target, "eigen_uniform", "rand", [](std::span<T> out) {
    Eigen::Map<Eigen::Array<T, Eigen::Dynamic, 1>>(out.data(), static_cast<Eigen::Index>(out.size())).setRandom();
  });
}

/// MKL's generators as its documentation uses them: one stream, one call a fill.
template <class T>
Case vsl_fill(const Context& context, const Target& target, bool normal, const VslMethod& method) {
  auto stream = std::make_shared<std::optional<VslStream>>();  // opened by the first draw, after the BLAS
  const auto seed = static_cast<unsigned>(context.options.seed);
  return fill<T>(context, target, normal ? "mkl_normal" : "mkl_uniform", method.name, [=](std::span<T> out) {
    if (!*stream) stream->emplace(method, seed);
    if (normal) {
      (*stream)->fill_normal<T>(out, 0, 1);
    } else {
      (*stream)->fill_uniform<T>(out, -1, 1);
    }
  });
}

/// A weight of a real layer, in memory.
Case he_matrix(const Context& context, int threads) {
  constexpr std::size_t n = 4096;
  const Target target{memory_size, n * n * sizeof(float), threads};
  Case c = sqrtn_fill<float>(context, target, "he_normal", random::Engine::ars, n);
  c.row.id = fmt::format("init/he_normal/ars/f32/{0}x{0}/{1}", n, threads);
  c.row.shape = fmt::format("{0}x{0}", n);
  return c;
}

/// What a stream costs before it flows: 16 numbers of one that was never used.
Case first_numbers(const Context& context, random::Engine engine) {
  constexpr std::size_t n_samples = 16;
  const std::string name(random::to_string(engine));
  Case c;
  c.row.id = fmt::format("init/first_16/{}/f32/64B/1", name);
  c.row.group = "init";
  c.row.subject = "first_16 " + name;
  c.row.shape = "64 B";
  c.row.dtype = "f32";
  c.row.rate_unit = "Gsamples/s";
  c.work = n_samples;
  c.setup = [scratch = context.scratch] {
    scratch->get<float>(n_samples);
    return true;
  };
  random::Stream stream = context.stream("init/first_16");
  stream.engine = engine;
  c.timed = [=, scratch = context.scratch]() mutable {
    ++stream.seed;
    random::fill_uniform<float>(stream, scratch->get<float>(n_samples), -1, 1, 1);
  };
  return c;
}

/// The rows of one type on one target. The peers have no threads of their own.
template <class T>
void add_target(std::vector<Case>& cases, const Context& context, const Target& target,
                std::span<const char* const> laws, std::span<const random::Engine> engines) {
  for (const char* law : laws) {
    for (const random::Engine engine : engines) cases.push_back(sqrtn_fill<T>(context, target, law, engine));
  }
  if (target.threads > 1) return;
  cases.push_back(std_fill<T>(context, target, "uniform", std::uniform_real_distribution<T>(-1, 1)));
  cases.push_back(std_fill<T>(context, target, "normal", std::normal_distribution<T>(0, 1)));
  cases.push_back(eigen_fill<T>(context, target));
  for (const bool normal : {false, true}) {
    for (const VslMethod& method : vsl_methods(normal)) {
      cases.push_back(vsl_fill<T>(context, target, normal, method));
    }
    cases.push_back(random123_fill<T, r123::Philox4x32>(context, target, normal, "philox"));
#if R123_USE_AES_NI
    cases.push_back(random123_fill<T, r123::ARS4x32>(context, target, normal, "ars"));
#endif
  }
}

}  // namespace

void add_init(std::vector<Case>& cases, const Context& context) {
  // he_normal is a scaled normal: what a rule costs over its law.
  constexpr const char* laws[] = {"uniform", "normal", "truncated_normal", "he_normal"};
  constexpr random::Engine engines[] = {random::Engine::ars, random::Engine::philox};
  for (const random::Engine engine : engines) cases.push_back(first_numbers(context, engine));
  for (const char* law : {"uniform", "normal"}) {
    const Target cache{cache_size, cache_bytes, 1};
    cases.push_back(sqrtn_fill<Float16>(context, cache, law, random::Engine::ars));
    cases.push_back(sqrtn_fill<Bfloat16>(context, cache, law, random::Engine::ars));
  }
  for (const int threads : context.threads) {
    const Target cache{cache_size, cache_bytes, threads}, memory{memory_size, context.memory_bytes, threads};
    if (context.options.quick) {
      // One law of each cost, the preferred engine, and the peers at the size where they are fastest.
      const auto few_laws = std::span(laws).first(2);
      const auto one_engine = std::span(engines).first(1);
      if (threads == 1) add_target<float>(cases, context, cache, laws, engines);
      for (const char* law : few_laws) cases.push_back(sqrtn_fill<float>(context, memory, law, one_engine[0]));
      if (threads == 1) cases.push_back(sqrtn_fill<double>(context, cache, "normal", one_engine[0]));
      continue;
    }
    cases.push_back(he_matrix(context, threads));
    for (const Target& target : {cache, memory}) {
      if (target.bytes == cache.bytes && threads > 1) continue;  // one thread fills so little
      add_target<float>(cases, context, target, laws, engines);
      add_target<double>(cases, context, target, laws, engines);
    }
  }
}

}  // namespace sqrtn::bench
