#include "screen/certify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <nlohmann/json.hpp>
#include <system_error>
#include <thread>

#include "libraries/orders.hpp"
#include "support/interrupt.hpp"

namespace sqrtn::screen {
namespace {

constexpr double share_of_time = 0.2, least_s = 2, most_s = 60;
// Of the entries of a product: with less the sample would say little of it.
constexpr double least_share = 0.5;
// Fresh entries that certify: four products of 512 × 512 entries; of small matrices fewer, but some hundred products.
constexpr std::size_t most_entries = std::size_t{1} << 20, least_entries = std::size_t{1} << 16;
// A word of a command is at most 128 KiB on Linux.
constexpr std::size_t longest_word = 120'000;

/// Read on that processor: the child runs where the thread does that starts it.
results::LibraryOrder read_on(int processor, const libraries::Candidate& library, const libraries::Ordering& ordering,
                              const std::function<void()>& wait) {
  results::LibraryOrder order;
  order.refusal = "it could not be read";
  std::atomic<bool> is_read = false;
  const std::jthread reading([&] {
    try {
      pin_to(processor);
      const auto orders = libraries::orders_apart({library}, {ordering}, [](double, const std::string&) {});
      if (!orders.empty()) order = orders.front();
    } catch (const std::system_error& error) {
      order.refusal = error.what();
    }
    is_read = true;
  });
  while (!is_read) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    wait();
  }
  return order;
}

double share_of(const results::LibraryOrder& order) {
  return order.refusal.empty() && order.repeatable ? 1 - order.unknown_share : 0;
}

/// A class of which fresh entries have other bits than in the order that was read.
const results::OrderClass* contradicted_class(const results::LibraryOrder& order) {
  const auto found = std::ranges::find_if(order.classes, [](const results::OrderClass& one) {
    return one.verdict == results::OrderVerdict::contradicted && one.predicted < one.compared;
  });
  return found == order.classes.end() ? nullptr : &*found;
}

/// Why not all of it is certified.
std::string reason_of(const results::LibraryOrder& order) {
  if (!order.refusal.empty()) return order.refusal;
  if (!order.repeatable) return "the same call gave other bits";
  if (const results::OrderClass* one = contradicted_class(order)) {
    return fmt::format("its order is contradicted in {} of {} fresh entries: {}", one->compared - one->predicted,
                       one->compared, one->reason);
  }
  for (const results::OrderClass& one : order.classes) {
    if (one.verdict != results::OrderVerdict::certified && !one.reason.empty()) return one.reason;
  }
  return order.certified() ? "" : "some entries are added in an order of their own";
}

/// Each lane of the schedule that predicts, once.
std::vector<Lane> lanes_of(const Plan& plan) {
  std::vector<Lane> lanes;
  for (std::uint64_t round = 0; round < rounds_of_schedule(); ++round) {
    const Lane lane = lane_of(plan.only ? plan.only->round : round, plan.size);
    const auto known = [&lane](const Lane& other) { return other.is_f64 == lane.is_f64 && other.size == lane.size; };
    if (lane.family == results::Family::predicted_bits && std::ranges::none_of(lanes, known)) lanes.push_back(lane);
  }
  return lanes;
}

libraries::Ordering ordering_of(const Lane& lane, const Plan& plan, std::size_t lanes) {
  libraries::Ordering ordering;
  ordering.request = {.routine = "gemm", .m = lane.size, .n = lane.size, .k = lane.size};
  ordering.dtype = dtype_of(lane);
  ordering.seed = plan.seed;
  ordering.entries = std::clamp(4 * lane.size * lane.size, least_entries, most_entries);
  ordering.limit_s = std::clamp(share_of_time * plan.time_s / static_cast<double>(lanes), least_s, most_s);
  return ordering;
}

}  // namespace

Certified certify(const libraries::Candidate& library, const Plan& plan, const std::function<void()>& wait) {
  Certified certified;
  const auto start = std::chrono::steady_clock::now();
  const auto spent_s = [start] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const std::vector<Lane> lanes = lanes_of(plan);
  for (const Lane& lane : lanes) {
    const libraries::Ordering ordering = ordering_of(lane, plan, lanes.size());
    results::Prediction prediction{.dtype = ordering.dtype, .size = lane.size};
    results::LibraryOrder best;
    best.refusal = interrupted() ? "interrupted" : "no time was left to read the order";
    const double before_s = spent_s();
    for (std::size_t i = 0; i < std::min<std::size_t>(2, plan.processors.size()) && !interrupted(); ++i) {
      // What it left no time for, it would leave none for again.
      const bool is_enough = i > 0 && (best.certified() || best.time_s > ordering.limit_s / 2);
      if (is_enough || spent_s() > static_cast<double>(lanes.size()) * ordering.limit_s) break;
      results::LibraryOrder order = read_on(plan.processors[i].number, library, ordering, wait);
      if (i == 0 || share_of(order) > share_of(best)) best = std::move(order);
      prediction.time_s = spent_s() - before_s;
    }
    prediction.share = share_of(best);
    prediction.reason = reason_of(best);
    prediction.is_contradicted = contradicted_class(best) != nullptr;
    prediction.is_used = prediction.share >= least_share;
    if (prediction.is_used && word_of(best).size() > longest_word) {
      prediction.is_used = false;
      prediction.reason = "its order is too long to be told to the workers";
    }
    if (prediction.is_used) certified.orders.push_back(std::move(best));
    certified.predictions.push_back(std::move(prediction));
  }
  return certified;
}

std::string word_of(const results::LibraryOrder& order) {
  results::OrderDocument document;
  document.orders.push_back(order);
  return results::to_json(document).dump();
}

std::vector<results::LibraryOrder> orders_of(const std::vector<std::string>& words) {
  std::vector<results::LibraryOrder> orders;
  for (const std::string& word : words) {
    const results::OrderDocument document = results::parse_orders(word, "--order");
    orders.insert(orders.end(), document.orders.begin(), document.orders.end());
  }
  return orders;
}

}  // namespace sqrtn::screen
