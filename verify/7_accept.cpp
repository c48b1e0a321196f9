#include <algorithm>
#include <nlohmann/json.hpp>

#include "program.hpp"

/// `verify --accept`: findings that are known make nothing fail, and new ones do.
namespace sqrtn::verify {
namespace {

/// `verify` of the library that leaves results as they were, with these words.
Ended verify_idle(const Folder& folder, const std::string& words) {
  return shell(folder, "sqrtn verify --filter '^products/(gemm|dot)/f32/exact_small$' " + words + " --blas " +
                           (program_folder() / "idle-blas.so").string());
}

TEST(Accept, KnownFindingsPassAndNewOnesFail) {
  const Folder folder;
  EXPECT_EQ(verify_idle(folder, "").code, 1);
  EXPECT_EQ(verify_idle(folder, "--write-accepted known.json --reason 'reported upstream'").code, 1);
  const Ended accepted = verify_idle(folder, "--accept known.json");
  EXPECT_EQ(accepted.code, 0) << accepted.out;
  EXPECT_TRUE(holds(accepted.out, "accepted: products/gemm/f32/exact_small: reported upstream"));
  auto known = nlohmann::json::parse(content_of(folder / "known.json"));
  ASSERT_EQ(known["accepted"].size(), 2u);
  known["accepted"].erase(0);
  std::ofstream(folder / "known.json") << known;
  EXPECT_EQ(verify_idle(folder, "--accept known.json").code, 1) << "one of them is new";
}

TEST(Accept, AFindingThatHasGoneIsToldAndAnotherBuildIsNotMeant) {
  const Folder folder;
  verify_idle(folder, "--write-accepted known.json --reason why");
  const std::string rude = "sqrtn verify --filter '^products/(gemm|dot)/f32/exact_small$' --accept known.json --blas " +
                           (program_folder() / "rude-blas.so").string();
  const Ended other = shell(folder, rude);
  EXPECT_EQ(other.code, 0);
  EXPECT_EQ(other.out.find("gone"), std::string::npos);
  auto known = nlohmann::json::parse(content_of(folder / "known.json"));
  const std::string sha256 =
      shell(folder, "sha256sum " + (program_folder() / "rude-blas.so").string()).out.substr(0, 64);
  for (auto& one : known["accepted"]) one["sha256"] = sha256;
  std::ofstream(folder / "known.json") << known;
  const Ended gone = shell(folder, rude);
  EXPECT_EQ(gone.code, 0);
  EXPECT_TRUE(holds(gone.out, "gone: products/dot/f32/exact_small is pass now"));
}

TEST(Accept, OutputsDoNotOverwriteEachOtherAndReasonsAreGiven) {
  const Folder folder;
  EXPECT_EQ(verify_idle(folder, "--write-accepted x.json --json x.json --reason why").code, 2);
  EXPECT_EQ(verify_idle(folder, "--write-accepted x.json --reason ' '").code, 2);
  EXPECT_EQ(folder.entries(), 0);
}

TEST(Accept, AListThatIsNoneIsRefused) {
  const Folder folder;
  for (const auto& [content, why] :
       {std::pair{"", "known.json"},
        {"[]", "known.json"},
        {"{\"schema\": \"sqrtn.results/1\"}", "sqrtn.accepted/1"},
        {"{\"schema\": \"sqrtn.accepted/1\", \"accepted\": 5}", "accepted"},
        {"{\"schema\": \"sqrtn.accepted/1\", \"accepted\": [{\"claim\": \"a\", \"reason\": \" \"}]}", "reason"},
        {"{\"schema\": \"sqrtn.accepted/1\", \"accepted\": [{\"claim\": 1, \"reason\": \"x\"}]}", "claim"}}) {
    std::ofstream(folder / "known.json") << content;
    const Ended ended = verify_idle(folder, "--accept known.json");
    EXPECT_EQ(ended.code, 2) << content;
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    EXPECT_TRUE(holds(ended.err, why));
  }
  const Ended missing = verify_idle(folder, "--accept missing.json");
  EXPECT_EQ(missing.code, 2);
  EXPECT_TRUE(holds(missing.err, "cannot read 'missing.json' (name a list of accepted findings)"));
  EXPECT_EQ(verify_idle(folder, "--write-accepted known.json").code, 2) << "without a reason";
}

}  // namespace
}  // namespace sqrtn::verify
