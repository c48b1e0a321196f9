#include "fleet/replicates.hpp"

#include <fmt/format.h>

#include <cstring>
#include <deque>
#include <iostream>
#include <map>
#include <thread>
#include <type_traits>

#include "command/application.hpp"
#include "experiment/monte_carlo.hpp"
#include "fleet/members.hpp"
#include "libraries/children.hpp"
#include "results/format.hpp"
#include "support/place_name.hpp"

namespace sqrtn::fleet {
namespace {

using experiment::LayerExperiment;
using experiment::LayerSums;
using namespace std::chrono_literals;

/// Some tasks of a run, as bytes between processes of one program.
struct Work {
  LayerExperiment layer;
  random::Stream stream;
  std::size_t n_replicates = 0, first = 0, last = 0;
};
static_assert(std::is_trivially_copyable_v<Work> && std::is_trivially_copyable_v<LayerSums>);

/// How long a rank should compute before it is heard of again.
constexpr double block_s = 0.3;

std::string bytes_of(const void* object, std::size_t size) { return {static_cast<const char*>(object), size}; }

/// What must be equal for equal bits.
std::string kernels_of(const blas::Backend& backend) {
  const blas::Identity& identity = backend.identity();
  return fmt::format("{} {} {}", identity.file_name, identity.sha256, identity.kernel);
}

/// On every rank but the first: says which library it has, then computes what it is given.
void compute_for_first(const Ranks& ranks, const blas::Backend& backend) {
  ranks.send(0, Tag::alive, name_of_place("%N"));
  ranks.send(0, Tag::answer, kernels_of(backend));
  for (;;) {
    const auto message = ranks.next();
    if (!message) {
      std::this_thread::sleep_for(1ms);
      continue;
    }
    if (message->tag == Tag::end && message->bytes == "leave") ranks.leave(0);
    if (message->tag == Tag::end) return;
    Work work;
    std::memcpy(&work, message->bytes.data(), sizeof work);
    const std::vector<LayerSums> sums =
        experiment::layer_tasks(work.layer, backend.functions(), work.stream, work.n_replicates, work.first, work.last);
    ranks.send(0, Tag::sums, bytes_of(sums.data(), sums.size() * sizeof(LayerSums)));
  }
}

/// The first rank's view of the others, over all runs.
class Crew {
 public:
  Crew(const Ranks& ranks, const blas::Backend& backend, double silence_s)
      : ranks_(ranks), own_kernels_(kernels_of(backend)), members_(ranks.count(), silence_s) {
    members_.at(0).state = Member::State::done;
  }

  std::vector<LayerSums> run(const LayerExperiment& layer, const blas::Functions& blas, const random::Stream& stream,
                             std::size_t n_replicates) {
    run_ = {layer, stream, n_replicates, 0, 0};
    tasks_.assign(experiment::n_tasks_of(n_replicates), {});
    next_ = n_done_ = 0;
    const Clock::time_point start = Clock::now();
    if (!tasks_.empty()) compute(blas, take(1));
    const double task_s = std::chrono::duration<double>(Clock::now() - start).count();
    block_ = std::clamp<std::size_t>(static_cast<std::size_t>(block_s / std::max(task_s, 1e-6)), 1, 4096);
    while (n_done_ < tasks_.size()) {
      listen();
      hand_out();
      if (has_work()) {
        compute(blas, take(1));
      } else {
        std::this_thread::sleep_for(200us);
      }
    }
    return std::move(tasks_);
  }

  /// Whether anybody is lost, who cannot be waited for.
  bool end() {
    const bool complete = members_.in(Member::State::lost) == 0;
    for (int rank = 1; rank < ranks_.count(); ++rank) {
      if (members_.at(rank).state != Member::State::lost) ranks_.send(rank, Tag::end, complete ? "" : "leave");
    }
    return !complete;
  }

 private:
  struct Block {
    std::size_t first = 0, last = 0;
  };

  [[nodiscard]] bool has_work() const { return next_ < tasks_.size() || !returned_.empty(); }
  Block take(std::size_t most) {
    if (!returned_.empty()) {
      const Block block = returned_.front();
      returned_.pop_front();
      return block;
    }
    const Block block{next_, std::min(next_ + most, tasks_.size())};
    next_ = block.last;
    return block;
  }
  void keep(const Block& block, const std::vector<LayerSums>& sums) {
    std::ranges::copy(sums, tasks_.begin() + static_cast<std::ptrdiff_t>(block.first));
    n_done_ += sums.size();
  }
  void compute(const blas::Functions& blas, const Block& block) {
    keep(block, experiment::layer_tasks(run_.layer, blas, run_.stream, run_.n_replicates, block.first, block.last));
  }

  void listen() {
    while (const auto message = ranks_.next()) {
      members_.hear(*message);
      const int rank = message->from;
      if (members_.at(rank).state == Member::State::lost) continue;  // what it was given is others' by now
      if (message->tag != Tag::alive) members_.at(rank).state = Member::State::done;
      if (message->tag == Tag::answer && message->bytes != own_kernels_) {
        tell(fmt::format("{} has another library or other kernels, and computes nothing", members_.name(rank)));
      } else if (message->tag == Tag::answer) {
        ready_.push_back(rank);
      } else if (message->tag == Tag::sums) {
        receive(rank, message->bytes);
      }
    }
    for (const int rank : members_.newly_lost()) lose(rank);
  }
  void receive(int rank, const std::string& bytes) {
    const Block block = given_.at(rank);
    given_.erase(rank);
    std::vector<LayerSums> sums(block.last - block.first);
    if (bytes.size() != sums.size() * sizeof(LayerSums)) return lose(rank);
    std::memcpy(sums.data(), bytes.data(), bytes.size());
    keep(block, sums);
    ready_.push_back(rank);
  }
  void lose(int rank) {
    members_.at(rank).state = Member::State::lost;
    if (const auto given = given_.find(rank); given != given_.end()) {
      returned_.push_back(given->second);
      given_.erase(given);
    }
    tell(fmt::format("{} died, or said nothing for {:g} s: others compute its replicates", members_.name(rank),
                     members_.silence_s()));
  }
  void hand_out() {
    while (!ready_.empty() && has_work()) {
      const int rank = ready_.front();
      ready_.pop_front();
      const Block block = take(block_);
      Work work = run_;
      work.first = block.first;
      work.last = block.last;
      members_.at(rank).heard = Clock::now();
      members_.at(rank).state = Member::State::open;
      given_[rank] = block;
      ranks_.send(rank, Tag::work, bytes_of(&work, sizeof work));
    }
  }
  static void tell(const std::string& what) { std::cerr << "sqrtn-fleet: " << results::printable(what) << '\n'; }

  const Ranks& ranks_;
  std::string own_kernels_;
  Members members_;
  Work run_;
  std::vector<LayerSums> tasks_;
  std::size_t next_ = 0, n_done_ = 0, block_ = 1;
  std::deque<int> ready_;       ///< ranks that wait for work
  std::deque<Block> returned_;  ///< of ranks that were lost
  std::map<int, Block> given_;  ///< by rank
};

}  // namespace

int reproduce(const Ranks& ranks, const Reproduction& reproduction) {
  const blas::Backend backend = libraries::load_library(reproduction.blas);
  backend.set_threads(1);
  if (ranks.own() != 0) {
    compute_for_first(ranks, backend);
    return 0;
  }
  Crew crew(ranks, backend, reproduction.silence_s);
  experiment::compute_tasks_by([&crew](const auto&... of) { return crew.run(of...); });
  // One experiment after the other: only one thread may talk to the ranks.
  std::vector<std::string> words{"sqrtn"};
  std::ranges::copy(reproduction.arguments, std::back_inserter(words));
  words.insert(words.end(), {"--threads", "1", "--blas", reproduction.blas});
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  const int code = command::run_application(static_cast<int>(argv.size()), argv.data());
  experiment::compute_tasks_by({});
  if (crew.end()) ranks.leave(code);
  return code;
}

}  // namespace sqrtn::fleet
