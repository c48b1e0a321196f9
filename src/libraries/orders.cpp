#include "libraries/orders.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "order/order.hpp"
#include "sqrtn/support/require.hpp"
#include "support/call_watch.hpp"

namespace sqrtn::libraries {
namespace {

// The memory of reading at 2048³, and what libraries reserve beside it.
constexpr std::size_t most_memory = std::size_t{6} << 30;
constexpr unsigned call_limit_s = 60;
constexpr double patience = 3;  // of the time that a child is to keep to, until it is ended

/// Where the class is; nothing if that takes more blocks than documents may have.
std::vector<results::OrderBlock> told_blocks(const order::Classes& classes, std::size_t number) {
  std::vector<results::OrderBlock> blocks;
  for (const order::EntryBlock& block : order::blocks_of(classes, number))
    blocks.push_back({laws::runs_text(block.rows), laws::runs_text(block.columns)});
  if (blocks.size() > results::most_order_blocks) blocks.clear();
  return blocks;
}

results::OrderClass class_of(const order::Reading& reading, std::size_t number, double unit_roundoff) {
  const order::EntryClass& entries = reading.classes.classes[number];
  const order::ClassOrder& order = reading.orders[number];
  const order::Tally& tally = reading.certificate.classes[number];
  results::OrderClass one;
  one.entries = entries.entries;
  one.row = entries.row;
  one.column = entries.column;
  one.reason = order.why_not;
  one.blocks = told_blocks(reading.classes, number);
  if (!order.tree) return one;
  one.formula = laws::to_text(*order.tree);
  one.tree = laws::to_code(*order.tree);
  one.fusion = laws::fusion_of(*order.tree);
  one.roundings = laws::roundings(*order.tree);
  one.error_bound = laws::error_bound(*order.tree, unit_roundoff);
  one.compared = tally.compared;
  one.predicted = tally.predicted;
  const bool all = tally.compared > 0 && tally.predicted == tally.compared;
  one.verdict = all ? results::OrderVerdict::certified : results::OrderVerdict::contradicted;
  if (!all) one.reason = tally.compared == 0 ? "no fresh entry of it was compared" : tally.first_miss;
  return one;
}

void describe(const order::Reading& reading, double unit_roundoff, results::LibraryOrder& order) {
  order.repeatable = reading.repeatable;
  order.answer = fmt::format("{:016x}", reading.answer);
  order.time_s = reading.time_s;
  for (const order::Invariance& one : reading.invariance) {
    order.invariance.push_back(
        {static_cast<results::OrderCircumstance>(one.circumstance), one.tried, one.answers, one.first});
  }
  // Whatever was read of what is not repeatable is the order of some calls.
  if (!reading.repeatable) return;
  order.distinct = reading.classes.distinct;
  order.compared = reading.certificate.compared;
  order.predicted = reading.certificate.predicted;
  order.alpha = static_cast<results::OrderAlpha>(reading.scalars.alpha);
  order.beta = static_cast<results::OrderBeta>(reading.scalars.beta);
  std::size_t certified = 0;
  for (std::size_t number = 0; number < reading.orders.size(); ++number) {
    order.classes.push_back(class_of(reading, number, unit_roundoff));
    if (order.classes.back().verdict == results::OrderVerdict::certified) certified += order.classes.back().entries;
  }
  order.unknown_share = 1 - static_cast<double>(certified) / static_cast<double>(order.entries);
}

template <class T>
void read(const blas::Interface& interface, const std::function<int(int)>& set_threads, const Ordering& ordering,
          results::LibraryOrder& order) {
  const order::Options options{.seed = ordering.seed,
                               .entries = ordering.entries,
                               .limit_s = ordering.limit_s,
                               .invariance = ordering.invariance};
  describe(order::read_order<T>(interface, ordering.request, set_threads, options),
           std::numeric_limits<T>::epsilon() / 2, order);
}

/// C's, which takes either layout, where it has the routine.
const blas::Interface& chosen(const std::vector<blas::Interface>& interfaces, const Ordering& ordering) {
  const auto found = std::ranges::find_if(interfaces, [&](const blas::Interface& interface) {
    return order::has_routine(interface, ordering.request, ordering.dtype == "f64" ? 'd' : 's');
  });
  require(found != interfaces.end(), "the library has no {} of {}{}", ordering.request.routine, ordering.dtype,
          ordering.request.routine == "gemm" ? "" : "; ask for gemm");
  return *found;
}

results::LibraryOrder asked(const std::string& name, const Ordering& ordering) {
  results::LibraryOrder order;
  order.name = name;
  order.request = ordering.request.to_text();
  order.dtype = ordering.dtype;
  order.threads = ordering.threads;
  order.entries = order::entries_of(ordering.request);
  return order;
}

results::LibraryOrder order_apart(const Candidate& library, const Ordering& ordering) {
  std::vector<std::string> words{"order",
                                 ordering.request.to_text(),
                                 "--in-process",
                                 "--blas",
                                 library.blas,
                                 "--dtype",
                                 ordering.dtype,
                                 "--threads",
                                 fmt::to_string(ordering.threads),
                                 "--seed",
                                 fmt::to_string(ordering.seed),
                                 "--entries",
                                 fmt::to_string(ordering.entries),
                                 "--limit",
                                 fmt::format("{:.3f}", ordering.limit_s)};
  if (ordering.invariance) words.emplace_back("--invariance");
  EnvironmentAdditions environment = environment_for(library);
  environment.merge(started_with(ordering.threads));
  results::LibraryOrder order = asked(library.name, ordering);
  const Answer answer = ask_child_for(
      words, {.wall_s = patience * ordering.limit_s + call_limit_s, .memory_bytes = most_memory}, environment,
      [&](std::string_view text) {
        results::OrderDocument document = results::parse_orders(text, "its answer");
        require(document.orders.size() == 1, "its answer: orders: expected one, got {}", document.orders.size());
        order = std::move(document.orders.front());
      });
  order.name = library.name;
  if (!answer.answered) order.refusal = answer.complaint();
  return order;
}

}  // namespace

results::LibraryOrder order_through(const blas::Interface& interface, const std::function<int(int)>& set_threads,
                                    const Ordering& ordering) {
  results::LibraryOrder order = asked("", ordering);
  ordering.dtype == "f64" ? read<double>(interface, set_threads, ordering, order)
                          : read<float>(interface, set_threads, ordering, order);
  return order;
}

results::LibraryOrder order_in_process(const std::string& blas, Ordering ordering) {
  const blas::Backend backend = load_library(blas);
  watch_calls(call_limit_s);
  const std::vector<blas::Interface> interfaces = backend.interfaces();
  const blas::Interface& interface = chosen(interfaces, ordering);
  if (!interface.of_c && ordering.request.routine != "dot") ordering.request.column_major = true;
  const int threads = backend.set_threads(ordering.threads);
  results::LibraryOrder order = order_through(
      interface, [&](int n) { return n > 0 ? backend.set_threads(n) : backend.threads(); }, ordering);
  order.name = blas;
  order.threads = threads;
  order.identity = backend.identity();
  return order;
}

std::vector<results::LibraryOrder> orders_apart(const std::vector<Candidate>& libraries,
                                                const std::vector<Ordering>& orderings,
                                                const std::function<void(double, const std::string&)>& progress) {
  std::vector<results::LibraryOrder> orders;
  const double all = static_cast<double>(libraries.size() * orderings.size());
  for (const Ordering& ordering : orderings) {
    for (const Candidate& library : libraries) {
      if (!library.record) continue;
      progress(static_cast<double>(orders.size()) / all, library.name);
      orders.push_back(order_apart(library, ordering));
    }
  }
  return orders;
}

}  // namespace sqrtn::libraries
