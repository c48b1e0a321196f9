#include <algorithm>
#include <limits>
#include <map>

#include "case.hpp"
#include "clock.hpp"
#include "sqrtn/blas/products.hpp"
#include "support/filter.hpp"
#include "support/machine_watch.hpp"

/// One sample of each product, for comparisons over processes.
namespace sqrtn::bench {
namespace {

// Long enough for the clock's resolution and for calls of nanoseconds; all rows together are paid for in each process.
constexpr double least_s = 4e-3;
// Above this a call before the timed one costs more than the cold start that it takes away.
constexpr double no_warm_up_s = 0.05;

results::Measurement sample(results::Measurement row, double time_s, double work) {
  row.median_s = row.min_s = time_s;
  row.rounds = 1;
  if (time_s > 0 && row.note.empty()) row.rate = work / time_s / 1e9;
  return row;
}

results::Measurement clock_row() {
  constexpr std::size_t steps = 4'000'000;
  results::Measurement row;
  row.id = row.group = clock_id;
  row.subject = "dependent loop";
  row.rate_unit = "Gsteps/s";
  return sample(row, time_dependent_chain_s(steps), steps);
}

/// The first product of the process: loading is over, but threads, buffers and pages are not there yet.
results::Measurement first_call(const blas::Backend& backend) {
  constexpr std::size_t n = 64;
  const Matrix<float> a(n, n), b(n, n);
  Matrix<float> c(n, n);
  results::Measurement row;
  row.id = first_call_id;
  row.group = "products";
  row.subject = "first call";
  row.shape = "64x64x64";
  row.dtype = "f32";
  row.blas = backend.file_name();
  backend.set_threads(1);
  const auto start = Clock::now();
  blas::gemm<float>(backend.functions(), blas::Op::none, blas::Op::none, 1, a.view(), b.view(), 0, c.view());
  row = sample(row, seconds_since(start), 0);
  row.rate.reset();
  return row;
}

results::Measurement time_row(Case& c, double predicted_s) {
  if (!c.setup()) c.row.note = {results::NoteKind::wrong_answer, wrong_answer};
  double call_s = predicted_s;
  if (predicted_s < no_warm_up_s) {
    c.timed();
    const auto start = Clock::now();
    c.timed();
    call_s = seconds_since(start);
  }
  const auto calls = static_cast<int>(std::clamp(least_s / std::max(call_s, 1e-9), 1.0, 1e6));
  const double cpu_before_s = cpu_time_s();

  const auto start = Clock::now();
  for (int i = 0; i < calls; ++i) {
    c.timed();
    benchmark::ClobberMemory();
  }
  const double time_s = seconds_since(start);

  const double busy = (cpu_time_s() - cpu_before_s) / time_s;
  results::Measurement row = sample(c.row, time_s / calls, c.work);
  if (!row.note.empty()) return row;
  if (busy > c.row.threads + 0.5) {
    row.note = {results::NoteKind::busy_threads,
                fmt::format("{:.1f} threads busy, {} asked for: not ranked", busy, c.row.threads)};
    row.rate.reset();
  } else if (c.row.threads > 1 && time_s / calls > 1e-3 && busy < 0.75 * c.row.threads) {
    // Small products are computed by one thread.
    row.note = {results::NoteKind::idle_threads, fmt::format("{:.1f} of {} threads busy", busy, c.row.threads)};
  }
  return row;
}

/// The rows of one number of threads, the smallest first; operands live as long as their shape.
void sample_rows(std::vector<Case> cases, double cap_s, std::vector<results::Measurement>& rows) {
  std::ranges::stable_sort(cases, {}, &Case::work);
  std::map<std::string, double> rates;  // work a second, of each product and type
  for (Case& c : cases) {
    double& rate = rates[c.row.subject + c.row.dtype];
    const double predicted_s = rate > 0 ? c.work / rate : 0;
    if (predicted_s > cap_s) {
      c.row.note = {results::NoteKind::left_out, fmt::format("left out: a call would take {:.2g} s", predicted_s)};
      c.row.median_s = c.row.min_s = std::numeric_limits<double>::quiet_NaN();
      rows.push_back(c.row);
    } else {
      rows.push_back(time_row(c, predicted_s));
      rate = c.work / rows.back().median_s;
    }
    c = {};
  }
}

}  // namespace

std::vector<results::Measurement> sample_products(const blas::Backend& backend, const Options& options, double cap_s) {
  const Filter filter(options.filter);
  std::vector<results::Measurement> rows{clock_row(), first_call(backend)};
  const Context context = make_context(&backend, options);
  // One thread first: those that a product has woken may spin on, and are no fault of the next one.
  for (const int threads : context.blas_threads) {
    std::vector<Case> cases;
    add_sampled_products(cases, context);
    std::erase_if(cases, [&](const Case& c) { return c.row.threads != threads || !filter.finds(c.row.id); });
    sample_rows(std::move(cases), cap_s, rows);
  }
  return rows;
}

}  // namespace sqrtn::bench
