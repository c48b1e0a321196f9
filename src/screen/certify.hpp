#pragma once

#include <functional>
#include <vector>

#include "results/order.hpp"
#include "screen/launch.hpp"

/// The orders in which a library adds the products that predict bits, before its cores are screened.
namespace sqrtn::screen {

/// What a plan's rounds need, and of each what came of it, in the same order.
struct Certified {
  std::vector<results::LibraryOrder> orders;     ///< those that are to be used
  std::vector<results::Prediction> predictions;  ///< of all that were read
};

/// Reads and certifies each in a child of its own on the first core; where that leaves entries without an order, once
/// more on the second, and what is known of more entries is taken: a core that is wrong cannot keep the others from
/// being judged. An order is used where it is certified for at least half of the entries.
/// Takes up to a fifth of the plan's time, but not less than 2 s nor more than a minute for each; what there is no time
/// for is left out.
/// `wait`: is called every 10 ms until all are read.
Certified certify(const libraries::Candidate& library, const Plan& plan, const std::function<void()>& wait);

/// An order as a word of a worker's command, and those of such words. Throws: as results::parse_orders.
std::string word_of(const results::LibraryOrder& order);
std::vector<results::LibraryOrder> orders_of(const std::vector<std::string>& words);

}  // namespace sqrtn::screen
