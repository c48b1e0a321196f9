#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

#include "graph/way_back.hpp"
#include "plain_blas.hpp"

/// For libFuzzer: each input is an .onnx file without inputs of its own; what is read is run in 16 MiB, there
/// and back.
///   ninja -C build/fuzz sqrtn-fuzz-graph && mkdir -p build/fuzz/graph && build/fuzz/sqrtn-fuzz-graph build/fuzz/graph
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sqrtn;
  try {
    const graph::Model model = graph::parse_model("input", std::as_bytes(std::span(data, size)));
    graph::Given given;
    for (const graph::Port& port : model.inputs) {
      given[port.name] = port.kind == graph::Kind::real ? graph::Value({2, 3}, Buffer<float>(6, 1.0F))
                                                        : graph::Value(port.kind, {2, 3}, Buffer<std::int64_t>(6, 1));
    }
    const graph::Plan plan = graph::plan_of(model);
    const blas::Functions blas = verify::plain_blas();
    graph::Tape tape;
    const graph::RunOptions options{.most_bytes = 0x1p24, .batch_statistics = false, .tape = &tape};
    graph::run(model, plan, given, blas, options, {});
    for (std::size_t top = plan.steps.size(); top-- > 0;) {
      const auto& outputs = tape.steps[top].outputs;
      const auto& slots = plan.steps[top].outputs;
      if (outputs.empty() || !outputs[0].real() || slots.empty() || slots[0] == graph::no_slot) continue;
      graph::Value ones(outputs[0].shape(), Buffer<float>(outputs[0].size(), 1.0F));
      graph::send_back(model, plan, tape, blas, options, {}, top, std::move(ones), [](auto&&...) {});
      break;
    }
  } catch (const std::invalid_argument&) {
    // How a reader or a node refuses.
  }
  return 0;
}
