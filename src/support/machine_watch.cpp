#include "support/machine_watch.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <string>
#include <utility>

namespace sqrtn {
namespace {

// Below these the median says little; the ticks of /proc/stat are 10 ms.
constexpr std::size_t least_history = 8;
constexpr double least_watched_s = 0.2;
constexpr double slow_chain = 1.10, more_processors = 0.25;

double now_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// The fastest of three, which a neighbour's short turn does not reach.
double time_chain_s() {
  constexpr std::size_t multiplications = 300'000;  // about a third of a millisecond
  double fastest_s = 1;
  for (int round = 0; round < 3; ++round) fastest_s = std::min(fastest_s, time_dependent_chain_s(multiplications));
  return fastest_s;
}

/// The middle value, without the layers below: 0 if there is none.
double middle(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, at);
  return *at;
}

}  // namespace

double time_dependent_chain_s(std::size_t multiplications) {
  const double start_s = now_s();
  volatile std::uint64_t seed = 0x9e3779b97f4a7c15U;
  std::uint64_t x = seed;
  for (std::size_t i = 0; i < multiplications; ++i) x = x * x + 1;
  seed = x;
  return now_s() - start_s;
}

MachineWatch::Ticks MachineWatch::read_ticks() {
  Ticks ticks;
  ticks.wall_s = now_s();
  std::ifstream file("/proc/stat");
  std::string word;
  file >> word;
  // user nice system idle iowait irq softirq steal
  double field = 0;
  for (int i = 0; i < 8 && file >> field; ++i) {
    if (i != 3 && i != 4) ticks.busy_s += field / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
  return ticks;
}

MachineWatch::MachineWatch() : MachineWatch(time_chain_s, read_ticks) {}

MachineWatch::MachineWatch(std::function<double()> time_chain_s, std::function<Ticks()> read_ticks)
    : time_chain_s_(std::move(time_chain_s)), read_ticks_(std::move(read_ticks)) {}

void MachineWatch::before_launch() {
  if (chain_s_ == 0) chains_s_.push_back(chain_s_ = time_chain_s_());
  before_ = read_ticks_();
}

void MachineWatch::after_launch(double own_cpu_s) {
  const Ticks after = read_ticks_();
  watched_s_ += after.wall_s - before_.wall_s;
  others_s_ += after.busy_s - before_.busy_s - own_cpu_s;
}

bool MachineWatch::disturbed() {
  bool found = chains_s_.size() >= least_history && chain_s_ > slow_chain * middle(chains_s_);
  chain_s_ = 0;
  if (watched_s_ >= least_watched_s) {
    const double others = std::max(0.0, others_s_ / watched_s_);
    found = found || (others_.size() >= least_history && others > middle(others_) + more_processors);
    others_.push_back(others);
    others_s_ = watched_s_ = 0;
  }
  return found;
}

}  // namespace sqrtn
