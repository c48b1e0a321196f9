#include <cstddef>
#include <cstdint>

#include "outside.hpp"

/// For libFuzzer: each input is given to every reader of JSON from outside.
///   cmake -S . -B build/fuzz -G Ninja -DSQRTN_FUZZ=ON -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=RelWithDebInfo
///   ninja -C build/fuzz sqrtn-fuzz && mkdir -p build/fuzz/found
///   build/fuzz/sqrtn-fuzz -dict=verify/fuzz_read.dict build/fuzz/found verify/corpus
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)sqrtn::verify::refusals_of({reinterpret_cast<const char*>(data), size});
  return 0;
}
