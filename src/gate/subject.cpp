#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "blas/library_file.hpp"
#include "gate/program.hpp"
#include "results/format.hpp"

namespace sqrtn::gate {
namespace {

/// What a sqrtn-bench says of itself; strangers say nothing.
std::string build_of(const gate::BenchmarkOutput& output) {
  std::string text;
  for (const char* key : {"commit", "blas", "blas_version", "blas_kernel"}) {
    const auto found = output.context.find(key);
    if (found != output.context.end() && !found->second.empty()) text += (text.empty() ? "" : " ") + found->second;
  }
  return text;
}

/// Whether what the file does depends on nothing beside it: no script, and no library looked for beside the program.
bool stands_alone(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(stream), {}};
  return content.starts_with(
             "\x7f"
             "ELF") &&
         content.find("$ORIGIN") == std::string::npos;
}

}  // namespace

gate::GateSubject gate_subject(const GateProgram& program) {
  gate::GateSubject subject;
  subject.name = results::published(program.name);
  if (!program.file.empty()) subject.sha256 = blas::sha256_of_file(program.file);
  return subject;
}

void complete(gate::GateSubject& subject, const gate::BenchmarkOutput& output) {
  subject.build = build_of(output);
  const auto sha256 = output.context.find("blas_sha256");
  if (subject.sha256.empty() && sha256 != output.context.end()) subject.sha256 = sha256->second;
  if (const auto kernel = output.context.find("blas_kernel"); kernel != output.context.end()) {
    subject.kernel = kernel->second;
  }
}

bool identical(const gate::GateSubject& a, const gate::GateSubject& b) {
  return !a.sha256.empty() && a.sha256 == b.sha256 && a.kernel == b.kernel;
}

bool same_program(const GateProgram& a, const GateProgram& b) {
  if (a.file.empty() || b.file.empty()) return false;
  std::error_code unknown;
  return std::filesystem::equivalent(a.file, b.file, unknown) || stands_alone(a.file);
}

}  // namespace sqrtn::gate
