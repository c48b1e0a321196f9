#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace sqrtn {

/// The time of a chain of so many multiplications of which each waits for the one before: it counts the
/// processor's cycles, and so shows its clock.
double time_dependent_chain_s(std::size_t multiplications);

/// Watches whether something else held the machine while programs were timed: how long a fixed chain of dependent
/// multiplications takes before the first launch (the clock's frequency: before a later one it would show what the
/// launch before has left behind, and so tell the programs apart), and what share of the processors went to other
/// processes or was stolen by the hypervisor meanwhile (/proc/stat; nothing where there is none). Both are judged
/// against their own medians in this run, so that a steady load is the new calm. Not thread-safe.
class MachineWatch {
 public:
  struct Ticks {
    double busy_s = 0;  ///< of all processors, stolen time included
    double wall_s = 0;
  };

  /// Of this machine.
  MachineWatch();
  /// Of the one that these tell of, for tests.
  MachineWatch(std::function<double()> time_chain_s, std::function<Ticks()> read_ticks);

  /// To be called before each launch: takes about a millisecond before the first since the last answer.
  void before_launch();
  /// To be called after it, with the processor time that the launched process took itself.
  void after_launch(double own_cpu_s);
  /// Whether the launches since the last call were disturbed: the chain 10 % slower than the median, or a quarter of
  /// a processor more to others than the median.
  bool disturbed();

  /// Of this machine, since it was started; 0 where it does not tell.
  static Ticks read_ticks();

 private:
  std::function<double()> time_chain_s_;
  std::function<Ticks()> read_ticks_;
  Ticks before_;
  double others_s_ = 0, watched_s_ = 0;
  double chain_s_ = 0;  ///< before the first launch since the last answer; 0: not yet
  std::vector<double> chains_s_, others_;
};

}  // namespace sqrtn
