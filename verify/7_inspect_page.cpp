#include <fstream>
#include <nlohmann/json.hpp>

#include "mutation.hpp"
#include "program.hpp"
#include "report/page_weights.hpp"
#include "results/inspection.hpp"
#include "scratch.hpp"
#include "support/output.hpp"

/// Weights that were inspected, as a document that comes back and on the page.
namespace sqrtn::verify {
namespace {

std::string written_again(const std::string& text) {
  return results::to_text(results::to_json(results::parse_inspection(text, "w.json")));
}

/// The document of one tensor of each kind, with pictures of those whose name matches.
std::string inspected(const Folder& folder, const std::string& options = "--picture weight") {
  std::ofstream(folder / "layers") << "a.weight 512x384 he_normal\nb.weight 64x32x3x3 he_uniform\nc.weight 5x4 normal\n"
                                      "d.weight 32x32 orthogonal\ne.bias 40 zeros\n";
  EXPECT_EQ(shell(folder, "sqrtn init --layers layers --output w.safetensors").code, 0);
  const Ended ended = shell(folder, "sqrtn inspect w.safetensors --json w.json --rule he_normal " + options +
                                        " --filter 'weight' ; sqrtn inspect w.safetensors " + options +
                                        " --diff w.safetensors --json all.json");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(holds(ended.out, "pictures of 4 of 4 tensors"));
  return content_of(folder / "all.json");
}

TEST(InspectPage, DocumentsAreReadAgainAsTheyWere) {
  const Folder folder;
  const std::string all = inspected(folder);
  EXPECT_EQ(written_again(all), all);
  const std::string asserted = content_of(folder / "w.json");
  EXPECT_EQ(written_again(asserted), asserted);
}

/// Of what a document may tell and that one does not, with numbers that no default has.
TEST(InspectPage, NothingOfADocumentIsLost) {
  const Folder folder;
  auto json = nlohmann::ordered_json::parse(inspected(folder));
  const nlohmann::ordered_json ratio = {
      {"rule", "he_normal"}, {"estimate", 1.5}, {"interval", {1.25, 1.75}}, {"factors", {"sqrt(2)", "sqrt(tp = 2)"}}};
  json["tensors"][0].update({{"word", "located"}, {"wrong", true}, {"ratio", ratio}});
  json["tensors"][0]["located"] = {{"law", "uniform"}, {"low_interval", {-0.5, -0.25}}, {"high_interval", {0.5, 0.75}}};
  json["tensors"][0]["findings"] = {{{"kind", "nan"}, {"text", "3 NaN"}, {"p_value", nullptr}},
                                    {{"kind", "zeros"}, {"text", "5 zeros"}, {"p_value", 0.0625}}};
  json["tensors"][0]["rejected_laws"] = {{{"law", "uniform"}, {"failed", "tails"}, {"p_value", 0.03125}}};
  json["tensors"][1]["word"] = "located";
  json["tensors"][1]["located"] = {
      {"law", "truncated_normal"}, {"mean_interval", {1.5, 2.5}}, {"stddev_interval", {3.5, 4.5}}};
  json["tensors"][1]["assertion"] = {
      {"rule", "normal"}, {"outcome", "fails"}, {"failed", "mean square"}, {"p_value", 0.125}, {"ratio", ratio}};
  json["skipped"] = {{{"name", "f"}, {"why", "of whole numbers"}}};
  json["changes"][0].update(
      {{"comparable", false}, {"share", 0.5}, {"relative", 0.25}, {"stddev_standard_errors", 7.5}});
  EXPECT_EQ(written_again(json.dump()), results::to_text(json));
}

TEST(InspectPage, ShowsTensorsAndPictures) {
  const Folder folder;
  const std::string all = inspected(folder);
  const Ended ended = shell(folder, "sqrtn report all.json w.json --output page");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(holds(ended.out, "all.json: 5 tensors: 2 draw, 1 undecided, 2 structured; 0 with a fault"));
  const std::string page = content_of(folder / "page/report.html");
  for (const char* part :
       {"<section id=weights-1", "<section id=weights-2", "Weights all.json", "draw of he_normal", "✗ fail",
        "Values of a.weight", "Singular values of b.weight", "bins lie in the band of he_uniform",
        "id=\"weights-2-1-values-t\"", "upper edge: ", "64 x 288: of 64 singular values"}) {
    EXPECT_TRUE(holds(page, part)) << part;
  }
  EXPECT_EQ(page.find("Values of e.bias"), page.npos) << "nobody asked for it";
  EXPECT_TRUE(holds(content_of(folder / "page/report.md"), "draw of he_uniform"));
  const Ended narrow = shell(folder, "sqrtn inspect w.safetensors --picture '^b' --json - 2>/dev/null");
  EXPECT_EQ(nlohmann::json::parse(narrow.out)["tensors"][0].contains("picture"), false);
  EXPECT_EQ(nlohmann::json::parse(narrow.out)["tensors"][1]["picture"]["law"], "he_uniform");
  const Ended alone = shell(folder, "sqrtn inspect w.safetensors --picture '^b'");
  EXPECT_EQ(alone.code, 2);
  EXPECT_TRUE(holds(alone.err, "--picture requires --json"));
}

TEST(InspectPage, TextOfADocumentIsOnlyText) {
  const Folder folder;
  auto json = nlohmann::ordered_json::parse(inspected(folder));
  json["tensors"][0]["name"] = "<b>&\"'</script>";
  json["tensors"][0]["picture"]["law"] = "<i>law</i>";
  json["skipped"] = {{{"name", "x"}, {"why", "<u>why</u>"}}};
  const auto document = results::parse_inspection(json.dump(), "w.json");
  const report::More more = report::page_part(document, "<s>.json", 1);
  const std::string page = report::to_html({}, {}, {}, {&more, 1});
  for (const char* markup : {"<b>", "</script>\"", "<i>law", "<u>", "<s>"})
    EXPECT_EQ(page.find(markup), page.npos) << markup;
  EXPECT_TRUE(holds(page, "Values of &lt;b&gt;"));
}

// A picture of numbers that no page can draw is left out, and no loop runs for ever.
TEST(InspectPage, NumbersThatCannotBeDrawn) {
  const Folder folder;
  const auto good = nlohmann::ordered_json::parse(inspected(folder));
  for (const auto& [low, high] :
       {std::pair{1e300, 1.0000000000000002e300}, std::pair{-1e308, 1e308}, std::pair{0.0, 5e-324}}) {
    auto json = good;
    auto& bins = json["tensors"][0]["picture"]["bins"];
    bins = {bins[0]};
    bins[0].update({{"low", low}, {"high", high}, {"count", 18446744073709551615u}, {"expected", 1e308}});
    auto& spectrum = json["tensors"][0]["picture"]["spectrum"];
    spectrum["edges"] = {0, 1e308};
    spectrum["singular_values"] = {{{"rank", 1}, {"value", 1e308}, {"law", 0}},
                                   {{"rank", 2}, {"value", 1e308}, {"law", 1e308}}};
    EXPECT_FALSE(report::page_part(results::parse_inspection(json.dump(), "w.json"), "w", 1).section.content.empty());
  }
}

struct Wrong {
  const char *pointer, *value, *message;
};

TEST(InspectPage, HostileDocumentsAreRefusedByField) {
  const Folder folder;
  const auto good = nlohmann::ordered_json::parse(inspected(folder));
  const Wrong cases[] = {
      {"/schema", "\"sqrtn.inspection/9\"", "w.json: schema: expected"},
      {"/tensors", "7", "w.json: tensors: expected an array"},
      {"/tensors/0/word", "\"drawn\"", "tensors[0].word: expected one of: draw, undecided"},
      {"/tensors/0/word", "\"located\"", "tensors[0].word: expected a word that the tensor's laws bear out"},
      {"/tensors/0/laws", "[]", "tensors[0].word: expected a word that"},
      {"/tensors/0/laws/0/law", "\"cauchy\"", "laws[0].law: expected normal, uniform or truncated_normal"},
      {"/tensors/0/laws/0/rules/0/names", "[]", "rules[0].names: expected a name or more"},
      {"/tensors/0/wrong", "true", "tensors[0].wrong: expected what follows"},
      {"/tensors/0/shape/0", "-1", "shape[0]: expected a whole number"},
      {"/tensors/0/dtype", "\"f8\"", "dtype: expected one of: f16"},
      {"/tensors/0/picture/bins", "[]", "picture.bins: expected 1 to 32 bins"},
      {"/tensors/0/picture/bins/1/low", "-99", "bins[1]: expected a bin that begins"},
      {"/tensors/0/picture/bins/0/count", "-1", "bins[0].count: expected a whole number"},
      {"/tensors/0/picture/bins/0/band", "[null, 1]", "bins[0].band: expected two numbers"},
      {"/tensors/0/picture/spectrum/edges", "[3, 1]", "edges[0]: expected a number not above 1"},
      {"/tensors/0/picture/spectrum/singular_values/1/rank", "1", "[1].rank: expected ranks that rise, up to 384"},
      {"/tensors/0/picture/spectrum/singular_values/0/value", "-1", "[0].value: expected a number not below 0"},
      {"/tensors/0/name", "\"a\\u001b[31m\"", "control character"}};
  for (const auto& [pointer, value, message] : cases) {
    auto json = good;
    json[nlohmann::ordered_json::json_pointer(pointer)] = nlohmann::ordered_json::parse(value);
    const std::string told =
        message_of<std::invalid_argument>([&] { (void)results::parse_inspection(json.dump(), "w.json"); });
    EXPECT_TRUE(holds(told, message)) << pointer << " " << value << ": " << told;
  }
  auto many = good;
  many["tensors"] = std::vector<nlohmann::ordered_json>(33, good["tensors"][0]);
  EXPECT_TRUE(holds(message_of<std::invalid_argument>([&] { (void)results::parse_inspection(many.dump(), "w.json"); }),
                    "at most 32 pictures"));
}

TEST(InspectPage, TheReaderSurvivesMutations) {
  const Folder folder;
  auto json = nlohmann::ordered_json::parse(inspected(folder));
  for (std::size_t i = 2; i < json["tensors"].size(); ++i) json["tensors"][i].erase("picture");
  const std::string original = json.dump();
  std::mt19937_64 random(1);
  int taken = 0;
  for (int i = 0; i < 2'000; ++i) {
    const std::string text = mutated(original, random);
    try {
      const results::InspectionDocument document = results::parse_inspection(text, "w.json");
      const std::string again = results::to_text(results::to_json(document));
      ASSERT_EQ(written_again(again), again) << i;
      ASSERT_FALSE(report::page_part(document, "w", 1).section.content.empty());
      ++taken;
    } catch (const std::invalid_argument& error) {
      ASSERT_EQ(std::string_view(error.what()).substr(0, 8), "w.json: ") << i;
    }
  }
  EXPECT_GT(taken, 20);
}

}  // namespace
}  // namespace sqrtn::verify
