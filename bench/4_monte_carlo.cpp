#include "case.hpp"
#include "experiment/monte_carlo.hpp"

/// The notebooks' loop: x ~ N(0,1)ⁿ, W fresh, y = W x or max(0, W x), mean and mean square; n = 512.
namespace sqrtn::bench {
namespace {

constexpr std::size_t n = 512;

/// The notebooks repeat 10,000 times. Replicates are alike, so a round runs a part, which threads share evenly.
std::size_t replicates_per_round() {
  const auto most = static_cast<std::size_t>(numbers_of_threads().back());
  return (8 + most - 1) / most * most * experiment::task_replicates;
}

struct Variant {
  const char* name;
  double variance;  ///< of W's entries
  bool rectified;
};

constexpr Variant variants[] = {
    {"plain", 1, false},             // explodes by √n a layer
    {"relu", 1, true},               // by √(n/2)
    {"scaled", 1.0 / n, false},      // LeCun's rule: stays
    {"scaled_relu", 2.0 / n, true},  // He's rule: stays
};

Case loop(const Context& context, const Variant& variant, int threads) {
  const experiment::LayerExperiment layer{
      .fan_out = n, .fan_in = n, .weights = {init::Law::normal, variant.variance}, .rectified = variant.rectified};
  const random::Stream stream = context.stream("monte_carlo");
  const std::size_t replicates = replicates_per_round();
  const blas::Backend* backend = context.backend;
  Case c;
  c.row.id = fmt::format("monte_carlo/{}/f32/{}", variant.name, threads);
  c.row.group = "monte_carlo";
  c.row.subject = fmt::format("layer {}", variant.name);
  c.row.shape = fmt::format("{0}x{0}, {1} of 10,000", n, replicates);
  c.row.dtype = "f32";
  c.row.threads = threads;
  if (backend != nullptr) c.row.blas = backend->file_name();

  // Every normal that a replicate draws; at n = 512 drawing W costs more than multiplying by it.
  c.row.rate_unit = "Gsamples/s";
  c.work = static_cast<double>(replicates * (n * n + n));
  c.ceilings = write_ceilings(cache_size, threads);
  c.ceiling_scale = 1.0 / sizeof(float);

  c.setup = [=] {
    backend->set_threads(1);  // the loop's own threads call it
    return true;
  };
  c.timed = [=] {
    benchmark::DoNotOptimize(experiment::run_layer<float>(layer, backend->functions(), stream, replicates, threads));
  };
  return c;
}

}  // namespace

void add_monte_carlo(std::vector<Case>& cases, const Context& context) {
  for (const Variant& variant : variants) {
    for (const int threads : context.threads) {
      // In a short run the variants differ too little to be worth more than one row of threads.
      if (context.options.quick && threads > 1 && &variant != &variants[0]) continue;
      cases.push_back(loop(context, variant, threads));
    }
  }
}

}  // namespace sqrtn::bench
