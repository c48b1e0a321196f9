#include "claims/routines/registers.hpp"

#include <array>
#include <bit>

namespace sqrtn::claims {
namespace {

#if defined(__x86_64__)
#define SQRTN_REGISTERS_16 "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15"
#define SQRTN_CLOBBERS                                                                                                \
  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", \
      "xmm14", "xmm15"
/// Assembly, because no C++ says "every register" and because compilers clear the upper halves before a
/// function that uses them returns.
void fill_registers(const float& value) {
  if (__builtin_cpu_supports("avx512f")) {
    asm volatile(".irp n," SQRTN_REGISTERS_16
                 ",16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n\tvbroadcastss %0, %%zmm\\n\n\t.endr"
                 :
                 : "m"(value)
                 : SQRTN_CLOBBERS);
  } else if (__builtin_cpu_supports("avx")) {
    asm volatile(".irp n," SQRTN_REGISTERS_16 "\n\tvbroadcastss %0, %%ymm\\n\n\t.endr" : : "m"(value) : SQRTN_CLOBBERS);
  } else {
    asm volatile(".irp n," SQRTN_REGISTERS_16 "\n\tmovss %0, %%xmm\\n\n\tshufps $0, %%xmm\\n, %%xmm\\n\n\t.endr"
                 :
                 : "m"(value)
                 : SQRTN_CLOBBERS);
  }
}
#elif defined(__aarch64__)
void fill_registers(const float& value) {
  asm volatile(
      ".irp n,0,1,2,3,4,5,6,7,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n\tld1r {v\\n\\().4s}, [%0]\n\t.endr"
      :
      : "r"(&value), "m"(value)
      : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24",
        "v25", "v26", "v27", "v28", "v29", "v30", "v31");
}
#else
void fill_registers(const float&) {}
#endif

[[gnu::noinline]] void fill_stack(float value) {
  std::array<volatile float, 8192> below;
  for (volatile float& entry : below) entry = value;
}

}  // namespace

void fill_registers_and_stack(std::uint32_t bits) {
  fill_stack(std::bit_cast<float>(bits));
  fill_registers(std::bit_cast<float>(bits));
}

}  // namespace sqrtn::claims
