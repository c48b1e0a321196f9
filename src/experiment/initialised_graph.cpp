#include "experiment/initialised_graph.hpp"

#include <atomic>
#include <cmath>
#include <mutex>

#include "graph/way_back.hpp"
#include "sqrtn/init/rules.hpp"
#include "sqrtn/init/structured.hpp"
#include "sqrtn/random/fill.hpp"
#include "sqrtn/support/parallel.hpp"
#include "support/environment.hpp"
#include "support/progress.hpp"

namespace sqrtn::experiment {
namespace {

/// A row is a token where there are three axes, else what one entry of the first axis holds.
LayerState state_of_value(const graph::Value& value) {
  const auto entries = value.reals();
  const Shape& shape = value.shape();
  const std::size_t length = shape.size() == 3   ? shape.back()
                             : shape.size() >= 2 ? entries.size() / shape.front()
                                                 : entries.size();
  return state_of<float>({entries.data(), entries.size() / length, length});
}

std::vector<std::string> constant_inputs(const std::vector<graph::InputDraw>& inputs) {
  std::vector<std::string> constant;
  for (const graph::InputDraw& input : inputs) {
    if (!input.drawn()) constant.push_back(input.name);
  }
  return constant;
}

bool ends_judgement(const std::string& op) {
  return op == "Softmax" || op == "LogSoftmax" || op == "ArgMax" || op == "ArgMin";
}

/// One run. The first one finds which nodes there are to tell of; the others must meet the same.
class GraphRun {
 public:
  GraphRun(const GraphPropagation& p, const ChainOptions& options, const blas::Functions& blas)
      : p_(p), options_(options), blas_(blas) {}

  std::vector<LayerState> states(std::size_t run, double most_bytes, std::vector<GraphNode>* nodes,
                                 std::optional<GradientStop>* stop) const {
    const graph::Given given = drawn(run);
    Forward forward;
    forward.place_of_slot.resize(p_.plan->slots.size());
    if (const graph::InputDraw* input = first_real()) {
      const auto name = std::ranges::find(p_.plan->slots, input->name);
      forward.place_of_slot[static_cast<std::size_t>(name - p_.plan->slots.begin())] = 0;
      forward.states.push_back(state_of_value(given.at(input->name)));
      if (nodes != nullptr) nodes->push_back({input->name, "input", input->shape, false});
    }
    bool judging = true;
    forward.tape.most_bytes = most_bytes / 2;
    const graph::RunOptions how{most_bytes, p_.name != file_weights, &forward.tape};
    graph::run(*p_.model, *p_.plan, given, blas_, how, [&](std::size_t i, const graph::Value& output) {
      const graph::Step& step = p_.plan->steps[i];
      const graph::Node& node = p_.model->nodes[step.node];
      if (!step.signal) return;
      judging = judging && !(step.on_every_path && ends_judgement(node.op));
      if (!output.real() || output.size() == 0) return;
      const bool judged = judging && step.on_every_path;
      if (step.outputs[0] != graph::no_slot) forward.place_of_slot[step.outputs[0]] = forward.states.size();
      forward.states.push_back(state_of_value(output));
      forward.lost |= judged && !std::isfinite(forward.states.back().log_rms);
      if (judged) forward.top = i;
      if (nodes != nullptr) nodes->push_back({node.name, node.op, output.shape(), judged});
    });
    trace_back(run, how, forward, stop);
    return std::move(forward.states);
  }

 private:
  struct Forward {
    std::vector<LayerState> states;
    std::vector<std::optional<std::size_t>> place_of_slot;  ///< in `states`
    graph::Tape tape;
    std::optional<std::size_t> top;  ///< the last step that is judged
    bool lost = false;
  };

  /// Fills in the gradients over that at the top.
  void trace_back(std::size_t run, const graph::RunOptions& how, Forward& forward,
                  std::optional<GradientStop>* stop) const {
    if (!forward.top || forward.lost) return;
    if (forward.tape.full) {
      if (stop != nullptr) *stop = GradientStop{};
      return;
    }
    const Shape& shape = forward.tape.steps[*forward.top].outputs[0].shape();
    Buffer<float> entries(graph::entries_in(shape));
    const random::Stream stream{random::Engine::ars, options_.seed, random::stream_of("propagate/graph/gradient"), 0};
    random::fill_normal<float>(stream.skip(run * entries.size()), entries.span(), 0.0F, 1.0F);
    std::optional<double> top;
    const auto observe = [&](std::size_t slot, const graph::Value& gradient, double log_taken) {
      const double log_rms = state_of_value(gradient).log_rms + log_taken;
      if (!top) top = log_rms;
      if (const auto place = forward.place_of_slot[slot]) forward.states[*place].log_gradient = log_rms - *top;
    };
    const auto ended = graph::send_back(*p_.model, *p_.plan, forward.tape, blas_, how, constant_inputs(p_.inputs),
                                        *forward.top, graph::Value(shape, std::move(entries)), observe);
    if (!ended || stop == nullptr) return;
    const graph::Node& node = p_.model->nodes[p_.plan->steps[ended->step].node];
    *stop = GradientStop{node.name, node.op, ended->why};
  }

  [[nodiscard]] const graph::InputDraw* first_real() const {
    const auto found = std::ranges::find(p_.inputs, graph::Kind::real, &graph::InputDraw::kind);
    return found == p_.inputs.end() ? nullptr : &*found;
  }

  [[nodiscard]] graph::Given drawn(std::size_t run) const {
    graph::Given given;
    const random::Stream inputs{random::Engine::ars, options_.seed, random::stream_of("propagate/graph"), 0};
    for (const graph::InputDraw& input : p_.inputs) given[input.name] = graph::draw(input, inputs, run);
    for (const auto& [name, value] : p_.redraw.constant) {
      const Shape& shape = p_.model->initialisers.at(name).shape();
      given[name] = graph::Value(shape, Buffer<float>(graph::entries_in(shape), value));
    }
    if (p_.redraw.drawn.empty()) return given;
    const init::Rule& rule = init::find_rule(p_.name);
    for (const graph::DrawnWeight& weight : p_.redraw.drawn) {
      Buffer<float> entries(graph::entries_in(weight.shape));
      random::Stream stream{random::Engine::ars, options_.seed,
                            random::stream_of("propagate/graph/" + p_.name + "/" + weight.name), 0};
      stream = stream.skip(run * entries.size());
      init::initialise<float>(init::distribution(rule, weight.fans, {.gain = options_.gain}), stream, entries.span());
      given[weight.name] = graph::Value(weight.shape, std::move(entries));
    }
    return given;
  }

  const GraphPropagation& p_;
  const ChainOptions& options_;
  const blas::Functions& blas_;
};

/// Of ids the first node on every path stands for the input; where no node is, those that make outputs are judged.
void settle(GraphPropagation& p) {
  require(!p.nodes.empty(), "{}: nothing that is drawn reaches a node of real numbers", p.model->path);
  if (std::ranges::none_of(p.nodes, &GraphNode::judged)) p.nodes.back().judged = true;
}

std::size_t first_place(const GraphPropagation& p) {
  if (p.nodes.front().op == "input") return 0;
  const auto found = std::ranges::find(p.nodes, true, &GraphNode::judged);
  return static_cast<std::size_t>(found - p.nodes.begin());
}

}  // namespace

Verdict GraphPropagation::verdict() const {
  require(!runs.empty() && !nodes.empty(), "no verdict follows from no runs");
  std::vector<std::size_t> places{first_place(*this)};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].judged && i != places.front()) places.push_back(i);
  }
  Runs judged;
  for (const auto& run : runs) {
    judged.emplace_back();
    for (const std::size_t place : places) judged.back().push_back(run[place]);
  }
  Verdict verdict = verdict_of(judged, within);
  verdict.signal.layer = places[verdict.signal.layer];
  if (verdict.gradient) verdict.gradient->layer = places[verdict.gradient->layer];
  return verdict;
}

std::vector<GraphPropagation> understand(const ChainOptions& options, const GraphWords& words,
                                         const std::vector<std::string>& initialisers) {
  const auto model = std::make_shared<const graph::Model>(graph::read_model(words.model));
  graph::require_operators(*model);
  const std::vector<graph::InputDraw> inputs = graph::inputs_of(*model, words.inputs, options.batch);
  const auto plan = std::make_shared<const graph::Plan>(graph::plan_of(*model, constant_inputs(inputs)));
  std::vector<GraphPropagation> all;
  for (const std::string& name : initialisers) {
    GraphPropagation p;
    p.name = name;
    p.model = model;
    p.plan = plan;
    p.inputs = inputs;
    p.within = options.within;
    if (name != file_weights) {
      require(init::find_structured(name) == nullptr,
              "'{}' is not for graphs; take a rule as he_normal or lecun_normal, or file for the file's weights", name);
      const init::Rule& rule = init::find_rule(name);
      p.name = rule.name;
      p.gain = options.gain.value_or(rule.default_gain);
      p.redraw = graph::redraw_of(*model);
      require(!p.redraw.drawn.empty(), "{}: no Conv, Gemm or MatMul has weights that {} could draw", words.model, name);
      for (const auto& weight : p.redraw.drawn) init::distribution(rule, weight.fans, {.gain = options.gain});
    }
    all.push_back(std::move(p));
  }
  return all;
}

void propagate(GraphPropagation& p, const ChainOptions& options, const blas::Functions& blas) {
  check_sizes(options);
  const GraphRun one(p, options, blas);
  const unsigned threads = options.threads > 0 ? options.threads : available_threads();
  const double memory = static_cast<double>(physical_memory_bytes());
  double drawn_bytes = 0;
  for (const auto& weight : p.redraw.drawn) {
    drawn_bytes += static_cast<double>(graph::entries_in(weight.shape) * sizeof(float));
  }
  const double most_bytes = (memory > 0 ? memory / 2 : 0x1p33) / threads - drawn_bytes;
  require(most_bytes > 0, "the weights need {:.3g} GiB on each of {} threads, of {:.3g} GiB here; take --threads 1",
          drawn_bytes / 0x1p30, threads, memory / 0x1p30);
  p.nodes.clear();
  p.stop.reset();
  one.states(0, most_bytes, &p.nodes, &p.stop);
  settle(p);
  p.runs.assign(options.replicates, {});
  std::mutex mutex;
  Progress progress("propagate " + p.name);
  std::size_t done = 0;
  parallel_for(options.replicates, threads, [&](std::size_t run) {
    p.runs[run] = one.states(run, most_bytes, nullptr, nullptr);
    require(p.runs[run].size() == p.nodes.size(), "{}: its shapes depend on what comes in, which cannot be compared",
            p.model->path);
    const std::lock_guard lock(mutex);
    progress.update(static_cast<double>(++done) / static_cast<double>(options.replicates),
                    fmt::format("{} runs of {} nodes", options.replicates, p.model->nodes.size()));
  });
}

}  // namespace sqrtn::experiment
