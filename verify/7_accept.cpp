#include <algorithm>
#include <nlohmann/json.hpp>

#include "program.hpp"

/// `verify --accept`: findings that are known make nothing fail, and new ones do.
namespace sqrtn::verify {
namespace {

/// `verify` of the library that leaves results as they were, with these words.
Ended verify_idle(const Folder& folder, const std::string& words, const std::string& filter) {
  return shell(folder, "sqrtn verify --filter '" + filter + "' " + words + " --blas " +
                           (program_folder() / "idle-blas.so").string());
}

const std::string exceptional = "^products/(gemm|dot)/f32/exceptional$";

TEST(Accept, KnownFindingsPassAndNewOnesFail) {
  const Folder folder;
  EXPECT_EQ(verify_idle(folder, "", exceptional).code, 0) << "it differs, which only --strict counts";
  EXPECT_EQ(verify_idle(folder, "--strict", exceptional).code, 1);
  EXPECT_EQ(verify_idle(folder, "--strict --write-accepted known.json --reason 'reported upstream'", exceptional).code,
            1);
  const Ended accepted = verify_idle(folder, "--strict --accept known.json --json accepted.json", exceptional);
  EXPECT_EQ(accepted.code, 0) << accepted.out;
  EXPECT_TRUE(holds(accepted.out, "accepted: products/gemm/f32/exceptional: reported upstream"));
  EXPECT_TRUE(holds(accepted.out, "pass: 2 claims, 0 pass, 2 fail, 0 inconclusive, 0 skipped, 2 accepted"));
  const auto document = nlohmann::json::parse(content_of(folder / "accepted.json"));
  EXPECT_EQ(document["verdict"], "pass");
  EXPECT_EQ(document["word"], "differs") << "what is accepted is true all the same";
  auto known = nlohmann::json::parse(content_of(folder / "known.json"));
  ASSERT_EQ(known["accepted"].size(), 2u);
  known["accepted"].erase(0);
  std::ofstream(folder / "known.json") << known;
  EXPECT_EQ(verify_idle(folder, "--strict --accept known.json", exceptional).code, 1) << "one of them is new";
}

TEST(Accept, WrongValuesAreNotAcceptedInBulk) {
  const Folder folder;
  const std::string write = "--write-accepted known.json --reason why", both = "^products/(gemm|dot)/f32/exact_small$";
  const Ended bulk = verify_idle(folder, write, both);
  EXPECT_EQ(bulk.code, 1);
  EXPECT_TRUE(holds(bulk.err, "products/dot/f32/exact_small is not accepted with others"));
  EXPECT_TRUE(nlohmann::json::parse(content_of(folder / "known.json"))["accepted"].empty());
  EXPECT_EQ(verify_idle(folder, write, "^products/dot/f32/exact_small$").code, 1);
  EXPECT_EQ(verify_idle(folder, "--accept known.json", "^products/dot/f32/exact_small$").code, 0);
  EXPECT_EQ(verify_idle(folder, "--accept known.json", both).code, 1) << "the other one is wrong too";
}

// A list outlives an update of the library, unless it is asked not to.
TEST(Accept, AnotherBuildOfTheLibraryIsMeantUnlessExact) {
  const Folder folder;
  verify_idle(folder, "--write-accepted known.json --reason why", exceptional);
  ASSERT_EQ(shell(folder, "cp " + (program_folder() / "idle-blas.so").string() + " . && echo >> idle-blas.so").code, 0);
  const std::string rebuilt =
      "sqrtn verify --strict --filter '" + exceptional + "' --blas ./idle-blas.so --accept known.json";
  EXPECT_EQ(shell(folder, rebuilt).code, 0);
  EXPECT_EQ(shell(folder, rebuilt + " --accept-exact").code, 1);
}

TEST(Accept, AFindingThatHasGoneIsToldAndAnotherLibraryIsNotMeant) {
  const Folder folder;
  verify_idle(folder, "--write-accepted known.json --reason why", exceptional);
  const std::string rude = "sqrtn verify --filter '" + exceptional + "' --accept known.json --blas " +
                           (program_folder() / "rude-blas.so").string();
  const Ended other = shell(folder, rude);
  EXPECT_EQ(other.code, 0);
  EXPECT_EQ(other.out.find("gone"), std::string::npos);
  auto known = nlohmann::json::parse(content_of(folder / "known.json"));
  const std::string soname = known["accepted"][0]["library"];
  EXPECT_EQ(soname, "idle-blas.so");
  for (auto& one : known["accepted"]) one["library"] = "rude-blas.so";
  std::ofstream(folder / "known.json") << known;
  const Ended gone = shell(folder, rude);
  EXPECT_EQ(gone.code, 0);
  EXPECT_TRUE(holds(gone.out, "gone: products/dot/f32/exceptional passes now"));
}

TEST(Accept, OutputsDoNotOverwriteEachOtherAndReasonsAreGiven) {
  const Folder folder;
  EXPECT_EQ(verify_idle(folder, "--write-accepted x.json --json x.json --reason why", exceptional).code, 2);
  EXPECT_EQ(verify_idle(folder, "--write-accepted x.json --reason ' '", exceptional).code, 2);
  EXPECT_EQ(folder.entries(), 0);
}

TEST(Accept, AListThatIsNoneIsRefused) {
  const Folder folder;
  for (const auto& [content, why] :
       {std::pair{"", "known.json"},
        {"[]", "known.json"},
        {"{\"schema\": \"sqrtn.results/1\"}", "sqrtn.accepted/2"},
        {"{\"schema\": \"sqrtn.accepted/1\", \"accepted\": 5}", "accepted"},
        {"{\"schema\": \"sqrtn.accepted/1\", \"accepted\": [{\"claim\": \"a\", \"reason\": \" \"}]}", "reason"},
        {"{\"schema\": \"sqrtn.accepted/1\", \"accepted\": [{\"claim\": 1, \"reason\": \"x\"}]}", "claim"}}) {
    std::ofstream(folder / "known.json") << content;
    const Ended ended = verify_idle(folder, "--accept known.json", exceptional);
    EXPECT_EQ(ended.code, 2) << content;
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    EXPECT_TRUE(holds(ended.err, why));
  }
  const Ended missing = verify_idle(folder, "--accept missing.json", exceptional);
  EXPECT_EQ(missing.code, 2);
  EXPECT_TRUE(holds(missing.err, "cannot read 'missing.json' (name a list of accepted findings)"));
  EXPECT_EQ(verify_idle(folder, "--write-accepted known.json", exceptional).code, 2) << "without a reason";
}

}  // namespace
}  // namespace sqrtn::verify
