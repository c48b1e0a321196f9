#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include "claims/weights/inspection.hpp"
#include "support/tensor_file.hpp"

/// For libFuzzer: each input is a file of weights; what is read is judged if it is small.
///   ninja -C build/fuzz sqrtn-fuzz-tensors && mkdir -p build/fuzz/tensors
///   build/fuzz/sqrtn-fuzz-tensors -dict=verify/fuzz_tensors.dict build/fuzz/tensors verify/corpus_tensors
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sqrtn;
  const int file = memfd_create("input", 0);
  if (write(file, data, size) != static_cast<ssize_t>(size)) return -1;
  try {
    TensorSet set = read_tensors(fmt::format("/proc/self/fd/{}", file));
    std::size_t values = 0;
    for (const StoredTensor& tensor : set.tensors) values += tensor.count();
    if (values <= 4096 && set.tensors.size() <= 16) (void)claims::weights::inspect_all(std::move(set), {.threads = 1});
  } catch (const std::invalid_argument&) {
    // How a reader refuses.
  } catch (const std::system_error&) {
    // A shard that an index names and that is not there.
  }
  close(file);
  return 0;
}
