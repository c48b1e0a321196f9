#include "blas/added_flags.hpp"

#include <array>
#include <complex>
#include <cstdint>
#include <stdexcept>

#include "blas/arguments.hpp"
#include "blas/asked_once.hpp"

namespace sqrtn::blas {
namespace {

/// One row of A is added to one of C. In A the second number of the row is a leading dimension away, and of the
/// transpose that the flag asks for it is the next: whoever knows no flag returns 3, and whoever does 2. Either reads
/// and writes within the four numbers of each.
template <class T>
bool takes_flags(void* function, int integer_bits) {
  const std::int64_t m = 1, n = 2, leading = 2;
  const T alpha = 1, beta = 1;
  const std::array<T, 4> a{1, 2, 3, 4};
  std::array<T, 4> c{};
  const char transposed = 'T', plain = 'N';
  const std::size_t one = 1;
  Arguments arguments(integer_bits);
  for (const void* place : std::initializer_list<const void*>{&m, &n, &alpha, a.data(), &leading, &beta, c.data(),
                                                              &leading, &transposed, &plain}) {
    arguments.add_pointer_to(place);
  }
  arguments.add(&ffi_type_uint64, &one);
  arguments.add(&ffi_type_uint64, &one);
  arguments.call(function, &ffi_type_void, nullptr);
  return c[2] == T{2};
}

bool probe(void* function, char type, int integer_bits) {
  switch (type) {
    case 's':
      return takes_flags<float>(function, integer_bits);
    case 'd':
      return takes_flags<double>(function, integer_bits);
    case 'c':
      return takes_flags<std::complex<float>>(function, integer_bits);
    case 'z':
      return takes_flags<std::complex<double>>(function, integer_bits);
    default:
      throw std::logic_error("no type of the BLAS has this letter");
  }
}

}  // namespace

std::function<bool(void* function, char type)> added_flags(int integer_bits) {
  return asked_once<void*, bool>(
      [integer_bits](void* function, char type) { return function != nullptr && probe(function, type, integer_bits); });
}

}  // namespace sqrtn::blas
