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
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sqrtn::report;
  Document document;
  try {
    document = parse_document({reinterpret_cast<const char*>(data), size}, "input");
  } catch (const std::invalid_argument&) {
    return 0;
  }
  const std::string text = to_text(to_json(document));
  const Document again = parse_document(text, "again");
  if (to_text(to_json(again)) != text) std::abort();
  (void)to_markdown(compare(document, again));
  (void)to_json(compare(again, document)).dump();
  (void)to_markdown(document);
  (void)svg_files({document});
  const std::string page = to_html({document, again}, document.command);
  // One script, ours: no text of the document closes or opens another.
  if (page.find("<script") != page.rfind("<script")) std::abort();
  return 0;
}
