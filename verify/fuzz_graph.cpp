#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

#include "graph/run.hpp"
#include "plain_blas.hpp"

/// For libFuzzer: each input is an .onnx file without inputs of its own; what is read is run in 16 MiB.
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
    graph::run(model, graph::plan_of(model), given, verify::plain_blas(), {.most_bytes = 0x1p24}, {});
  } catch (const std::invalid_argument&) {
    // How a reader or a node refuses.
  }
  return 0;
}
