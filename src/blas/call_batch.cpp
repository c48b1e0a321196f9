#include "blas/call_batch.hpp"

#include <algorithm>
#include <array>
#include <complex>
#include <cstring>

#include "blas/arguments.hpp"
#include "blas/call.hpp"
#include "blas/operations.hpp"

namespace sqrtn::blas {
namespace {

// In the order of the description's arguments.
enum Place { op_a, op_b, rows, cols, inner, alpha, a, lda, b, ldb, beta, c, ldc };

std::size_t bytes_of(char type) {
  if (type == 's') return sizeof(float);
  return type == 'z' ? sizeof(std::complex<double>) : sizeof(double);
}

std::int64_t integer_of(const Call& call, Place place) { return call.values[place].integer; }

PartedProduct product_of(const Call& call) {
  const auto at = [&](Place place) { return integer_of(call, place); };
  return {call.row_major, at(op_a), at(op_b), at(rows), at(cols), at(lda), at(ldb), at(ldc)};
}

void* behind(const Call& call, Place place, std::int64_t elements) {
  const auto bytes = static_cast<std::ptrdiff_t>(elements) * static_cast<std::ptrdiff_t>(bytes_of(call.type));
  return static_cast<char*>(call.values[place].address) + bytes;
}

/// One whole number a group, of the library's width.
class PerGroup {
 public:
  PerGroup(int integer_bits, std::array<std::int64_t, 2> values) : wide_(values) {
    for (std::size_t i = 0; i < 2; ++i) narrow_.at(i) = static_cast<std::int32_t>(values.at(i));
    place_ = integer_bits == 64 ? static_cast<const void*>(wide_.data()) : narrow_.data();
  }
  [[nodiscard]] const void* place() const { return place_; }

 private:
  std::array<std::int64_t, 2> wide_;
  std::array<std::int32_t, 2> narrow_{};
  const void* place_;
};

/// The scalar once for each group.
struct TwoScalars {
  TwoScalars(const void* scalar, char type) {
    for (std::size_t i = 0; i < 2; ++i) std::memcpy(bytes.data() + i * bytes_of(type), scalar, bytes_of(type));
  }
  alignas(16) std::array<std::byte, 32> bytes{};
};

void call_groups(void* function, int integer_bits, const Call& call) {
  const BatchGroups groups = groups_of(product_of(call));
  const auto both = [&](Place place) {
    const std::int64_t value = integer_of(call, place);
    return PerGroup(integer_bits, {value, value});
  };
  const std::int64_t layout = call.row_major ? 101 : 102;
  const auto flags = [&](Place place) {
    const auto flag = static_cast<std::int32_t>(c_flag(integer_of(call, place)));
    return std::array<std::int32_t, 2>{flag, flag};
  };
  const std::array<std::int32_t, 2> ops_a = flags(op_a), ops_b = flags(op_b);
  const PerGroup m = both(rows), k = both(inner), ld_a = both(lda), ld_b = both(ldb), ld_c = both(ldc),
                 widths(integer_bits, groups.n), sizes(integer_bits, groups.sizes);
  const TwoScalars alphas(call.values[alpha].address, call.type), betas(call.values[beta].address, call.type);
  std::array<void*, 3> as{}, bs{}, cs{};
  for (std::size_t i = 0; i < 3; ++i) {
    as.at(i) = call.values[a].address;
    bs.at(i) = behind(call, b, groups.at_b.at(i));
    cs.at(i) = behind(call, c, groups.at_c.at(i));
  }
  Arguments arguments(integer_bits);
  arguments.add(&ffi_type_sint32, &layout);
  for (const void* const place : std::initializer_list<const void*>{
           ops_a.data(), ops_b.data(), m.place(), widths.place(), k.place(), alphas.bytes.data(), as.data(),
           ld_a.place(), bs.data(), ld_b.place(), betas.bytes.data(), cs.data(), ld_c.place()}) {
    arguments.add_pointer_to(place);
  }
  arguments.add_integer(groups.n_groups);
  arguments.add_pointer_to(sizes.place());
  arguments.call(function, &ffi_type_void, nullptr);
}

void call_strided(void* function, int integer_bits, const Call& call) {
  const BatchStrides strides = strides_of(product_of(call));
  const std::int64_t layout = call.row_major ? 101 : 102, flag_a = c_flag(integer_of(call, op_a)),
                     flag_b = c_flag(integer_of(call, op_b));
  Arguments arguments(integer_bits);
  const auto scalar = [&](Place place) {
    if (is_complex(call.type)) {
      arguments.add_address(call.values[place].address);
    } else {
      arguments.add(real_type(call.type), call.values[place].address);
    }
  };
  const auto integer = [&](Place place) { arguments.add_integer(call.values[place].integer); };
  for (const std::int64_t* flag : {&layout, &flag_a, &flag_b}) arguments.add(&ffi_type_sint32, flag);
  arguments.add_integer(strides.m);
  arguments.add_integer(strides.n);
  integer(inner);
  scalar(alpha);
  arguments.add_address(call.values[a].address);
  integer(lda);
  arguments.add_integer(strides.a);
  arguments.add_address(call.values[b].address);
  integer(ldb);
  arguments.add_integer(strides.b);
  scalar(beta);
  arguments.add_address(call.values[c].address);
  integer(ldc);
  arguments.add_integer(strides.c);
  arguments.add_integer(strides.count);
  arguments.call(function, &ffi_type_void, nullptr);
}

}  // namespace

BatchGroups groups_of(const PartedProduct& product) {
  const std::int64_t n = product.n, part = n / 3, n_groups = n < 3 ? 1 : 2,
                     step_b = (product.op_b == 'N') != product.row_major ? product.ldb : 1,
                     step_c = product.row_major ? 1 : product.ldc;
  BatchGroups groups{n_groups, {n_groups == 1 ? n : part, n - 2 * part}, {n_groups == 1 ? 1 : 2, 1}, {}, {}};
  for (std::size_t i = 0; i < 3 && n_groups > 1; ++i) {
    groups.at_b.at(i) = step_b * part * static_cast<std::int64_t>(i);
    groups.at_c.at(i) = step_c * part * static_cast<std::int64_t>(i);
  }
  return groups;
}

/// C is parted where its lines are, so that each part ends before the next begins: oneMKL refuses others.
BatchStrides strides_of(const PartedProduct& product) {
  const bool by_rows = product.row_major;
  const std::int64_t lines = by_rows ? product.m : product.n,
                     count = lines % 3 == 0 && lines > 0   ? 3
                             : lines % 2 == 0 && lines > 0 ? 2
                                                           : 1,
                     width = lines / count, step_of_a = product.op_a == 'N' ? product.lda : 1,
                     step_of_b = product.op_b == 'N' ? product.ldb : 1;
  return {by_rows ? width : product.m,     by_rows ? product.n : width, by_rows ? width * step_of_a : 0,
          by_rows ? 0 : width * step_of_b, width * product.ldc,         count};
}

void call_batch(void* function, int integer_bits, const Call& call) {
  if (call.operation.batch == Batch::strided) return call_strided(function, integer_bits, call);
  call_groups(function, integer_bits, call);
}

}  // namespace sqrtn::blas
