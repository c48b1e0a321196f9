#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/property_tree/xml_parser.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "documents.hpp"
#include "page_rows.hpp"
#include "program.hpp"
#include "report/page.hpp"
#include "report/summary.hpp"
#include "results/read.hpp"
#include "support/output.hpp"

/// The page as programs see it; verify/browser.sh looks at it as people do.
namespace sqrtn::verify {
namespace {

using nlohmann::ordered_json;
using results::Document;

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

TEST(Page, TextOfADocumentIsOnlyText) {
  const std::string page = report::to_html({synthetic_document(), synthetic_document()}, {"sqrtn", "<script>"});
  EXPECT_EQ(occurrences(page, "<script"), 1U);
  EXPECT_EQ(occurrences(page, "</script"), 1U);
  for (const char* markup : {"<em>", "<b>CPU", "<i>", "<u>", "alert(1)</script>", "& \"Co\""}) {
    EXPECT_EQ(occurrences(page, markup), 0U) << markup;
  }
  EXPECT_TRUE(holds(page, "E x² = σ² &lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_TRUE(holds(page, "Example &lt;b&gt;CPU&lt;/b&gt; &amp; &quot;Co&quot;"));
}

TEST(Page, TextOfADocumentIsOnlyTextInMarkdownToo) {
  Document document = synthetic_document();
  for (claims::Result& result : document.claims) result.claim.id = "<x>/" + result.claim.id;
  document.measurements[2].group = "<x>";
  document.incidents = {{.kind = {}, .place = "", .text = "<x>"}};
  const std::string text = without_code(report::to_markdown(document));
  for (const char* markup : {"<x>", "<b>", "<script>", "</script>", "<i>", "<u>"}) {
    for (std::size_t at = text.find(markup); at != std::string::npos; at = text.find(markup, at + 1)) {
      EXPECT_EQ(text[at - 1], '\\') << text.substr(at - std::min<std::size_t>(at, 40), 60);
    }
  }
}

TEST(Page, ShowsWhatNoClaimJudges) {
  const auto rows = rows_of(report::to_html({synthetic_document()}, {"sqrtn", "report"}));
  const PageRow& row = rows.at("products/gemm/f32/&lt;u&gt;growth&lt;/u&gt;").front();
  EXPECT_EQ(row[1].text, "0.52 &lt;b&gt; [0.5, 0.55]");
  EXPECT_EQ(row[1].value, "0.5234567890123");
  EXPECT_EQ(row[2].text, "rounding error grows as k^value");
}

TEST(Page, CellsOfABackendStandUnderTheirColumns) {
  const Document document = synthetic_document();
  const std::string page = report::to_html({document}, {});
  const std::string table = page.substr(page.find("<section id=backends"));
  const std::string heads = table.substr(0, table.find("<tbody>"));
  const PageRow row = rows_of(table).at("libexample.so").front();
  const auto cell = [&](const std::string& column) {
    const std::size_t at = heads.find("<th scope=col>" + column);
    EXPECT_NE(at, std::string::npos) << column;
    return row.at(occurrences(heads.substr(0, at), "<th scope=col>")).text;
  };
  EXPECT_EQ(cell("kernel"), "Haswell");
  EXPECT_EQ(cell("threading"), "pthread");
  EXPECT_EQ(cell("names"), "cblas_dgemm, 32 bits");
  EXPECT_EQ(cell("version"), "1.2.3");
  EXPECT_EQ(cell("SHA-256"), "aaaaaaaaaaaa");
}

TEST(Page, OnlyAWrongAnswerIsMarkedOfWhatHasNoRate) {
  Document document = synthetic_document();
  results::Measurement& row = document.measurements.back();
  EXPECT_TRUE(holds(report::to_html({document}, {}), "<tr class=fail><th scope=row>" + row.id));
  EXPECT_TRUE(holds(report::findings(document), row.note.text.substr(0, 12)));
  row.note = {results::NoteKind::left_out, "it would take too long"};
  EXPECT_FALSE(holds(report::to_html({document}, {}), "<tr class=fail><th scope=row>" + row.id));
  EXPECT_FALSE(holds(report::findings(document), row.note.text));
}

TEST(Page, NeedsNothingButItself) {
  const std::string page = report::to_html({synthetic_document()}, {"sqrtn", "report"});
  for (const char* outside : {"http:", "https:", "src=", "url(", "@import", "<link", "fetch("}) {
    EXPECT_EQ(occurrences(page, outside), 0U) << outside;
  }
  EXPECT_TRUE(holds(page, "default-src 'none'"));
}

TEST(Page, TellsWhatIsWrongFirstAndHowToSeeItAgain) {
  const std::string page = report::to_html({synthetic_document()}, {"sqrtn", "report"});
  EXPECT_TRUE(holds(page,
                    "<code>./sqrtn verify --seed 18446744073709551615 --blas example --filter "
                    "&#39;^products/gemm/f32/&lt;em&gt;exact&lt;/em&gt;$&#39;</code>"));
  std::size_t last = 0;
  for (const char* id :
       {"verdict", "findings", "backends", "speed-products", "chains", "notebooks", "claims", "environment"}) {
    const std::size_t at = page.find(std::string("<section id=") + id);
    ASSERT_NE(at, std::string::npos) << id;
    EXPECT_GT(at, last) << id;
    last = at;
  }
}

/// A full run with all claims and times of its own.
Document full_document(int backend) {
  Document document = synthetic_document();
  const claims::Result claim = document.claims.front();
  const results::Measurement row = document.measurements[1];
  document.claims.clear();
  document.measurements.clear();
  for (int i = 0; i < 526; ++i) {
    document.claims.push_back(claim);
    claims::Result& added = document.claims.back();
    added.claim.id = fmt::format("initialisers/truncated_normal/f32/philox/statistic_{}", i);
    added.outcome.observed = 1.0 / 3 + 1e-5 * (i + 0.01 * backend);
    added.outcome.p_value = 1 / (2.0 + i + 0.1 * backend);
  }
  for (int i = 0; i < 164; ++i) {
    document.measurements.push_back(row);
    document.measurements.back().id = fmt::format("products/gemm/{}", i);
    document.measurements.back().median_s /= 1.1 + 0.001 * i + 0.01 * backend;
  }
  document.blas->identity.name = fmt::format("library{}", backend);
  document.verdict = claims::Verdict::pass;
  return document;
}

TEST(Page, NineBackendsStayBelowTwoMegabytes) {
  std::vector<Document> documents;
  for (int backend = 0; backend < 9; ++backend) documents.push_back(full_document(backend));
  const std::string page = report::to_html(documents, {"sqrtn", "report"});
  EXPECT_LT(page.size(), 2'000'000U);
  EXPECT_EQ(rows_of(page).at("products/gemm/0").size(), 9U);
  EXPECT_GE(rows_of(page).at("initialisers/truncated_normal/f32/philox/statistic_0").size(), 2U);
}

TEST(Page, SeveralRunsAreToldApartAndSharedRowsShownOnce) {
  Document other = synthetic_document();
  other.environment.cpu_model = "Other CPU";
  other.claims[0].outcome.observed = 0.3334;
  const std::string page = report::to_html({synthetic_document(), other}, {"sqrtn", "report"});
  const auto rows = rows_of(page);
  const auto& changed = rows.at("generator/ars/uniform/f32/variance");
  ASSERT_EQ(changed.size(), 2U);
  EXPECT_EQ(changed[1][2].text, "Other CPU");
  ASSERT_EQ(rows.at("generator/ars/addresses").size(), 1U);
  EXPECT_EQ(rows.at("generator/ars/addresses")[0][2].text, "all");
}

TEST(Page, HoldsWhatHasNoNumbers) {
  Document blank;
  blank.verdict = claims::Verdict::skipped;
  EXPECT_TRUE(holds(report::to_html({blank}, {}), "no claim was checked"));
  Document odd = synthetic_document();
  const double nan = std::nan("");
  for (results::Measurement& row : odd.measurements) row.median_s = row.min_s = nan;
  odd.measurements[1].shape = "1e300xInfx-5";
  odd.measurements[2].rate = 1e308;
  odd.measurements[3].rate = 0;
  odd.claims[0].outcome.expected = 1e-308;
  odd.command.clear();
  EXPECT_TRUE(holds(report::to_html({odd, blank}, {}), "<section id=claims"));
  EXPECT_THROW(report::to_html({}, {}), std::invalid_argument);
}

TEST(Page, PicturesAreWellFormed) {
  Document other = synthetic_document();
  other.blas->identity.name = "a & <b>";
  const auto files = report::svg_files({synthetic_document(), other});
  ASSERT_FALSE(files.empty());
  for (const auto& [name, content] : files) {
    std::istringstream stream(content);
    boost::property_tree::ptree tree;
    ASSERT_NO_THROW(boost::property_tree::read_xml(stream, tree)) << name;
    EXPECT_FALSE(tree.get<std::string>("svg.title").empty());
    EXPECT_FALSE(tree.get<std::string>("svg.desc").empty());
  }
}

TEST(Page, TheCommandWritesAllOfIt) {
  const Folder folder;
  write_file(folder / "a.json", results::to_text(results::to_json(synthetic_document())));
  const Ended ended = shell(folder, "sqrtn report a.json a.json --output page");
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(holds(ended.out, "a.json: fail: 5 claims"));
  for (const char* name : {"report.html", "report.md", "claims.csv", "measurements.csv", "products-1.svg"}) {
    EXPECT_FALSE(content_of(std::filesystem::path(folder / "page") / name).empty()) << name;
  }
  EXPECT_TRUE(holds(content_of(std::filesystem::path(folder / "page") / "report.html"),
                    "<code>sqrtn report a.json a.json --output page</code>"));
  EXPECT_EQ(shell(folder, "sqrtn report missing.json").code, 2);
  EXPECT_EQ(shell(folder, "sqrtn report").code, 2);
}

}  // namespace
}  // namespace sqrtn::verify
