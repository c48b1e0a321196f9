#include <zlib.h>

#include <fstream>

#include "scratch.hpp"
#include "statistics/summary.hpp"
#include "support/npy.hpp"
#include "support/safetensors.hpp"
#include "support/tensor_file.hpp"
#include "verify.hpp"
#include "weights.hpp"

/// Files of weights: what is read, and that hostile ones are refused with the reason before memory is taken.
namespace sqrtn::verify {
namespace {

std::string with_content(const Folder& folder, const char* name, const std::string& content) {
  std::ofstream(folder / name, std::ios::binary) << content;
  return folder / name;
}

std::vector<double> values_of(const StoredTensor& tensor) {
  std::vector<double> values(tensor.count());
  statistics::read_values(tensor, 0, values);
  return values;
}

std::string npy(const std::string& dictionary, const std::string& values) {
  const std::string header = dictionary + "\n";
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size() & 0xff) +
         static_cast<char>(header.size() >> 8) + header + values;
}

void append(std::string& text, std::uint64_t value, int bytes) {
  for (int byte = 0; byte < bytes; ++byte) text += static_cast<char>(value >> (8 * byte) & 0xff);
}

struct ZipEntry {
  std::string name, content;
  unsigned method = 0;
  std::string packed;         ///< of method 8
  std::uint64_t claimed = 0;  ///< size once unpacked; 0: the content's
  std::uint32_t checksum = 0;
  bool same_place = false;  ///< as the entry before
};

std::string zip(const std::vector<ZipEntry>& entries) {
  std::string text, directory;
  std::uint64_t place = 0;
  for (const ZipEntry& e : entries) {
    const std::string& data = e.method == 8 ? e.packed : e.content;
    const std::uint64_t size = e.claimed == 0 ? e.content.size() : e.claimed;
    std::string common;
    append(common, 20, 2), append(common, 0, 2), append(common, e.method, 2), append(common, 0, 4);
    append(common, e.checksum, 4), append(common, data.size(), 4), append(common, size, 4);
    append(common, e.name.size(), 2), append(common, 0, 2);
    if (!e.same_place) {
      place = text.size();
      append(text, 0x04034b50, 4);
      text += common + e.name + data;
    }
    append(directory, 0x02014b50, 4), append(directory, 20, 2);
    directory += common;
    append(directory, 0, 2), append(directory, 0, 8), append(directory, place, 4);
    directory += e.name;
  }
  const std::size_t at = text.size();
  text += directory;
  append(text, 0x06054b50, 4), append(text, 0, 4), append(text, entries.size(), 2), append(text, entries.size(), 2);
  append(text, directory.size(), 4), append(text, at, 4), append(text, 0, 2);
  return text;
}

std::string deflated(const std::string& content) {
  std::string packed(compressBound(content.size()) + 64, '\0');
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::uint32_t checksum_of(const std::string& content) {
  return static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size()));
}

TEST(TensorFile, SafetensorsRoundTrip) {
  const Folder folder;
  const std::string path = folder / "w.safetensors";
  const auto counted = [](std::size_t first, std::span<float> part) {
    for (std::size_t i = 0; i < part.size(); ++i) part[i] = static_cast<float>(first + i);
  };
  write_safetensors<float>(path, {{"a.weight", {700, 1001}, counted}, {"b", {3}, counted}});
  const TensorSet set = read_tensors(path);
  ASSERT_EQ(set.tensors.size(), 2U);
  EXPECT_EQ(set.tensors[0].name, "a.weight");
  EXPECT_EQ(set.tensors[0].shape, (Shape{700, 1001}));
  const std::vector<double> values = values_of(set.tensors[0]);
  for (std::size_t i = 0; i < values.size(); ++i) ASSERT_EQ(values[i], static_cast<double>(i));
  EXPECT_EQ(values_of(set.tensors[1]), (std::vector<double>{0, 1, 2}));
}

TEST(TensorFile, EveryTypeAndOrderIsRead) {
  const Folder folder;
  // -1.5 as NumPy and safetensors write it.
  const std::pair<const char*, std::string> npy_types[] = {
      {"<f2", std::string("\x00\xbe", 2)},         {">f2", std::string("\xbe\x00", 2)},
      {"<V2", std::string("\xc0\xbf", 2)},         {"<f4", std::string("\x00\x00\xc0\xbf", 4)},
      {">f4", std::string("\xbf\xc0\x00\x00", 4)}, {"<f8", std::string("\0\0\0\0\0\0\xf8\xbf", 8)}};
  for (const auto& [type, bytes] : npy_types) {
    const std::string text =
        npy(fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': (1, 2), }}", type), bytes + bytes);
    const TensorSet set = read_tensors(with_content(folder, "w.npy", text));
    ASSERT_EQ(set.tensors.size(), 1U) << type;
    EXPECT_EQ(values_of(set.tensors[0]), (std::vector<double>{-1.5, -1.5})) << type;
  }
  const TensorSet ints = read_tensors(
      with_content(folder, "i.npy", npy("{'descr': '<i8', 'fortran_order': False, 'shape': (1,)}", "12345678")));
  ASSERT_EQ(ints.skipped.size(), 1U);
  EXPECT_EQ(ints.skipped[0].why, "<i8");
}

TEST(TensorFile, ArchivesAreRead) {
  const Folder folder;
  const std::string one =
      npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1)}", std::string("\0\0\x80\x3f", 4));
  const std::string path = with_content(
      folder, "w.npz",
      zip({{"a.npy", one, 0, "", 0, checksum_of(one)}, {"b.npy", one, 8, deflated(one), 0, checksum_of(one)}}));
  const TensorSet set = read_tensors(path);
  ASSERT_EQ(set.tensors.size(), 2U);
  for (const StoredTensor& tensor : set.tensors) EXPECT_EQ(values_of(tensor), std::vector<double>{1}) << tensor.name;
  EXPECT_EQ(set.tensors[1].name, "b");
}

TEST(TensorFile, ShardsAreReadByTheirIndex) {
  const Folder folder;
  const std::string header = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  with_content(folder, "1.safetensors", safetensors_bytes(header, std::string(4, '\0')));
  const std::string index =
      with_content(folder, "i.json", R"({"metadata":{"n":[1]},"weight_map":{"a":"1.safetensors"}})");
  EXPECT_EQ(read_tensors(index).tensors.size(), 1U);
  const auto refused = [&](const char* text) {
    return message_of<std::invalid_argument>([&] { (void)read_tensors(with_content(folder, "i.json", text)); });
  };
  EXPECT_NE(refused(R"({"weight_map":{"b":"1.safetensors"}})").find("not in 1.safetensors"), std::string::npos);
  EXPECT_NE(refused(R"({"weight_map":{"a":"../1.safetensors"}})").find("beside its index"), std::string::npos);
  EXPECT_NE(refused(R"({"weight_map":{"a":"x","a":"y"}})").find("twice"), std::string::npos);
  EXPECT_NE(refused(R"({"claims":[]})").find("no index of shards"), std::string::npos);
}

struct Hostile {
  const char* what;
  std::string content;
  const char* message;
};

std::string header_only(const std::string& header, std::size_t values = 0) {
  return safetensors_bytes(header, std::string(values, '\1'));
}

TEST(TensorFile, HostileSafetensorsAreRefused) {
  const Folder folder;
  const std::string a = R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  std::string long_header = header_only("{" + a + "}", 4), cut = long_header.substr(0, 40);
  long_header[3] = '\x10';  // 268 million
  const Hostile cases[] = {
      {"longer than allowed", long_header, "allows 100 MB"},
      {"longer than the file", cut, "cut off"},
      {"name twice", header_only("{" + a + "," + a + "}", 4), "twice"},
      {"field twice", header_only(R"({"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4),
       "twice"},
      {"overlap", header_only("{" + a + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}})", 6), "overlap"},
      {"gap", header_only("{" + a + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})", 12), "gap"},
      {"rest", header_only("{" + a + "}", 9), "5 bytes at its end"},
      {"out of the file", header_only("{" + a + "}", 3), "out of the file"},
      {"backwards", header_only(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4), "out of the file"},
      {"one offset", header_only(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}})", 4), "out of the file"},
      {"overflow", header_only(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})"),
       "2^48"},
      {"wrong size", header_only(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4), "needs 8 bytes"},
      {"unknown dtype", header_only(R"({"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}})", 4), "unknown dtype"},
      {"unknown field", header_only(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}})", 4), "known:"},
      {"missing field", header_only(R"({"a":{"dtype":"F32","shape":[1]}})"), "lacks"},
      {"negative", header_only(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4), "negative"},
      {"deep", header_only(R"({"a":{"dtype":{"b":1}}})"), "an object"},
      {"deep arrays", header_only("{\"a\":{\"shape\":" + std::string(100000, '[')), "an array"},
      {"no JSON", header_only("{nonsense"), "not JSON"},
      {"no object", std::string(16, '\0') + "[]", "raw values"}};
  for (const Hostile& hostile : cases) {
    const std::string path = with_content(folder, "w.safetensors", hostile.content);
    const std::string message = message_of<std::invalid_argument>([&] { (void)read_tensors(path); });
    EXPECT_NE(message.find(hostile.message), std::string::npos) << hostile.what << ": " << message;
  }
}

TEST(TensorFile, HostileArraysAreRefused) {
  const Folder folder;
  const std::string one = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "1234");
  const auto of = [](const char* dictionary) { return npy(dictionary, "1234"); };
  ZipEntry bomb{"a.npy", "", 8, deflated(std::string(1 << 20, '\0')), std::uint64_t{3} << 30, 0};
  ZipEntry good{"a.npy", one, 0, "", 0, checksum_of(one)}, again = good, damaged = good;
  again.name = "b.npy";
  again.same_place = true;
  damaged.method = 8;
  damaged.packed = deflated(one);
  damaged.checksum ^= 1;
  const auto named = [&](const char* name) { return zip({{name, one, 0, "", 0, checksum_of(one)}}); };
  const Hostile cases[] = {
      {"pickle", of("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}"), "pickled"},
      {"records", of("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}"), "records"},
      {"size", of("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}"), "needs 8 bytes"},
      {"overflow", of("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}"), "2^48"},
      {"twice", of("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}"), "twice"},
      {"code", of("{'descr': exit(), 'fortran_order': False, 'shape': (1,)}"), "dictionary"},
      {"long header", std::string("\x93NUMPY\x02\x00\xff\xff\xff\x7f", 12) + "{}", "the file is shorter"},
      {"cut", std::string("\x93NUMPY\x01", 7), "not .npy"},
      {"path", named("../a.npy"), "leads elsewhere"},
      {"absolute", named("/a.npy"), "leads elsewhere"},
      {"other file", named("a.txt"), "no .npy"},
      {"bomb", zip({bomb}), "more than deflate holds"},
      {"overlap", zip({good, again}), "another name"},
      {"name twice", zip({good, good}), "twice"},
      {"damaged", zip({damaged}), "damaged"},
      {"no directory", "PK" + std::string(100, '\0'), "directory"}};
  for (const Hostile& hostile : cases) {
    const std::string path = with_content(folder, "w", hostile.content);
    const std::string message = message_of<std::invalid_argument>([&] { (void)read_tensors(path); });
    EXPECT_NE(message.find(hostile.message), std::string::npos) << hostile.what << ": " << message;
  }
}

}  // namespace
}  // namespace sqrtn::verify
