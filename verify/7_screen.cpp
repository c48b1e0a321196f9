#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "program.hpp"
#include "report/screening_text.hpp"
#include "results/read_screening.hpp"
#include "screen/lane.hpp"
#include "screenings.hpp"
#include "sqrtn/support/parallel.hpp"
#include "support/place_name.hpp"
#include "support/processors.hpp"
#include "verify.hpp"

/// What screening says: its causes, its verdict, its document, and what a user sees of it.
namespace sqrtn::verify {
namespace {

using results::Cause;
using results::Screening;

std::string text_of(const Screening& screening) { return results::to_text(results::to_json(screening)); }

Cause cause_with(const std::vector<results::Repeats>& repeats, const std::string& operand = "") {
  Screening screening = synthetic_screening();
  for (results::ScreenedCore& core : screening.cores) core.faulty_rounds = 1;
  results::Fault& fault = screening.faults.front();
  fault.repeats = repeats;
  fault.operand = operand;
  return results::cause_of(screening, fault);
}

TEST(Screening, ACauseFollowsFromRepeats) {
  EXPECT_EQ(cause_with({{0, 17, 17}, {1, 17, 17}}), Cause::library);
  EXPECT_EQ(cause_with({{0, 17, 17}, {1, 17, 1}}), Cause::library);
  EXPECT_EQ(cause_with({{0, 17, 17}, {1, 17, 0}}), Cause::processor);
  EXPECT_EQ(cause_with({{0, 17, 0}, {1, 17, 17}}), Cause::processor);
  // 1/C(34, 17) is 4.3e-10, 1/C(32, 16) is 1.7e-9.
  EXPECT_EQ(cause_with({{0, 16, 16}, {1, 16, 0}}), Cause::undecided);
  EXPECT_EQ(cause_with({{0, 17, 12}, {1, 17, 0}}), Cause::undecided);
  EXPECT_EQ(cause_with({{0, 17, 0}, {1, 17, 0}}), Cause::undecided);
  EXPECT_EQ(cause_with({{0, 17, 0}, {1, 17, 0}}, "A"), Cause::memory);
  EXPECT_EQ(cause_with({{0, 17, 17}, {1, 17, 17}}, "A"), Cause::library);
  EXPECT_EQ(cause_with({{0, 17, 17}}), Cause::undecided);
  EXPECT_EQ(cause_with({}), Cause::undecided);
  EXPECT_EQ(cause_with({{0, 17, 17}, {1, 9, 9}, {2, 9, 0}}), Cause::undecided);
}

// Faults that never come again, all on one of two cores with as many calls: 2·2⁻ⁿ ≤ 1e-9 from 31 rounds on.
TEST(Screening, ManyFaultsOnOneCoreAreItsOwn) {
  Screening screening = synthetic_screening();
  screening.faults.front().repeats = {{0, 17, 0}, {1, 17, 0}};
  screening.cores[0].faulty_rounds = 30;
  EXPECT_EQ(results::cause_of(screening, screening.faults.front()), Cause::undecided);
  screening.cores[0].faulty_rounds = 31;
  EXPECT_EQ(results::cause_of(screening, screening.faults.front()), Cause::processor);
  screening.cores[1].faulty_rounds = 1;
  EXPECT_EQ(results::cause_of(screening, screening.faults.front()), Cause::undecided);
}

TEST(Screening, SaysWhichRateIsExcluded) {
  const double rate = results::excluded_rate(1'000'000'000).value_or(0);
  EXPECT_NEAR(std::pow(1 - rate, 1e9), 1e-6, 1e-12);
  EXPECT_EQ(results::excluded_rate(0), std::nullopt);
  EXPECT_EQ(results::excluded_rate(3), 1.0);
}

TEST(Screening, IsReadAsItWasWritten) {
  const Screening screening = synthetic_screening();
  const std::string text = text_of(screening);
  EXPECT_EQ(text_of(results::parse_screening(text, "s.json")), text);
  EXPECT_NE(text.find("\"cause\": \"processor\""), std::string::npos);
  const results::WorkerReport report{screening.cores.front(), screening.faults};
  const std::string line = results::to_line(report);
  EXPECT_EQ(results::to_line(results::parse_worker_report(line, "line")), line);
}

TEST(Screening, EarlierOnesHaveNoPredictions) {
  nlohmann::ordered_json json = results::to_json(synthetic_screening());
  json.erase("predictions");
  EXPECT_TRUE(results::parse_screening(json.dump(), "s.json").predictions.empty());
}

TEST(Screening, WhatDoesNotFollowIsRefused) {
  const auto complaint = [](const auto& change) {
    nlohmann::ordered_json json = results::to_json(synthetic_screening());
    change(json);
    return message_of<std::invalid_argument>([&] { (void)results::parse_screening(json.dump(), "s.json"); });
  };
  EXPECT_TRUE(
      holds(complaint([](auto& json) { json["faults"][0]["cause"] = "library"; }), "faults[0].cause: expected"));
  EXPECT_TRUE(holds(complaint([](auto& json) { json["verdict"] = "pass"; }), "\"fail\", which follows"));
  EXPECT_TRUE(holds(complaint([](auto& json) { json["cores"][0]["exposures"][0]["faults"] = 2000; }),
                    "at most as many as calls"));
  EXPECT_TRUE(holds(complaint([](auto& json) { json["cores"][1]["processor"] = 0; }), "each processor once"));
  EXPECT_TRUE(
      holds(complaint([](auto& json) { json["faults"][0]["repeats"][0]["calls"] = 1u << 30; }), "at most 1000"));
  EXPECT_TRUE(holds(complaint([](auto& json) { json["predictions"][0]["share"] = 2; }), "predictions[0].share"));
  EXPECT_TRUE(holds(complaint([](auto& json) { json["schema"] = "sqrtn.results/2"; }), "what sqrtn screen writes"));
}

TEST(Screening, TellsTheCoreTheBitsAndTheCommand) {
  const Screening screening = synthetic_screening();
  const std::string text = report::screening_text(screening);
  for (const char* part :
       {"**processor, core 0** of socket 0", "dense integers f32 512×512×512", "bits 0x00001000",
        "17 of 17 on core 0, 0 of 17 on core 1",
        "- predicted bits f32 512×512×512: the order of 75 % of the entries is certified; of the others: ",
        "- predicted bits f64 512×512×512 are left out: the same call gave other bits (2.0 s)", "--call 0:12:5",
        "2.50 GHz, 61 °C"}) {
    EXPECT_TRUE(holds(text, part));
  }
  Screening well = screening;
  well.faults.clear();
  for (results::ScreenedCore& core : well.cores) {
    core.faulty_rounds = 0;
    for (results::Exposure& exposure : core.exposures) exposure.faults = 0;
  }
  EXPECT_TRUE(
      holds(report::screening_text(well),
            "pass: no fault in 2600 calls, 1.3e+11 fused multiply-adds a core: a rate above 1e-10 is excluded"));
}

TEST(Screening, ListsOfProcessorsAreRead) {
  using Numbers = std::vector<int>;
  EXPECT_EQ(parse_processors("0-3,9"), (Numbers{0, 1, 2, 3, 9}));
  EXPECT_EQ(parse_processors("2,0-2"), (Numbers{0, 1, 2}));
  for (const char* wrong : {"", "a", "1-", "-1", "3-1", "1,,2", "1,", "0-99999999", " 1"}) {
    EXPECT_EQ(parse_processors(wrong), std::nullopt) << wrong;
  }
}

TEST(Screening, EveryProcessorIsListedOnce) {
  const std::vector<Processor> all = available_processors();
  EXPECT_EQ(all.size(), available_threads());
  const auto same_number = [](const Processor& a, const Processor& b) { return a.number >= b.number; };
  EXPECT_EQ(std::ranges::adjacent_find(all, same_number), all.end());
  EXPECT_LE(one_a_core(all).size(), all.size());
  EXPECT_THROW(pin_to(60'000), std::system_error);
}

TEST(Screening, AnAddressNamesACall) {
  const auto address = screen::parse_address("3:17:5");
  ASSERT_TRUE(address);
  EXPECT_EQ(screen::to_string(*address), "3:17:5");
  for (const char* wrong : {"", "3:17", "3:17:64", "3:17:5:1", "-1:1:1", "a:b:c", "4:4:32"}) {
    EXPECT_FALSE(screen::parse_address(wrong)) << wrong;
  }
}

TEST(Screening, TheTextTellsOfCoresLeftOut) {
  results::Screening screening = synthetic_screening();
  screening.environment.cores = static_cast<int>(screening.cores.size()) + 62;
  EXPECT_TRUE(holds(report::screening_text(screening), "2 cores of 64 at once"));
  screening.environment.cores = static_cast<int>(screening.cores.size());
  EXPECT_TRUE(holds(report::screening_text(screening), "2 cores at once"));
}

/// One variable more while it lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

TEST(Screening, ANameHasItsPlace) {
  const Variable task("SLURM_PROCID", "3"), job("SLURM_JOB_ID", "42");
  EXPECT_EQ(name_of_place("%j-%t 100%% %x %"), "42-3 100% %x %");
  EXPECT_EQ(name_of_place("%N").find('/'), std::string::npos);
  // mpirun has one task of Slurm's on a node, for all its ranks there.
  const Variable rank("OMPI_COMM_WORLD_RANK", "7");
  EXPECT_EQ(name_of_place("out/%t.json"), "out/7.json");
  const Variable node("SLURMD_NODENAME", "rack2.n17");
  EXPECT_EQ(name_of_place("out/%N.json"), "out/rack2.n17.json");
}

TEST(Screening, ANameLeavesNoFolder) {
  const Variable task("SLURM_PROCID", "../../etc"), rank("PMI_RANK", "7");
  EXPECT_EQ(name_of_place("out/%t.json"), "out/7.json");
  const Variable node("SLURMD_NODENAME", "../n");
  EXPECT_EQ(name_of_place("%N/%N"), "-.-n/-.-n");
  const Variable none("SLURMD_NODENAME", "");
  EXPECT_NE(name_of_place("%N"), "");
}

}  // namespace
}  // namespace sqrtn::verify
