#include <algorithm>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>

#include "sqrtn/report/page.hpp"
#include "sqrtn/report/summary.hpp"
#include "sqrtn/report/table.hpp"
#include "sqrtn/support/output.hpp"

namespace sqrtn::report {
namespace {

namespace fs = std::filesystem;

constexpr const char* json_name = "results.json";
constexpr const char* markdown_name = "report.md";
constexpr const char* page_name = "report.html";
constexpr const char* claims_name = "claims.csv";
constexpr const char* measurements_name = "measurements.csv";

/// One table of the rows of all documents.
Table joined(const std::vector<Document>& documents, Table (*records)(const Document&)) {
  Table all = records(documents.front());
  for (std::size_t i = 1; i < documents.size(); ++i) {
    Table more = records(documents[i]);
    std::ranges::move(more.rows, std::back_inserter(all.rows));
  }
  return all;
}

void write_tables(const std::vector<Document>& documents, const fs::path& path) {
  std::string markdown;
  for (const Document& document : documents) {
    if (!markdown.empty()) markdown += '\n';
    markdown += to_markdown(document);
  }
  write_file(path / markdown_name, markdown);
  write_file(path / claims_name, to_csv(joined(documents, claim_records)));
  write_file(path / measurements_name, to_csv(joined(documents, measurement_records)));
}

}  // namespace

void write_results(const Document& document, const std::string& folder, const BackendReport* libraries) {
  const fs::path path(folder);
  fs::create_directories(path);
  write_file(path / json_name, to_text(to_json(document)));
  write_file(path / page_name,
             to_html({document},
                     libraries == nullptr ? std::vector<std::string>{"./sqrtn", "report", json_name, "--output", "."}
                                          : std::vector<std::string>{},
                     libraries));
  write_tables({document}, path);
}

void write_report(const std::vector<Document>& documents, const std::vector<std::string>& command,
                  const std::string& folder) {
  const fs::path path(folder);
  fs::create_directories(path);
  write_file(path / page_name, to_html(documents, command));
  write_tables(documents, path);
  for (const auto& [name, content] : svg_files(documents)) write_file(path / name, content);
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
