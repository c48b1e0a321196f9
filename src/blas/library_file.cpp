#include "blas/library_file.hpp"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <string_view>
#include <system_error>
#include <vector>

#include "blas/file.hpp"
#include "sqrtn/support/require.hpp"

/// The header of the object that holds this code, put there by every linker: what "for this machine"
/// means, without a list of machines.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): the linker's name
extern const ElfW(Ehdr) __ehdr_start [[gnu::visibility("hidden")]];

namespace sqrtn::blas {
namespace {

std::string_view kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

std::string reason(int error) { return std::generic_category().message(error); }

/// Whether every segment that the loader would map lies inside the file, and there is a dynamic one.
bool is_whole(const File& file, const ElfW(Ehdr) & header) {
  if (header.e_phentsize != sizeof(ElfW(Phdr))) return false;
  std::vector<ElfW(Phdr)> segments(header.e_phnum);
  if (!file.read(segments.data(), segments.size() * sizeof(ElfW(Phdr)), header.e_phoff)) return false;
  bool dynamic = false;
  for (const ElfW(Phdr) & segment : segments) {
    dynamic = dynamic || segment.p_type == PT_DYNAMIC;
    if (segment.p_type != PT_LOAD && segment.p_type != PT_DYNAMIC) continue;
    if (segment.p_offset > file.size() || segment.p_filesz > file.size() - segment.p_offset) return false;
  }
  return dynamic;
}

}  // namespace

File::File(const std::string& path) {
  struct stat status {};
  const int error = ::stat(path.c_str(), &status) == 0 ? 0 : errno;
  require(error == 0, "cannot use '{}' as a BLAS: {}; give the path of a shared library", path, reason(error));
  require(S_ISREG(status.st_mode), "cannot use '{}' as a BLAS: it is {}; give the path of a shared library", path,
          kind_of(status.st_mode));
  // Without waiting, in case that the path became a FIFO since.
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const int open_error = errno;
  require(descriptor_ >= 0, "cannot use '{}' as a BLAS: {}; make the file readable", path, reason(open_error));
  size_ = static_cast<std::size_t>(status.st_size);
}

File::~File() { ::close(descriptor_); }

bool File::read(void* into, std::size_t bytes, std::size_t offset) const {
  return ::pread(descriptor_, into, bytes, static_cast<off_t>(offset)) == static_cast<ssize_t>(bytes);
}

void require_shared_library(const std::string& path) {
  const File file(path);
  ElfW(Ehdr) header{};
  require(file.read(&header, sizeof header, 0) && std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0,
          "cannot use '{}' as a BLAS: it is no shared library (no ELF header); give the path of a shared library",
          path);
  require(header.e_ident[EI_CLASS] == __ehdr_start.e_ident[EI_CLASS] &&
              header.e_ident[EI_DATA] == __ehdr_start.e_ident[EI_DATA] && header.e_machine == __ehdr_start.e_machine,
          "cannot use '{}' as a BLAS: it is for another machine (ELF machine {}, {}-bit; this one is {}, {}-bit); "
          "give a library that was built for this machine",
          path, header.e_machine, header.e_ident[EI_CLASS] == ELFCLASS64 ? 64 : 32, __ehdr_start.e_machine,
          __ehdr_start.e_ident[EI_CLASS] == ELFCLASS64 ? 64 : 32);
  require(header.e_type == ET_DYN,
          "cannot use '{}' as a BLAS: it is an ELF file, but no shared library; give the path of a shared library",
          path);
  require(is_whole(file, header),
          "cannot use '{}' as a BLAS: the file is truncated or damaged (a segment lies past its end); install the "
          "library again",
          path);
}

std::string sha256_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!file || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) return {};
  std::vector<char> part(std::size_t{1} << 18);
  while (file.read(part.data(), static_cast<std::streamsize>(part.size())), file.gcount() > 0) {
    EVP_DigestUpdate(context.get(), part.data(), static_cast<std::size_t>(file.gcount()));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (file.bad() || EVP_DigestFinal_ex(context.get(), digest.data(), &size) != 1) return {};
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

}  // namespace sqrtn::blas
