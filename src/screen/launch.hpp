#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libraries/children.hpp"
#include "results/order.hpp"
#include "results/screening.hpp"
#include "screen/lane.hpp"
#include "support/processors.hpp"

/// A child a core, all at once, each of which loads the library and screens its core.
namespace sqrtn::screen {

struct Plan {
  std::vector<Processor> processors;
  std::uint64_t seed = 1;
  double time_s = 300;
  std::size_t size = 0;
  std::optional<Address> only;
  std::vector<results::LibraryOrder> orders;  ///< by which a worker predicts bits; those of its library's kernel
};

/// What is done at the moment.
enum class Stage { reading_orders, screening };

/// The processors of these numbers; the first of each core if there are none.
/// Throws: std::invalid_argument if one of them is not this process's to run on.
std::vector<Processor> chosen_processors(const std::vector<int>& numbers);

/// The orders of the library's sums are read first, see certify, which is part of the time; the cores have half of it
/// at least. Then what all cores computed, and every fault. Whoever ends before its time, or does not end, is an
/// incident; what it had told by then counts. Ctrl-C ends all, and what they had told is returned. A library that
/// chatters on standard output costs nothing: what is no report of a worker is left out. `progress`: is called some ten
/// times a second with the share of the time that is over, what there is by then, and what is being done.
results::Screening screen(const libraries::Candidate& library, const Plan& plan,
                          const std::function<void(double, const results::Screening&, Stage)>& progress);

/// In such a child: loads the library on processors.front() and writes a line of report a second on standard output.
/// Throws: as Backend::load and screen_core.
void screen_in_process(const std::string& blas, const Plan& plan);

}  // namespace sqrtn::screen
