#include <cstring>
#include <numeric>

#include "scratch.hpp"
#include "support/npy.hpp"
#include "verify.hpp"

namespace sqrtn::verify {
namespace {

template <class T>
void write_counted(const std::string& path, const Shape& shape) {
  write_npy<T>(path, shape, [](std::size_t first, std::span<T> part) {
    std::iota(part.begin(), part.end(), static_cast<T>(first));
  });
}

// The header as numpy/lib/format.py describes version 1.0, byte for byte.
TEST(Npy, HeaderFollowsTheFormat) {
  const Folder folder;
  const std::vector<std::pair<Shape, std::string>> cases = {
      {{}, "()"}, {{3}, "(3,)"}, {{5, 7}, "(5, 7)"}, {{64, 3, 7, 7}, "(64, 3, 7, 7)"}};
  for (const auto& [shape, text] : cases) {
    write_counted<float>(folder / "w.npy", shape);
    const std::string bytes = content_of(folder / "w.npy");
    ASSERT_GT(bytes.size(), 64U);
    EXPECT_EQ(bytes.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
    const std::size_t length = static_cast<unsigned char>(bytes[8]) + 256U * static_cast<unsigned char>(bytes[9]);
    EXPECT_EQ((10 + length) % 64, 0U) << "the elements must be aligned";
    const std::string header = bytes.substr(10, length);
    EXPECT_EQ(header.substr(0, header.find_last_not_of(" \n") + 1),
              "{'descr': '<f4', 'fortran_order': False, 'shape': " + text + ", }");
    EXPECT_EQ(header.find('\n'), header.size() - 1);
    EXPECT_EQ(bytes.size(), 10 + length + 4 * element_count(shape));
  }
}

TEST(Npy, ElementsFollowInOrder) {
  const Folder folder;
  write_counted<double>(folder / "w.npy", {700, 1001});  // more than one part
  const std::string bytes = content_of(folder / "w.npy");
  std::vector<double> elements(700 * 1001);
  const std::size_t size = elements.size() * sizeof(double);
  ASSERT_GT(bytes.size(), size);
  EXPECT_NE(bytes.find("'descr': '<f8'"), std::string::npos);
  std::memcpy(elements.data(), bytes.data() + bytes.size() - size, size);
  std::vector<double> expected(elements.size());
  std::iota(expected.begin(), expected.end(), 0.0);
  EXPECT_EQ(elements, expected);
}

}  // namespace
}  // namespace sqrtn::verify
