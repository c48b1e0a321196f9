#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

#include "sqrtn/report/compare.hpp"
#include "sqrtn/report/page.hpp"
#include "sqrtn/report/read.hpp"
#include "sqrtn/report/summary.hpp"

/// For libFuzzer: whatever the bytes are, the reader takes a document or refuses it by an exception of one
/// kind; what it takes is read again to the same document, and can be compared, tabulated and shown.
///   cmake -S . -B build/fuzz -G Ninja -DSQRTN_FUZZ=ON -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=RelWithDebInfo
///   ninja -C build/fuzz sqrtn-fuzz && mkdir -p build/fuzz/found
///   build/fuzz/sqrtn-fuzz -dict=verify/fuzz_read.dict build/fuzz/found verify/corpus
namespace {

// One script, ours: no text of a document closes or opens another.
void check_scripts(const std::string& page) {
  if (page.find("<script") != page.rfind("<script")) std::abort();
}

void show(const sqrtn::report::BackendReport& libraries) {
  using namespace sqrtn::report;
  const std::string text = to_text(to_json(libraries));
  if (to_text(to_json(std::get<BackendReport>(parse_any(text, "again")))) != text) std::abort();
  (void)to_markdown(libraries);
  (void)to_csv(backend_records(libraries));
  check_scripts(to_html({}, {}, {&libraries, 1}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sqrtn::report;
  AnyDocument any;
  try {
    any = parse_any({reinterpret_cast<const char*>(data), size}, "input");
  } catch (const std::invalid_argument&) {
    return 0;
  }
  if (const auto* libraries = std::get_if<BackendReport>(&any)) {
    show(*libraries);
    return 0;
  }
  const Document document = std::get<Document>(any);
  const std::string text = to_text(to_json(document));
  const Document again = parse_document(text, "again");
  if (to_text(to_json(again)) != text) std::abort();
  (void)to_markdown(compare(document, again));
  (void)to_json(compare(again, document)).dump();
  (void)to_markdown(document);
  (void)svg_files({document});
  const std::string page = to_html({document, again}, document.command);
  check_scripts(page);
  return 0;
}
