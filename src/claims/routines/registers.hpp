#pragma once

#include <cstdint>

namespace sqrtn::claims {

/// These bits (all ones: a NaN of either type) in every vector register and in the stack below: what a kernel would
/// read that forgot to set one. Vector registers on x86-64 and AArch64 only.
void fill_registers_and_stack(std::uint32_t bits);

}  // namespace sqrtn::claims
