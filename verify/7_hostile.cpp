#include <elf.h>
#include <link.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#include "program.hpp"
#include "verify.hpp"

/// Libraries that do their worst while they are loaded, at their end, or as files. Each is told of by what it did,
/// nothing waits long for any, and nothing of them is left running.
namespace sqrtn::verify {
namespace {

struct Hostile {
  const char* name;
  const char* kind;  ///< of the incident; "": refused without one
  const char* told;
};

constexpr Hostile hostile[] = {
    {"hang", "no answer", "no answer for"},
    {"exec", "exited", "gave no answer and exited with status 0"},
    {"execstay", "no answer", "no answer for"},
    {"exit", "exited", "the library ended the process by exit()"},
    {"endnow", "exited", "gave no answer and exited with status 0"},
    {"escapes", "printed", "printed '?]0;owned??[31mred' on standard output"},
    {"flood", "too much output", "wrote more than it may"},
    {"child", "left running", "left a process running"},
    {"daemon", "left running", "left a process running"},
    {"raise", "killed", "killed by signal 15 (terminated)"},
    {"stop", "stopped", "stopped by signal 19"},
    {"closed", "exited", "gave no answer and exited with status 2"},
    {"memory", "killed", "killed by signal 6 (aborted)"},
    {"lasthang", "lingered", "did not end by itself, after its answer"},
    {"lastdeaf", "lingered", "did not end by itself, after its answer"},
    {"lastexit", "lingered", "did not end by itself, after its answer"},
    {"lastcrash", "killed", "killed by signal 6 (aborted), after its answer"},
    {"cut", "", "truncated or damaged"},
    {"textblas", "", "no ELF header"},
    {"code", "killed", "killed by signal"},
};

/// The file with every byte of the first segment of that kind made `value`.
std::string with_segment(std::string file, ElfW(Word) type, ElfW(Word) flag, char value) {
  ElfW(Ehdr) header{};
  std::memcpy(&header, file.data(), sizeof header);
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    ElfW(Phdr) segment{};
    std::memcpy(&segment, file.data() + header.e_phoff + i * sizeof segment, sizeof segment);
    if (segment.p_type != type || (segment.p_flags & flag) == 0) continue;
    return file.replace(segment.p_offset, segment.p_filesz, std::string(segment.p_filesz, value));
  }
  return "";
}

/// What it is called is what it does; each has content of its own, as copies count once.
void make_library(const Folder& folder, const std::string& name) {
  std::string file = content_of(program_folder() / "hostile-blas.so") + name;
  if (name == "cut") file.resize(file.size() / 2);
  if (name == "textblas") file = "no library at all";
  if (name == "code") file = with_segment(file, PT_LOAD, PF_X, '\0');
  ASSERT_FALSE(file.empty());
  std::ofstream(folder / ("libs/lib" + name + ".so").c_str(), std::ios::binary) << file;
}

std::string marked(const Folder& folder) { return fmt::format("SQRTN_MARK='{}' ", folder / ""); }

/// Processes that were started with the mark of this folder, for as long as they take to end; at most 2 s.
std::string left_over(const Folder& folder) {
  return shell(folder, fmt::format("for i in $(seq 20); do left=$(grep -lzs 'SQRTN_MARK={}' /proc/[0-9]*/environ); "
                                   "[ -z \"$left\" ] && break; sleep 0.1; done; printf %s \"$left\"",
                                   folder / ""))
      .out;
}

/// What was told, and in which way of telling.
void expect_told(const Hostile& library, const std::string& text, const nlohmann::json& entry) {
  EXPECT_TRUE(holds(text, library.told)) << library.name;
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << library.name;
  std::vector<std::string> kinds;
  if (entry.contains("incidents")) {
    for (const auto& incident : entry["incidents"]) kinds.push_back(incident["kind"]);
  }
  const bool as_it_should = *library.kind == '\0' ? kinds.empty() : std::ranges::count(kinds, library.kind) > 0;
  EXPECT_TRUE(as_it_should) << library.name << ": " << entry.dump().substr(0, 1000);
}

/// By its path, alone.
void expect_named_alone(const Folder& folder, const Hostile& library) {
  for (const char* command : {"backends", "verify --filter '^products/dot/f32/exact_small$'"}) {
    const Ended ended = shell(folder, fmt::format("rm -f one.json; {}sqrtn {} --json one.json --blas ./libs/lib{}.so",
                                                  marked(folder), command, library.name));
    const std::string written = content_of(folder / "one.json");
    const std::string text = ended.out + ended.err;
    if (!written.empty()) {
      expect_told(library, text, nlohmann::json::parse(written, nullptr, false));
      continue;
    }
    EXPECT_EQ(ended.code, 2) << library.name;
    EXPECT_TRUE(holds(ended.err, library.told)) << library.name;
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    EXPECT_TRUE(holds(ended.err, fmt::format("./libs/lib{}.so", library.name)));
  }
}

void expect_named_among_others(const Folder& folder) {
  const std::string run =
      "sqrtn run --quick --search libs --output out --filter '^products/(gemm|dot)/f32/exact_small$'";
  const Ended ended = shell(folder, marked(folder) + run);
  EXPECT_EQ(ended.code, 0) << ended.err;
  const auto report = nlohmann::json::parse(content_of(folder / "out/backends.json"), nullptr, false);
  for (const Hostile& library : hostile) {
    const auto of_library = std::ranges::find_if(report["backends"], [&](const nlohmann::json& entry) {
      return entry["blas"].get<std::string>().ends_with(fmt::format("/lib{}.so", library.name));
    });
    ASSERT_NE(of_library, report["backends"].end()) << library.name;
    expect_told(library, content_of(folder / "out/backends.md"), *of_library);
  }
}

TEST(HostileSlow, EachIsToldOfAndNothingIsLeft) {
  const Folder folder;
  ASSERT_EQ(shell(folder, "mkdir libs").code, 0);
  for (const Hostile& library : hostile) make_library(folder, library.name);
  const auto start = std::chrono::steady_clock::now();
  for (const Hostile& library : hostile) {
    expect_named_alone(folder, library);
    EXPECT_EQ(left_over(folder), "") << library.name;
  }
  expect_named_among_others(folder);
  EXPECT_EQ(left_over(folder), "");
  EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), 180);
}

}  // namespace
}  // namespace sqrtn::verify
