#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <exception>
#include <map>
#include <optional>

#include "claims/area.hpp"
#include "claims/products/forked.hpp"
#include "known_findings.hpp"
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
    // The library that happens to be here is not what this suite judges: it must behave as it is known to.
    const bool foreign = !the_run->blas_named && claims::is_in(claims::Area::products, claim_.id);
    const std::optional<bool> known = foreign ? is_known_to_fail(backend(), claim_.id) : false;
    if (!known) return try_unknown();
    if (*known && claim_.id.starts_with("products/imatcopy/"))
      GTEST_SKIP() << "known to corrupt the heap of the process that calls it; sqrtn verify judges it in a child";
    const claims::Result result = claims::run(claim_, subject(), settings());
    const std::string line = claims::describe(result);
    if (result.outcome.verdict == claims::Verdict::skipped) GTEST_SKIP() << line;
    const claims::Verdict expected = *known ? claims::Verdict::fail : claims::Verdict::pass;
    EXPECT_EQ(result.outcome.verdict, expected) << line << '\n' << claim_.statement;
    if (!HasFailure()) fmt::print("{}\n", line);
  }

 private:
  /// In a child, which a library of which nothing is known may end. What is wrong with it fails no test.
  void try_unknown() const {
    constexpr double limit_s = 100;
    const claims::ChildFault child = claims::fault_in_child(limit_s, [this](const claims::Tell& tell) {
      tell(claim_.id);
      const claims::Result result = claims::run(claim_, subject(), settings());
      return result.outcome.verdict == claims::Verdict::pass ? std::string() : claims::describe(result);
    });
    if (!child.text.empty()) GTEST_SKIP() << "of " << backend().file_name() << " nothing is known: " << child.text;
  }

  claims::Claim claim_;
};

std::string seed_error(const std::string& text) {
  return parse_number<std::uint64_t>(text) ? "" : fmt::format("'{}' is no whole number from 0 to 2^64 - 1", text);
}

const std::vector<claims::Claim>& all_claims() {
  static const std::vector<claims::Claim> all = claims::all_claims(settings());
  return all;
}

/// Whether one test is asked for by its name, and it is no claim: their areas begin with small letters. Their samples
/// take longer to be designed than many a test takes.
bool asks_for_no_claim(const std::string& filter) {
  return !filter.empty() && filter.find_first_of("*?:-") == std::string::npos &&
         std::isupper(static_cast<unsigned char>(filter.front()));
}

void register_claims() {
  for (const claims::Claim& claim : all_claims()) {
    const std::size_t slash = claim.id.find('/');
    testing::RegisterTest(claim.id.substr(0, slash).c_str(), claim.id.substr(slash + 1).c_str(), nullptr, nullptr,
                          __FILE__, __LINE__, [claim]() -> testing::Test* { return new ClaimTest(claim); });
  }
}

struct Options {
  std::optional<std::string> blas;
  std::uint64_t seed = claims::Settings{}.seed;
  bool asks_for_help = false;
};

/// What is left of the arguments when GoogleTest has taken its own, which it describes in its help itself.
Options parsed(int argc, char** argv) {
  Options options;
  CLI::App parser("Claims about a BLAS, the generator, the initialisers and networks, as GoogleTest's tests");
  parser.set_help_flag();
  parser.add_flag("-h,--help", options.asks_for_help);
  parser.add_option("--blas", options.blas);
  parser.add_option("--seed", options.seed)->check(seed_error);
  std::vector<std::string> words(argv + 1, argv + argc);
  std::ranges::replace(words, "-?", "-h");
  std::ranges::reverse(words);  // as CLI11 takes them
  try {
    parser.parse(words);
  } catch (const CLI::ParseError& error) {
    throw std::invalid_argument(
        fmt::format("{}; its own options are --blas NAME_OR_PATH and --seed N, all others "
                    "GoogleTest's: --help",
                    error.what()));
  }
  return options;
}

int run(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const Options options = parsed(argc, argv);
  claims::Settings settings;
  settings.seed = options.seed;
  if (const char* scale = std::getenv("SQRTN_EFFECT_SCALE"))
    settings.effect_scale = parse_number<double>(scale).value_or(0);
  require(settings.effect_scale >= 1 && settings.effect_scale <= 10,
          "SQRTN_EFFECT_SCALE must be a number from 1 to 10");
  the_run.emplace(Run{blas::Backend::load(options.blas.value_or("openblas")), settings, options.blas.has_value()});
  the_run->backend.set_threads(1);
  if (!asks_for_no_claim(GTEST_FLAG_GET(filter))) register_claims();
  const int status = [] {
    const ExitGuard guard("sqrtn-verify", 1);
    return RUN_ALL_TESTS();
  }();
  if (options.asks_for_help) return status;
  if (testing::UnitTest::GetInstance()->test_to_run_count() > 0 || GTEST_FLAG_GET(list_tests)) return status;
  fmt::print(stderr, "sqrtn-verify: no test matches --gtest_filter={}; --gtest_list_tests lists them\n",
             GTEST_FLAG_GET(filter));
  return 4;  // nothing was measured
}

}  // namespace

const blas::Backend& backend() { return the_run->backend; }
const claims::Settings& settings() { return the_run->settings; }
const claims::Subject& subject() {
  static const claims::Subject known = [] {
    claims::Subject subject = claims::default_subject(backend().functions(), backend().file_name(),
                                                      [](int threads) { return backend().set_threads(threads); });
    subject.interfaces = backend().interfaces();
    return subject;
  }();
  return known;
}

const claims::Claim& claim_of(const std::string& id) {
  const auto claim = std::ranges::find(all_claims(), id, &claims::Claim::id);
  if (claim == all_claims().end()) throw std::out_of_range("no claim has the id " + id);
  return *claim;
}

testing::AssertionResult caught(const std::string& id, const claims::Subject& faulty) {
  const claims::Claim& claim = claim_of(id);
  // That sqrtn's own draws pass, the claims' tests assert; what is known of a library may be that it fails.
  if (claims::is_in(claims::Area::products, id)) {
    static std::map<std::string, claims::Result> honest;  // once for all faults of a claim
    if (!honest.contains(id)) honest.emplace(id, claims::run(claim, subject(), settings()));
    if (honest.at(id).outcome.verdict != claims::Verdict::pass) {
      return testing::AssertionFailure() << "fails without the fault: " << claims::describe(honest.at(id));
    }
  }
  const claims::Result result = claims::run(claim, faulty, settings());
  if (result.outcome.verdict == claims::Verdict::fail) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "not caught: " << claims::describe(result);
}

testing::AssertionResult caught(const std::string& id, const std::function<claims::Subject(double)>& plant) {
  return caught(id, plant(claim_of(id).effect_size.value()));
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
