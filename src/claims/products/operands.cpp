#include "claims/products/operands.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <utility>

namespace sqrtn::claims {

using blas::Op;

namespace {

/// A, B and C as `form` stores them.
template <class T>
std::array<Matrix<T>, 3> draw(const Product& product, const Form& form, const ProductShape& shape, Inputs inputs,
                              std::size_t padding, TestData& data) {
  if (product.routine == Routine::trsm) {
    TriangularSystem<T> system(form, shape, inputs, data);
    data.fill(system.right.storage(), inputs);
    return {stored(std::as_const(system.a).view(), Op::none, padding), Matrix<T>(0, 0),
            stored(std::as_const(system.right).view(), Op::none, 3 * padding)};
  }
  const Problem<T> problem(product, shape, inputs, data);
  return {stored(problem.a.view(), form.trans_a, padding), stored(problem.b.view(), form.trans_b, 2 * padding),
          stored(problem.c.view(), Op::none, 3 * padding)};
}

}  // namespace

template <class T>
Operands<T>::Operands(const Product& product, const Form& form_, const ProductShape& shape, Inputs inputs,
                      std::size_t padding, TestData& data)
    : form(form_),
      alpha(static_cast<T>(product.scalars.rounding.back().alpha)),
      beta(static_cast<T>(product.scalars.rounding.back().beta)),
      a(0, 0),
      b(0, 0),
      c(0, 0),
      before_(0, 0) {
  auto [drawn_a, drawn_b, drawn_c] = draw<T>(product, form, shape, inputs, padding, data);
  a = std::move(drawn_a);
  b = std::move(drawn_b);
  c = std::move(drawn_c);
  before_ = Matrix<T>(c.rows(), c.cols(), c.ld());
  std::ranges::copy(c.storage(), before_.storage().begin());
}

template <class T>
void Operands<T>::reset() {
  std::ranges::copy(before_.storage(), c.storage().begin());
}

template struct Operands<float>;
template struct Operands<double>;

std::vector<ProductShape> typical_shapes(Routine routine) {
  return fitted(routine, {{1, 1, 1},
                          {2, 3, 5},
                          {3, 1, 7},
                          {7, 9, 4},
                          {8, 8, 8},
                          {15, 17, 6},
                          {16, 16, 16},
                          {17, 5, 31},
                          {33, 18, 20},
                          {64, 64, 64},
                          {5, 129, 3},
                          {129, 3, 5},
                          {3, 5, 129},
                          {63, 65, 66},
                          {100, 100, 100},
                          {129, 65, 33}});
}

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
