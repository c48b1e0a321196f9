#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "sqrtn/report/summary.hpp"
#include "sqrtn/report/table.hpp"
#include "sqrtn/support/output.hpp"

namespace sqrtn::report {
namespace {

namespace fs = std::filesystem;

constexpr const char* json_name = "results.json";
constexpr const char* page_name = "report.md";
constexpr const char* claims_name = "claims.csv";
constexpr const char* measurements_name = "measurements.csv";

}  // namespace

void write_results(const Document& document, const std::string& folder) {
  const fs::path path(folder);
  fs::create_directories(path);
  write_file(path / json_name, to_text(to_json(document)));
  write_file(path / page_name, to_markdown(document));
  write_file(path / claims_name, to_csv(claim_records(document)));
  write_file(path / measurements_name, to_csv(measurement_records(document)));
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
  for (const char* name : {json_name, page_name, claims_name, measurements_name}) {
    require_writable(path / name);
    if (!exists) break;
  }
}

}  // namespace sqrtn::report
