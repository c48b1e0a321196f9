#include "screen/worker.hpp"

#include <algorithm>
#include <chrono>

#include "screen/repeat.hpp"
#include "screen/round.hpp"
#include "support/processors.hpp"

namespace sqrtn::screen {
namespace {

using Clock = std::chrono::steady_clock;
using results::Family;

constexpr std::size_t diagnosed_of_a_kind = 2;
constexpr double told_every_s = 1;

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

class Worker {
 public:
  Worker(const blas::Functions& blas, const Work& work, const std::function<void(const results::WorkerReport&)>& tell)
      : blas_(blas), work_(work), tell_(tell) {
    report_.core.processor = work.processor;
    processors_.push_back(work.processor);
    processors_.insert(processors_.end(), work.others.begin(), work.others.end());
  }

  void run() {
    for (std::uint64_t round = 0; !over(); ++round) {
      const Origin origin = work_.only ? Origin{work_.seed, work_.only->processor, work_.only->round}
                                       : Origin{work_.seed, work_.processor, round};
      lane_ = lane_of(origin.round, work_.size);
      const Model* model = model_of_lane();
      if (lane_.family == Family::predicted_bits && model == nullptr) lane_.family = Family::same_twice;
      address_ = {origin.processor, origin.round, 0};
      round_ = Round::make(
          blas_, lane_, origin, [this](bool away) { move(away); }, model);
      const auto before = Clock::now();
      round_->predict();
      report_.core.check_s += seconds_between(before, Clock::now());
      faulty_ = false;
      for (std::size_t i = 0; i < steps_of(lane_) && !over(); ++i) step(work_.only ? work_.only->step : i);
    }
    tell();
  }

 private:
  [[nodiscard]] bool over() const { return seconds_between(start_, Clock::now()) >= work_.time_s; }

  [[nodiscard]] const Model* model_of_lane() const {
    for (const Model& model : work_.models) {
      if (model.is_f64 == lane_.is_f64 && model.size == lane_.size && !model.blocks.empty()) return &model;
    }
    return nullptr;
  }

  void step(std::size_t step) {
    address_.step = step;
    moved_ = false;
    if (round_->prepare(step) || work_.only) {
      results::Exposure& copies = exposure(Family::copies);
      ++copies.calls;
      copies.operations += operations_of({Family::copies, lane_.is_f64, lane_.size});
      if (round_->copy() > 0) found(copies);
    }
    const auto before = Clock::now();
    round_->multiply();
    const auto after = Clock::now();
    results::Exposure& products = exposure(lane_.family);
    ++products.calls;
    products.operations += round_->operations();
    report_.core.flop += flop_of(lane_);
    report_.core.product_s += seconds_between(before, after);
    const bool right = round_->right();
    report_.core.check_s += seconds_between(after, Clock::now());
    if (!right) found(products);
    if (seconds_between(told_, Clock::now()) >= told_every_s) tell();
  }

  results::Exposure& exposure(Family family) {
    auto& all = report_.core.exposures;
    const std::string dtype(dtype_of(lane_));
    const auto known = std::ranges::find_if(
        all, [&](const results::Exposure& exposure) { return exposure.family == family && exposure.dtype == dtype; });
    if (known != all.end()) return *known;
    return all.emplace_back(results::Exposure{.family = family, .dtype = dtype});
  }

  void found(results::Exposure& exposure) {
    ++exposure.faults;
    // Where a second call was made on another core, it is not known whose fault it is.
    if (!faulty_ && !moved_) ++report_.core.faulty_rounds;
    faulty_ = faulty_ || !moved_;
    if (exposure.faults > diagnosed_of_a_kind) return;
    results::Fault fault = described(exposure.family);
    fault.repeats = repeat_call(*round_, exposure.family, processors_);
    report_.faults.push_back(std::move(fault));
  }

  /// Before anything is repeated, which overwrites the answer.
  results::Fault described(Family family) {
    results::Fault fault;
    fault.processor = work_.processor;
    fault.family = family;
    fault.dtype = dtype_of(lane_);
    fault.call = to_string(address_);
    fault.size = lane_.size;
    fault.calls = report_.core.calls();
    fault.time_s = seconds_between(start_, Clock::now());
    const ProcessorState state = state_of(work_.processor);
    fault.clock_hz = state.clock_hz;
    fault.temperature_c = state.temperature_c;
    Difference difference;
    if (const auto changed = round_->changed_operand()) {
      difference = *changed;
      round_->restore();
    } else if (family != Family::copies) {
      difference = round_->difference();
    }
    fault.wrong = difference.entries;
    fault.row = difference.row;
    fault.col = difference.col;
    fault.got = difference.got;
    fault.expected = difference.expected;
    fault.bits = difference.bits;
    fault.operand = difference.operand;
    return fault;
  }

  /// To the next of the other cores, or back; nowhere if there is no other.
  void move(bool away) {
    if (work_.others.empty()) return;
    moved_ = true;
    pin_to(away ? work_.others[next_other_++ % work_.others.size()] : work_.processor);
  }

  void tell() {
    told_ = Clock::now();
    report_.core.wall_s = seconds_between(start_, told_);
    const ProcessorState state = state_of(work_.processor);
    report_.core.clock_hz = state.clock_hz;
    report_.core.temperature_c = state.temperature_c;
    tell_(report_);
  }

  const blas::Functions& blas_;
  const Work& work_;
  const std::function<void(const results::WorkerReport&)>& tell_;
  std::vector<int> processors_;
  results::WorkerReport report_;
  Lane lane_;
  Address address_;
  std::unique_ptr<Round> round_;
  bool faulty_ = false;  ///< this round
  bool moved_ = false;   ///< in this step
  std::size_t next_other_ = 0;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point told_ = start_;
};

}  // namespace

void screen_core(const blas::Functions& blas, const Work& work,
                 const std::function<void(const results::WorkerReport&)>& tell) {
  Worker(blas, work, tell).run();
}

}  // namespace sqrtn::screen
