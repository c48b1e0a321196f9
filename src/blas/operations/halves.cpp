#include "blas/operations/describe.hpp"

/// Source: OpenBLAS's cblas.h and oneMKL's reference of gemm_bf16bf16f32, gemm_f16f16f32 and hgemm.
namespace sqrtn::blas::described {
namespace {

constexpr Dtype bf16 = Dtype::bf16, f16 = Dtype::f16;

/// Factors of 16 bits, and C of as many if `result` says so.
Operation product(std::string_view name, std::string_view formula, Dtype factors, std::optional<Dtype> result = {}) {
  Operand c = matrix('C', 'm', 'n');
  c.half = result;
  return {.name = name,
          .pattern = name,
          .types = "s",
          .signature = "transa transb m n k alpha A lda B ldb beta C ldc",
          .formula = formula,
          .operands = {in_half(matrix('A', 'm', 'k'), factors), in_half(matrix('B', 'k', 'n'), factors), c},
          .outputs = {sum('C', {{'a', op('A'), op('B')}}, 'b')},
          .half_scalars = result};
}

Operation in_any_precision(Operation operation) {
  operation.may_add_in_half = true;
  return operation;
}

Operation product_with_vector(std::string_view name, std::string_view formula, std::optional<Dtype> result = {}) {
  Operand y = y_of_m;
  y.half = result;
  return {.name = name,
          .pattern = name,
          .types = "s",
          .signature = "trans m n alpha A lda x incx beta y incy",
          .formula = formula,
          .operands = {in_half(matrix('A', 'm', 'n'), bf16), in_half(x, bf16), y},
          .outputs = {sum('y', {{'a', op('A'), plain('x')}}, 'b')},
          .lengths_of_stored = true,
          .half_scalars = result};
}

Operation conversion(std::string_view name, std::string_view types, std::string_view formula, Operand from,
                     Operand to) {
  return {.name = name,
          .pattern = name,
          .types = types,
          .signature = "n x incx y incy",
          .formula = formula,
          .operands = {from, to},
          .outputs = {sum('y', {{'1', plain('x'), ones}})}};
}

}  // namespace

std::vector<Operation> halves() {
  const std::string_view of_bf16 = "C = αop(A)op(B) + βC, A and B in bfloat16, added in float",
                         of_f16 = "C = αop(A)op(B) + βC, A and B in half precision, added in float";
  return {
      conversion("sbstobf16", "s", "y = x rounded to bfloat16", x, in_half(y, bf16)),
      conversion("sbdtobf16", "d", "y = x rounded to bfloat16", x, in_half(y, bf16)),
      conversion("sbf16tos", "s", "y = x, x in bfloat16", in_half(x, bf16), y),
      conversion("dbf16tod", "d", "y = x, x in bfloat16", in_half(x, bf16), y),
      {.name = "sbdot",
       .pattern = "sbdot",
       .types = "s",
       .signature = "n x incx y incy",
       .formula = "s = xᵀy, x and y in bfloat16, added in float",
       .operands = {in_half(x, bf16), in_half(y, bf16)},
       .outputs = {sum('=', {{'1', transposed(plain('x')), plain('y')}})}},
      product_with_vector("sbgemv", "y = αop(A)x + βy, A and x in bfloat16, added in float"),
      product_with_vector("bgemv", "y = αop(A)x + βy, all in bfloat16, added in float", bf16),
      product("sbgemm", of_bf16, bf16),
      product("gemm_bf16bf16f32", of_bf16, bf16),
      product("shgemm", of_f16, f16),
      product("gemm_f16f16f32", of_f16, f16),
      product("bgemm", "C = αop(A)op(B) + βC, all in bfloat16, added in float", bf16, bf16),
      in_any_precision(product("hgemm", "C = αop(A)op(B) + βC, all in half precision", f16, f16)),
  };
}

}  // namespace sqrtn::blas::described
