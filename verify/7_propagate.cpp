#include <fstream>
#include <nlohmann/json.hpp>

#include "onnx_bytes.hpp"
#include "program.hpp"

/// `sqrtn propagate` of blocks and widths, and its verdicts both ways.
namespace sqrtn::verify {
namespace {

const std::string blocks = "sqrtn propagate --width 16 --depth 4 --replicates 9 --tokens 6 --heads 2 --block ";

TEST(PropagateBlocks, BeginWithTheVerdict) {
  const Folder folder;
  const Ended held = shell(folder, blocks + "transformer --norm layer --branch-scale '1/sqrt(2L)' --json r.json");
  EXPECT_EQ(held.code, 0) << held.err;
  EXPECT_TRUE(held.out.starts_with("Verdict: holds, the RMS of signal and gradients within a factor 1000")) << held.out;
  for (const char* text : {"80 % of runs", "correlation", "pre layer norm, branch 1/sqrt(2L)", "2 heads, 6 tokens"}) {
    EXPECT_TRUE(holds(held.out, text)) << text << held.out;
  }
  const auto json = nlohmann::json::parse(content_of(folder / "r.json"))["propagation"][0];
  EXPECT_EQ(json["block"], "transformer");
  EXPECT_EQ(json["widths"], "16,64,16");
  EXPECT_EQ(json["gradient_fate"], "holds");
  EXPECT_EQ(json["layers"].size(), 5u);
  EXPECT_NEAR(json["layers"][0]["coverage"].get<double>(), 0.8, 1e-12);
  EXPECT_NEAR(json["layers"][4]["log_rms_mean"].get<double>(), json["layers"][4]["log_rms_measured"].get<double>(),
              0.2);
  EXPECT_EQ(shell(folder, "sqrtn report r.json").code, 0);
  EXPECT_TRUE(holds(held.out, "law: correlation") && holds(held.out, "law of infinite width by quadrature"))
      << held.out;
  const Ended causal = shell(folder, blocks + "attention --causal");
  EXPECT_TRUE(holds(causal.out, "no closed law of causal attention")) << causal.out;
}

TEST(PropagateBlocks, SayWhatMendsThem) {
  const Folder folder;
  const Ended bare = shell(folder, "sqrtn propagate --block mlp --width 16 --depth 20 --replicates 5 --gain 2");
  EXPECT_TRUE(holds(bare.out, "Verdict: explodes at block")) << bare.out;
  EXPECT_TRUE(holds(bare.out, "--norm layer --norm-place pre")) << bare.out;
  const Ended compared = shell(folder, blocks + "attention --compare he_normal,lecun_normal --norm rms");
  EXPECT_TRUE(holds(compared.out, "lecun_normal")) << compared.out << compared.err;
  for (const char* block : {"mlp --activation swiglu", "conv --side 4", "bottleneck --side 4 --norm batch --batch 2"}) {
    const Ended ended =
        shell(folder, std::string("sqrtn propagate --width 8 --depth 2 --replicates 3 --block ") + block);
    EXPECT_EQ(ended.code, 0) << block << ended.err;
  }
}

/// Each fault planted in a network that is right without it, in which nothing is named.
TEST(PropagateBlocks, NameTheirFaults) {
  struct Planted {
    const char *line, *right, *wrong, *named;
  };
  const std::string transformer =
      "--block transformer --width 32 --heads 1 --tokens 8 --activation gelu --norm layer --init lecun_normal ";
  const std::string gated =
      "--block mlp --width 32 --activation swiglu --norm rms --init glorot_normal --gain 2 --branch-scale 0.5 ";
  const Folder folder;
  for (const auto& [line, right, wrong, named] :
       {Planted{transformer.c_str(), "--branch-scale '1/sqrt(2L)'", "", "Branches are not scaled"},
        {transformer.c_str(), "--branch-scale '1/sqrt(2L)'", "--norm-place post", "The norm stands after the sum"},
        {transformer.c_str(), "--branch-scale 0.3", "--branch-scale 0.3 --score-scale 1",
         "Scores are not divided by √d"},
        {gated.c_str(), "", "--packed-gate", "The gate's fans are those of one packed matrix"}}) {
    const auto said = [&](const char* options) {
      const Ended ended =
          shell(folder, std::string("sqrtn propagate --depth 24 --replicates 9 ") + line + " " + options);
      EXPECT_EQ(ended.code, 0) << ended.err;
      return ended.out;
    };
    const std::string faulty = said(wrong);
    const std::size_t at = faulty.find(named);
    EXPECT_LT(at, faulty.find("###")) << named << ": " << faulty;
    const std::string well = said(right);
    EXPECT_FALSE(holds(well, "instead of")) << well;
  }
}

TEST(PropagateVerdict, CountsGradientsAndSaysSoFirst) {
  const Folder folder;
  const std::string line = "sqrtn propagate --width 32 --replicates 5 ";
  EXPECT_TRUE(shell(folder, line + "--depth 50 --norm batch --batch 16")
                  .out.starts_with("Verdict: gradients explode at layer"));
  const Ended sigmoid = shell(folder, line + "--depth 12 --activation sigmoid --init lecun_normal");
  EXPECT_TRUE(sigmoid.out.starts_with("Verdict: gradients vanish at layer")) << sigmoid.out;
  EXPECT_TRUE(holds(sigmoid.out, "the signal holds"));
  EXPECT_TRUE(shell(folder, line + "--depth 12 --activation sigmoid --init lecun_normal --within 1e30")
                  .out.starts_with("Verdict: holds"));
}

TEST(PropagateVerdict, TellsRunsThatDie) {
  const Folder folder;
  const Ended narrow = shell(folder, "sqrtn propagate --width 8 --depth 50 --replicates 40");
  // 1 − (1 − 2⁻⁸)⁵⁰.
  EXPECT_TRUE(holds(narrow.out, "with probability 17.8 %")) << narrow.out;
  EXPECT_FALSE(holds(narrow.out, "Verdict: vanishes at layer 1,")) << narrow.out;
}

/// ln σ/ln g = ln(0.5/8)/ln 0.5 = 4 layers.
TEST(PropagateVerdict, KnowsThatProductsVanishFirst) {
  const Folder folder;
  const Ended ended = shell(folder,
                            "sqrtn propagate --width 64 --depth 170 --replicates 9 --activation identity --init "
                            "lecun_normal --gain 0.5");
  EXPECT_TRUE(holds(ended.out, "in at least 99 % of runs, as products vanish up to 4 layers before entries do"))
      << ended.out;
}

TEST(PropagateWidths, TellTheExponent) {
  const Folder folder;
  const std::string line = "sqrtn propagate --depth 3 --replicates 20 --activation identity --widths-sweep 16,64,256 ";
  const Ended standard = shell(folder, line + "--init normal --gain 0.1");
  EXPECT_EQ(standard.code, 0) << standard.err;
  EXPECT_TRUE(standard.out.starts_with("Verdict: scales with the width")) << standard.out;
  EXPECT_TRUE(holds(standard.out, "Activations ∝ width^1.")) << standard.out;
  const Ended critical = shell(folder,
                               "sqrtn propagate --depth 2 --replicates 400 --activation identity --init lecun_normal "
                               "--widths-sweep 64,128,256");
  EXPECT_TRUE(critical.out.starts_with("Verdict: holds")) << critical.out << critical.err;
  const Ended wide = shell(folder, line + "--init normal --gain 0.1 --within-exponent 9");
  EXPECT_TRUE(wide.out.starts_with("Verdict: holds: no exponent beyond ±9")) << wide.out << wide.err;
  EXPECT_EQ(shell(folder, "sqrtn propagate --within-exponent 1").code, 2) << "without several widths";
}

struct Refused {
  const char* line;
  const char* input;
  const char* advice;
};

TEST(PropagateBlocks, RefuseWhatIsWrong) {
  const Folder folder;
  for (const auto& [line, input, advice] : {Refused{"--heads 4", "--heads", "--block"},
                                            {"--block transfomer", "transfomer", "transformer"},
                                            {"--block mlp --heads 4", "--heads", "attention"},
                                            {"--block mlp --score-scale 1", "--score-scale", "attention"},
                                            {"--block attention --score-scale x", "'x'", "1/sqrt(d)"},
                                            {"--block mlp --packed-gate", "--packed-gate", "swiglu"},
                                            {"--block transformer --norm batch", "batch", "layer or rms"},
                                            {"--block transformer --heads 7", "7", "divide"},
                                            {"--block mlp --widths 8,16", "8,16", "end as they begin"},
                                            {"--block mlp --widths 8,x,8", "8,x,8", "whole numbers"},
                                            {"--block conv --widths 8,8", "8,8", "three"},
                                            {"--block mlp --branch-scale big", "big", "rezero"},
                                            {"--block mlp --branch-scale deepnet", "deepnet", "post"},
                                            {"--block mlp --norm-place before", "before", "sandwich"},
                                            {"--block mlp --init orthogonal", "orthogonal", "he_normal"},
                                            {"--block mlp --weights shared", "shared", "blocks"},
                                            {"--block mlp --residual", "--residual", "single layers"},
                                            {"--block conv --activation swiglu", "swiglu", "linear layers"},
                                            {"--activation swiglu", "swiglu", "--block mlp"},
                                            {"--block transformer --tokens 65536 --batch 65536", "GiB", "--tokens"},
                                            {"--within 0.5", "0.5", "1.001"},
                                            {"--widths-sweep 64,64", "64,64", "two different"},
                                            {"--widths-sweep 64,0", "64,0", "--widths-sweep"},
                                            {"--widths-sweep 8,16 --width 8", "--widths-sweep", "--width"}}) {
    const Ended ended = shell(folder, std::string("sqrtn propagate ") + line);
    EXPECT_EQ(ended.code, 2) << line << ended.out;
    EXPECT_TRUE(holds(ended.err, input) && holds(ended.err, advice)) << line << ": " << ended.err;
  }
}

void write_model(const Folder& folder, const onnx::Graph& graph, std::int64_t opset = 17) {
  std::ofstream(folder / "m.onnx", std::ios::binary) << graph.model(opset);
}

/// An RMS is multiplied by 4 a layer, and Relu takes half of the entries: 4^5 = 1024.
TEST(PropagateGraph, SaysFirstWhereTheSignalIsLost) {
  const Folder folder;
  write_model(folder, onnx::gemm_chain(4));
  const Ended ended = shell(folder, "sqrtn propagate --model m.onnx --replicates 9 --json r.json --plot r.svg");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(
      ended.out.starts_with("Verdict: the signal explodes at node 'gemm 6' (Gemm), where the RMS passes 1000 "
                            "times the input's; gradients explode at node 'relu 15' (Relu) on their way back, past "
                            "1000 times those at the last node judged; 9 runs in f32, weights as in the file.\n"))
      << ended.out;
  for (const char* text : {"x0 1x16, N(0,1)", "| relu 20 \\*", "1x16", "80 % of runs"}) {
    EXPECT_TRUE(holds(ended.out, text)) << text << ended.out;
  }
  const auto json = nlohmann::json::parse(content_of(folder / "r.json"))["propagation"][0];
  EXPECT_EQ(json["block"], "graph");
  EXPECT_EQ(json["widths"], "m.onnx");
  EXPECT_EQ(json["init"], "file");
  EXPECT_EQ(json["fate"], "explodes");
  EXPECT_EQ(json["fate_layer"], 11);
  EXPECT_EQ(json["layers"].size(), 41U);
  EXPECT_EQ(json["layers"][11]["node"], "gemm 6");
  EXPECT_EQ(json["layers"][11]["operator"], "Gemm");
  EXPECT_EQ(json["layers"][11]["shape"], "1x16");
  EXPECT_EQ(json["gradient_fate"], "explodes");
  const Ended page = shell(folder, "sqrtn report r.json --output page");
  EXPECT_EQ(page.code, 0) << page.err;
  EXPECT_TRUE(holds(content_of(folder / "page/report.html"), "m.onnx, 40 nodes, batch 1, f32, node 40, "));
}

TEST(PropagateGraph, DrawsWeightsByARule) {
  const Folder folder;
  write_model(folder, onnx::gemm_chain(4));
  const Ended drawn = shell(folder, "sqrtn propagate --model m.onnx --init he_normal --input 2,16 --all-layers");
  EXPECT_TRUE(drawn.out.starts_with("Verdict: the signal holds")) << drawn.out << drawn.err;
  EXPECT_TRUE(holds(drawn.out, "he_normal, gain 1.41421: 20 weights drawn")) << drawn.out;
  const Ended compared = shell(folder, "sqrtn propagate --model m.onnx --compare file,he_normal");
  EXPECT_TRUE(holds(compared.out, "gradients hold") && holds(compared.out, "explodes")) << compared.out;
}

TEST(PropagateGraph, RefusesWhatIsWrong) {
  const Folder folder;
  onnx::Graph graph = onnx::gemm_chain(1);
  write_model(folder, graph);
  graph.nodes.push_back(onnx::node("NonZero", {"x1"}, {"z"}, "odd"));
  std::ofstream(folder / "odd.onnx", std::ios::binary) << graph.model();
  std::ofstream(folder / "cut.onnx", std::ios::binary) << onnx::gemm_chain(1).model().substr(0, 3000);
  for (const auto& [line, input, advice] : {Refused{"--model none.onnx", "none.onnx", "No such file"},
                                            {"--model odd.onnx", "NonZero of node 'odd'", "export"},
                                            {"--model cut.onnx", "cut.onnx: byte", "Export it again"},
                                            {"--model m.onnx --input 1,8", "axis 1 of 'x0' is 16", "got 8"},
                                            {"--model m.onnx --input 1,x", "1,x", "whole numbers"},
                                            {"--model m.onnx --input 16", "'x0' has 2 axes", "16"},
                                            {"--model m.onnx --input 1,16 --batch 4", "--batch 4", "--input"},
                                            {"--model m.onnx --input y=1,16", "no input 'y'", "x0"},
                                            {"--model m.onnx --init orthogonal", "orthogonal", "he_normal"},
                                            {"--model m.onnx --init he_norm", "he_norm", "he_normal"},
                                            {"--model m.onnx --width 8", "--model", "--width"},
                                            {"--input 1,16", "--input", "--model"}}) {
    const Ended ended = shell(folder, std::string("sqrtn propagate ") + line);
    EXPECT_EQ(ended.code, 2) << line << ended.out;
    EXPECT_TRUE(holds(ended.err, input) && holds(ended.err, advice)) << line << ": " << ended.err;
  }
}

}  // namespace
}  // namespace sqrtn::verify
