#include "support/npy.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <bit>

#include "sqrtn/support/tensor.hpp"
#include "support/output.hpp"
#include "support/stored_bytes.hpp"

namespace sqrtn {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are written as they lie in memory");

/// Magic, version, length of the rest as 16 bits, and a Python dictionary padded with spaces and one
/// newline so that the elements begin at a multiple of 64 bytes.
std::string npy_header(const Shape& shape, Dtype stored) {
  std::string text = fmt::format("{{'descr': '<f{}', 'fortran_order': False, 'shape': ({}{}), }}", bytes_of(stored),
                                 fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  constexpr std::size_t preamble = 10;
  const std::size_t total = (preamble + text.size() + 1 + 63) / 64 * 64;
  text.resize(total - preamble - 1, ' ');
  text += '\n';
  const auto length = static_cast<unsigned>(text.size());
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(length & 0xff) + static_cast<char>(length >> 8) + text;
}

}  // namespace

template <class T>
void write_npy(const std::string& path, const Shape& shape,
               const std::function<void(std::size_t first, std::span<T> part)>& fill, Dtype stored) {
  require(stored != Dtype::bf16, "{}: a .npy file cannot hold bfloat16; write .safetensors, or f16", path);
  StoredBytes<T> stored_bytes(stored);
  const std::size_t count = element_count(shape);
  Buffer<T> part(std::min<std::size_t>(count, std::size_t{1} << 18));
  write_file(path, [&](std::ostream& stream) {
    stream << npy_header(shape, stored);
    for (std::size_t first = 0; first < count; first += part.size()) {
      const std::span<T> elements = part.span().first(std::min(part.size(), count - first));
      fill(first, elements);
      const std::span<const std::byte> bytes = stored_bytes.of(elements);
      stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }
  });
}

template void write_npy<float>(const std::string&, const Shape&,
                               const std::function<void(std::size_t, std::span<float>)>&, Dtype);
template void write_npy<double>(const std::string&, const Shape&,
                                const std::function<void(std::size_t, std::span<double>)>&, Dtype);

}  // namespace sqrtn
