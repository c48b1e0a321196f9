#include <algorithm>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string_view>

#include "claims/area.hpp"
#include "sqrtn/support/require.hpp"
#include "support/exit_guard.hpp"
#include "support/number.hpp"
#include "support/output.hpp"
#include "verify.hpp"

namespace sqrtn::verify {
namespace {

struct Run {
  blas::Backend backend;
  claims::Settings settings;
  bool blas_named = false;
};
std::optional<Run> the_run;

/// A claim as a GoogleTest test: suite = first part of the id, name = the rest.
class ClaimTest : public testing::Test {
 public:
  explicit ClaimTest(claims::Claim claim) : claim_(std::move(claim)) {}
  void TestBody() override {
    const claims::Result result = claims::run(claim_, subject(), settings());
    const std::string line = claims::describe(result);
    if (result.outcome.verdict == claims::Verdict::skipped) GTEST_SKIP() << line;
    // Unless a library is named to be judged, a finding about the one that is here is no failure of this
    // suite: it asserts that the judge finds what is there (3_judge.cpp), never that a library is clean.
    if (result.outcome.verdict == claims::Verdict::fail && claims::is_in(claims::Area::products, claim_.id) &&
        !the_run->blas_named) {
      GTEST_SKIP() << "found in " << backend().file_name() << ": " << line;
    }
    EXPECT_EQ(result.outcome.verdict, claims::Verdict::pass) << line << '\n' << claim_.statement;
    if (!HasFailure()) fmt::print("{}\n", line);
  }

 private:
  claims::Claim claim_;
};

void register_claims() {
  for (const claims::Claim& claim : claims::all_claims(settings())) {
    const std::size_t slash = claim.id.find('/');
    testing::RegisterTest(claim.id.substr(0, slash).c_str(), claim.id.substr(slash + 1).c_str(), nullptr, nullptr,
                          __FILE__, __LINE__, [claim]() -> testing::Test* { return new ClaimTest(claim); });
  }
}

/// The value of --NAME VALUE or --NAME=VALUE, nullptr if not given.
const char* option(int argc, char** argv, std::string_view name) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (!argument.starts_with("--") || !argument.substr(2).starts_with(name)) continue;
    const std::string_view rest = argument.substr(2 + name.size());
    if (rest.empty()) {
      require(i + 1 < argc, "--{} needs a value", name);
      return argv[i + 1];
    }
    if (rest.front() == '=') return argv[i] + 2 + name.size() + 1;
  }
  return nullptr;
}

std::uint64_t parse_seed(const char* text) {
  const std::optional<std::uint64_t> seed = parse_number<std::uint64_t>(text);
  require(seed.has_value(), "--seed takes a whole number from 0 to 2^64 - 1, got '{}'", text);
  return *seed;
}

int run(int argc, char** argv) {
  const bool asks_for_help = std::any_of(argv + 1, argv + argc, [](std::string_view word) {
    return word == "--help" || word == "-h" || word == "-?" || word == "--gtest_help";
  });
  testing::InitGoogleTest(&argc, argv);
  const char* blas = option(argc, argv, "blas");
  const char* seed = option(argc, argv, "seed");
  claims::Settings settings;
  if (seed != nullptr) settings.seed = parse_seed(seed);
  if (const char* scale = std::getenv("SQRTN_EFFECT_SCALE"))
    settings.effect_scale = parse_number<double>(scale).value_or(0);
  require(settings.effect_scale >= 1 && settings.effect_scale <= 10,
          "SQRTN_EFFECT_SCALE must be a number from 1 to 10");
  the_run.emplace(Run{blas::Backend::load(blas != nullptr ? blas : "openblas"), settings, blas != nullptr});
  the_run->backend.set_threads(1);
  register_claims();
  const int status = [] {
    const ExitGuard guard("sqrtn-verify", 1);
    return RUN_ALL_TESTS();
  }();
  if (asks_for_help) return status;
  if (testing::UnitTest::GetInstance()->test_to_run_count() > 0 || GTEST_FLAG_GET(list_tests)) return status;
  fmt::print(stderr, "sqrtn-verify: no test matches --gtest_filter={}; --gtest_list_tests lists them\n",
             GTEST_FLAG_GET(filter));
  return 4;  // nothing was measured
}

}  // namespace

const blas::Backend& backend() { return the_run->backend; }
const claims::Settings& settings() { return the_run->settings; }
claims::Subject subject() {
  return claims::default_subject(backend().functions(), backend().file_name(),
                                 [](int threads) { return backend().set_threads(threads); });
}

testing::AssertionResult caught(const std::vector<claims::Claim>& claims, const std::string& id,
                                const claims::Subject& faulty) {
  for (const claims::Claim& claim : claims) {
    if (claim.id != id) continue;
    const claims::Result honest = claims::run(claim, subject(), settings());
    if (honest.outcome.verdict != claims::Verdict::pass) {
      return testing::AssertionFailure() << "fails without the fault: " << claims::describe(honest);
    }
    const claims::Result result = claims::run(claim, faulty, settings());
    if (result.outcome.verdict != claims::Verdict::fail) {
      return testing::AssertionFailure() << "not caught: " << claims::describe(result);
    }
    return testing::AssertionSuccess();
  }
  throw std::out_of_range("no claim has the id " + id);
}

}  // namespace sqrtn::verify

int main(int argc, char** argv) {
  try {
    sqrtn::remove_temporaries_on_signals();
    return sqrtn::verify::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "sqrtn-verify: {}\n", error.what());
    return 2;
  }
}
