#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <string>

/// A Google Benchmark program that knows nothing of sqrtn: forty short cases of dependent multiplications, so that
/// their time is a number of cycles. GATE_CASE_SLOW_BY=0.05 makes case 17 slower by 5 %, in the sense of that program.
namespace {

constexpr int n_cases = 40, slow_case = 17;

void chain(benchmark::State& state, std::int64_t multiplications) {
  for (auto _ : state) {
    std::uint64_t x = static_cast<std::uint64_t>(multiplications);
    for (std::int64_t i = 0; i < multiplications; ++i) benchmark::DoNotOptimize(x = x * x + 1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const char* slow_by = std::getenv("GATE_CASE_SLOW_BY");
  for (int i = 0; i < n_cases; ++i) {
    double multiplications = 4000 + 100 * i;
    if (i == slow_case && slow_by != nullptr) multiplications *= 1 + std::atof(slow_by);
    benchmark::RegisterBenchmark(("chain/" + std::to_string(i)).c_str(), [=](benchmark::State& state) {
      chain(state, static_cast<std::int64_t>(multiplications));
    });
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
