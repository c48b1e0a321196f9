#pragma once

#include <cstddef>
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
  /// To be called before each launch: takes about a millisecond before the first since the last answer.
  void before_launch();
  /// To be called after it, with the processor time that the launched process took itself.
  void after_launch(double own_cpu_s);
  /// Whether the launches since the last call were disturbed: the chain 10 % slower than the median, or a quarter of
  /// a processor more to others than the median.
  bool disturbed();

  /// Medians over the run so far; 0 before the first launch.
  [[nodiscard]] double chain_s() const;
  [[nodiscard]] double other_processors() const;

 private:
  struct Ticks {
    double busy_s = 0;  ///< of all processors, stolen time included
    double wall_s = 0;
  };
  static Ticks read_ticks();

  Ticks before_;
  double others_s_ = 0, watched_s_ = 0;
  double chain_s_ = 0;  ///< before the first launch since the last answer; 0: not yet
  std::vector<double> chains_s_, others_;
};

}  // namespace sqrtn
