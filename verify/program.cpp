#include "program.hpp"

// Standard rather than Boost.Filesystem, which is a library to link.
#define BOOST_PROCESS_USE_STD_FS
#include <boost/process.hpp>

namespace sqrtn::verify {

namespace bp = boost::process;

std::filesystem::path program_folder() { return std::filesystem::read_symlink("/proc/self/exe").parent_path(); }

Ended shell(const Folder& folder, const std::string& line) {
  // Kept outside the test's own folder, which a test may list.
  const Folder captured;
  const std::string out = captured / "out", err = captured / "err";
  bp::environment environment = boost::this_process::environment();
  environment["PATH"] = program_folder().string() + ":" + environment["PATH"].to_string();
  Ended ended;
  ended.code = bp::system("/bin/sh", "-c", line, environment, bp::start_dir = folder / "",
                          bp::std_in<bp::null, bp::std_out> out, bp::std_err > err);
  ended.out = content_of(out);
  ended.err = content_of(err);
  return ended;
}

testing::AssertionResult holds(std::string_view text, std::string_view part) {
  if (text.find(part) != std::string_view::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no '" << part << "' in: " << text;
}

}  // namespace sqrtn::verify
