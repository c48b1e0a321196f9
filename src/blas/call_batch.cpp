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

/// The product that makes columns, or rows, from one on.
struct Parts {
  const Call& call;

  [[nodiscard]] std::int64_t integer(Place place) const { return call.values[place].integer; }
  /// Elements from one column of op(B), and of C, to the next.
  [[nodiscard]] std::int64_t step_of_b() const { return (integer(op_b) == 'N') != call.row_major ? integer(ldb) : 1; }
  /// Likewise from one row of op(A) to the next, where the layout is by rows.
  [[nodiscard]] std::int64_t step_of_a() const { return integer(op_a) == 'N' ? integer(lda) : 1; }
  [[nodiscard]] std::int64_t step_of_c() const { return call.row_major ? 1 : integer(ldc); }
  [[nodiscard]] void* at(Place place, std::int64_t step, std::int64_t column) const {
    const auto offset = static_cast<std::ptrdiff_t>(step * column) * static_cast<std::ptrdiff_t>(bytes_of(call.type));
    return static_cast<char*>(call.values[place].address) + offset;
  }
};

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

void call_groups(void* function, int integer_bits, const Parts& parts) {
  const Call& call = parts.call;
  const std::int64_t n = parts.integer(cols), part = n / 3, n_groups = n < 3 ? 1 : 2;
  const auto both = [&](std::int64_t value) { return PerGroup(integer_bits, {value, value}); };
  const std::int64_t layout = call.row_major ? 101 : 102;
  const auto flags = [&](Place place) {
    const auto flag = static_cast<std::int32_t>(c_flag(parts.integer(place)));
    return std::array<std::int32_t, 2>{flag, flag};
  };
  const std::array<std::int32_t, 2> ops_a = flags(op_a), ops_b = flags(op_b);
  const PerGroup m = both(parts.integer(rows)), k = both(parts.integer(inner)), ld_a = both(parts.integer(lda)),
                 ld_b = both(parts.integer(ldb)), ld_c = both(parts.integer(ldc)),
                 widths(integer_bits, {n_groups == 1 ? n : part, n - 2 * part}),
                 sizes(integer_bits, {n_groups == 1 ? 1 : 2, 1});
  const TwoScalars alphas(call.values[alpha].address, call.type), betas(call.values[beta].address, call.type);
  std::array<void*, 3> as{}, bs{}, cs{};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::int64_t first = n_groups == 1 ? 0 : part * static_cast<std::int64_t>(i);
    as.at(i) = call.values[a].address;
    bs.at(i) = parts.at(b, parts.step_of_b(), first);
    cs.at(i) = parts.at(c, parts.step_of_c(), first);
  }
  Arguments arguments(integer_bits);
  arguments.add(&ffi_type_sint32, &layout);
  for (const void* const place : std::initializer_list<const void*>{
           ops_a.data(), ops_b.data(), m.place(), widths.place(), k.place(), alphas.bytes.data(), as.data(),
           ld_a.place(), bs.data(), ld_b.place(), betas.bytes.data(), cs.data(), ld_c.place()}) {
    arguments.add_pointer_to(place);
  }
  arguments.add_integer(n_groups);
  arguments.add_pointer_to(sizes.place());
  arguments.call(function, &ffi_type_void, nullptr);
}

/// C is parted where its lines are, so that each part ends before the next begins: oneMKL refuses others.
void call_strided(void* function, int integer_bits, const Parts& parts) {
  const Call& call = parts.call;
  const bool by_rows = call.row_major;
  const std::int64_t lines = parts.integer(by_rows ? rows : cols),
                     n_parts = lines % 3 == 0 && lines > 0   ? 3
                               : lines % 2 == 0 && lines > 0 ? 2
                                                             : 1,
                     width = lines / n_parts, layout = call.row_major ? 101 : 102,
                     step_a = by_rows ? width * parts.step_of_a() : 0, step_b = by_rows ? 0 : width * parts.step_of_b(),
                     step_c = width * parts.integer(ldc), flag_a = c_flag(parts.integer(op_a)),
                     flag_b = c_flag(parts.integer(op_b));
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
  arguments.add_integer(by_rows ? width : call.values[rows].integer);
  arguments.add_integer(by_rows ? call.values[cols].integer : width);
  integer(inner);
  scalar(alpha);
  arguments.add_address(call.values[a].address);
  integer(lda);
  arguments.add_integer(step_a);
  arguments.add_address(call.values[b].address);
  integer(ldb);
  arguments.add_integer(step_b);
  scalar(beta);
  arguments.add_address(call.values[c].address);
  integer(ldc);
  arguments.add_integer(step_c);
  arguments.add_integer(n_parts);
  arguments.call(function, &ffi_type_void, nullptr);
}

}  // namespace

void call_batch(void* function, int integer_bits, const Call& call) {
  if (call.operation.batch == Batch::strided) return call_strided(function, integer_bits, {call});
  call_groups(function, integer_bits, {call});
}

}  // namespace sqrtn::blas
