#include <algorithm>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>

#include "report/page.hpp"
#include "report/records.hpp"
#include "report/summary.hpp"
#include "report/table.hpp"
#include "results/format.hpp"
#include "support/output.hpp"

namespace sqrtn::report {
namespace {

namespace fs = std::filesystem;

constexpr const char* json_name = "results.json";
constexpr const char* markdown_name = "report.md";
constexpr const char* page_name = "report.html";
constexpr const char* claims_name = "claims.csv";
constexpr const char* measurements_name = "measurements.csv";

using Files = std::vector<std::pair<std::string, std::string>>;  ///< name and content

/// One table of the rows of all.
template <class Records>
std::string joined(const auto& all, Records records) {
  Table table = records(all.front());
  for (std::size_t i = 1; i < all.size(); ++i) {
    Table more = records(all[i]);
    std::ranges::move(more.rows, std::back_inserter(table.rows));
  }
  return to_csv(table);
}

/// The page, and what stands on it as Markdown and tables.
Files files_of(const std::vector<Document>& documents, std::span<const Libraries> libraries,
               const std::vector<std::string>& command, std::span<const More> more) {
  std::string markdown;
  const auto add = [&markdown](const std::string& text) {
    if (!markdown.empty()) markdown += '\n';
    markdown += text;
  };
  for (const Document& document : documents) add(to_markdown(document));
  for (const Libraries& report : libraries) add(to_markdown(report));
  for (const More& one : more) add(one.markdown);
  Files files{{page_name, to_html(documents, command, libraries, more)}, {markdown_name, markdown}};
  if (!documents.empty()) {
    files.emplace_back(claims_name, joined(documents, claim_records));
    files.emplace_back(measurements_name, joined(documents, measurement_records));
  }
  if (!libraries.empty()) files.emplace_back("backends.csv", joined(libraries, backend_records));
  return files;
}

std::vector<std::string> write_all(Files files, const std::string& folder) {
  std::vector<std::string> names;
  for (auto& [name, content] : files) {
    names.push_back(name);
    name = (fs::path(folder) / name).string();
  }
  fs::create_directories(folder);
  write_files(files);
  return names;
}

}  // namespace

void write_results(Document document, const std::string& folder, const Libraries* libraries) {
  if (document.blas) document.blas->asked = published_library(document.blas->asked);
  std::vector<Libraries> all;
  if (libraries != nullptr) all.push_back(published(*libraries));
  Files files = files_of({document}, all, {"./sqrtn", "report", json_name, "--output", "."}, {});
  files.emplace_back(json_name, to_text(to_json(document)));
  for (const Libraries& report : all) {
    files.emplace_back("backends.json", to_text(to_json(report)));
    files.emplace_back("backends.md", to_markdown(report));
  }
  write_all(std::move(files), folder);
}

std::vector<std::string> write_report(const std::vector<Document>& documents, std::span<const Libraries> libraries,
                                      const std::vector<std::string>& command, const std::string& folder,
                                      std::span<const More> more) {
  Files files = files_of(documents, libraries, command, more);
  std::ranges::move(svg_files(documents), std::back_inserter(files));
  return write_all(std::move(files), folder);
}

void require_writable_folder(const std::string& folder) {
  fs::path path = fs::absolute(folder).lexically_normal();
  const bool exists = fs::is_directory(path);
  // What is to be made is made in the innermost folder that is there.
  while (!fs::is_directory(path)) {
    if (fs::exists(path)) {
      throw std::system_error(std::make_error_code(std::errc::not_a_directory),
                              "cannot write into '" + folder + "'; name a folder with --output");
    }
    path = path.parent_path();
  }
  for (const char* name : {json_name, page_name, markdown_name, claims_name, measurements_name}) try {
      require_writable(path / name);
      if (!exists) break;
    } catch (const std::system_error& error) {
      throw std::system_error(error.code(), fmt::format("cannot write {}into '{}'; name another folder with --output",
                                                        exists ? fmt::format("'{}' ", name) : "", folder));
    }
}

}  // namespace sqrtn::report
