#include "support/read_npz.hpp"

#include <zlib.h>

#include <algorithm>
#include <set>

#include "sqrtn/support/require.hpp"
#include "support/byte_reader.hpp"
#include "support/read_npy.hpp"

namespace sqrtn {
namespace {

using support::ByteReader;
using Bytes = std::span<const std::byte>;

constexpr std::uint32_t directory_end_mark = 0x06054b50, wide_locator_mark = 0x07064b50, wide_end_mark = 0x06064b50;
constexpr std::uint32_t entry_mark = 0x02014b50, local_mark = 0x04034b50;
constexpr std::uint32_t not_here = 0xffffffff;  ///< the number stands in the 64-bit field
constexpr std::size_t most_entries = 1'000'000;
constexpr std::uint64_t most_unpacked = std::uint64_t{4} << 30;
constexpr std::uint64_t deflate_factor = 1032;

struct Entry {
  std::string name;
  unsigned method = 0, flags = 0;
  std::uint32_t checksum = 0;
  std::uint64_t packed = 0, unpacked = 0, local_header = 0;
  Bytes data;
};

Bytes from(Bytes all, std::uint64_t offset) {
  if (offset > all.size()) throw std::out_of_range("beyond the end");
  return all.subspan(offset);
}

struct Directory {
  std::uint64_t entries = 0, offset = 0, size = 0;
};

Directory find_directory(Bytes file, const std::string& path) {
  constexpr std::size_t end_size = 22, longest_comment = 65535;
  require(file.size() >= end_size, "{}: too short for .npz", path);
  const std::size_t lowest = file.size() - std::min(file.size(), end_size + longest_comment);
  std::size_t at = file.size() - end_size;
  while (ByteReader(from(file, at)).number<std::uint32_t>() != directory_end_mark) {
    require(at-- > lowest, "{}: not .npz; the directory of its archive was not found (a file cut off?)", path);
  }
  ByteReader end(from(file, at + 10));
  Directory directory;
  directory.entries = end.number<std::uint16_t>();
  directory.size = end.number<std::uint32_t>();
  directory.offset = end.number<std::uint32_t>();
  if (at < 20) return directory;
  ByteReader locator(from(file, at - 20));
  if (locator.number<std::uint32_t>() != wide_locator_mark) return directory;
  locator.take(4);
  ByteReader wide(from(file, locator.number<std::uint64_t>()));
  require(wide.number<std::uint32_t>() == wide_end_mark, "{}: the 64-bit directory of the archive is not there", path);
  wide.take(28);
  directory.entries = wide.number<std::uint64_t>();
  directory.size = wide.number<std::uint64_t>();
  directory.offset = wide.number<std::uint64_t>();
  return directory;
}

/// Numbers that did not fit into 32 bits, in the order in which they are missing.
void read_wide(ByteReader extra, Entry& entry) {
  while (extra.left() >= 4) {
    const auto kind = extra.number<std::uint16_t>();
    ByteReader field(extra.take(extra.number<std::uint16_t>()));
    if (kind != 1) continue;
    for (std::uint64_t* number : {&entry.unpacked, &entry.packed, &entry.local_header}) {
      if (*number == not_here) *number = field.number<std::uint64_t>();
    }
  }
}

Entry read_entry(ByteReader& directory, const std::string& path) {
  Entry entry;
  require(directory.number<std::uint32_t>() == entry_mark, "{}: the directory of the archive is damaged", path);
  directory.take(4);
  entry.flags = directory.number<std::uint16_t>();
  entry.method = directory.number<std::uint16_t>();
  directory.take(4);
  entry.checksum = directory.number<std::uint32_t>();
  entry.packed = directory.number<std::uint32_t>();
  entry.unpacked = directory.number<std::uint32_t>();
  const auto name_size = directory.number<std::uint16_t>(), extra_size = directory.number<std::uint16_t>(),
             comment_size = directory.number<std::uint16_t>();
  directory.take(8);
  entry.local_header = directory.number<std::uint32_t>();
  entry.name = directory.text(name_size);
  read_wide(ByteReader(directory.take(extra_size)), entry);
  directory.take(comment_size);
  return entry;
}

void check_entry(const Entry& entry, const std::string& path) {
  const bool plain = entry.name.find("..") == std::string::npos && entry.name.find('\\') == std::string::npos &&
                     entry.name.find('\0') == std::string::npos && !entry.name.starts_with('/');
  require(plain, "{}: an entry is named '{:.60}', which leads elsewhere; save the arrays again", path, entry.name);
  require(entry.name.ends_with(".npy"), "{}: '{:.60}' is no .npy; .npz holds nothing else", path, entry.name);
  require((entry.flags & 1U) == 0, "{}: '{:.60}' is encrypted", path, entry.name);
  require(entry.method == 0 || entry.method == 8, "{}: '{:.60}' is packed by method {}; save it with numpy.savez", path,
          entry.name, entry.method);
  require(entry.method != 0 || entry.packed == entry.unpacked, "{}: '{:.60}' is stored but has two sizes", path,
          entry.name);
  require(entry.unpacked / deflate_factor <= entry.packed,
          "{}: '{:.60}' claims {} bytes of {}, more than deflate holds", path, entry.name, entry.unpacked,
          entry.packed);
}

Bytes data_of(Bytes file, const Entry& entry, const std::string& path) {
  ByteReader local(from(file, entry.local_header));
  require(local.number<std::uint32_t>() == local_mark, "{}: '{:.60}' is not where the directory says", path,
          entry.name);
  local.take(22);
  const auto name_size = local.number<std::uint16_t>(), extra_size = local.number<std::uint16_t>();
  require(local.text(name_size) == entry.name, "{}: '{:.60}' has another name in its place", path, entry.name);
  local.take(extra_size);
  return local.take(entry.packed);
}

void check_apart(std::vector<Entry>& entries, const std::string& path) {
  std::set<std::string_view> names;
  for (const Entry& entry : entries) {
    require(names.insert(entry.name).second, "{}: '{:.60}' stands twice in the archive", path, entry.name);
  }
  std::vector<Bytes> ranges;
  for (const Entry& entry : entries) ranges.push_back(entry.data);
  std::ranges::sort(ranges, {}, [](Bytes range) { return range.data(); });
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    require(ranges[i - 1].data() + ranges[i - 1].size() <= ranges[i].data(),
            "{}: entries of the archive overlap; save the arrays again", path);
  }
}

std::shared_ptr<const Buffer<std::byte>> unpack(const Entry& entry, const std::string& path) {
  auto memory = std::make_shared<Buffer<std::byte>>(entry.unpacked);
  z_stream stream{};
  require(inflateInit2(&stream, -MAX_WBITS) == Z_OK, "{}: no memory to unpack '{:.60}'", path, entry.name);
  std::size_t taken = 0, made = 0;
  int state = Z_OK;
  constexpr std::size_t most = 1 << 30;  // zlib counts in 32 bits
  while (state == Z_OK) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(entry.data.data() + taken));
    stream.avail_in = static_cast<uInt>(std::min(most, entry.data.size() - taken));
    stream.next_out = reinterpret_cast<Bytef*>(memory->data() + made);
    stream.avail_out = static_cast<uInt>(std::min(most, memory->size() - made));
    const auto in = stream.avail_in, out = stream.avail_out;
    state = inflate(&stream, Z_NO_FLUSH);
    taken += in - stream.avail_in;
    made += out - stream.avail_out;
  }
  inflateEnd(&stream);
  const bool whole = state == Z_STREAM_END && made == memory->size() && taken == entry.data.size();
  const auto checksum = crc32_z(0, reinterpret_cast<const Bytef*>(memory->data()), made);
  require(whole && checksum == entry.checksum, "{}: '{:.60}' is damaged; save the arrays again", path, entry.name);
  return memory;
}

void read_entries(const std::string& path, const std::shared_ptr<const support::MappedFile>& file, TensorSet& set) {
  const Bytes bytes = file->bytes();
  const Directory place = find_directory(bytes, path);
  ByteReader directory(from(bytes, place.offset));
  directory = ByteReader(directory.take(place.size));
  require(place.entries <= most_entries, "{}: {} entries; at most {} are read", path, place.entries, most_entries);
  std::vector<Entry> entries;
  std::uint64_t unpacked = 0;
  for (std::uint64_t i = 0; i < place.entries; ++i) {
    Entry& entry = entries.emplace_back(read_entry(directory, path));
    check_entry(entry, path);
    entry.data = data_of(bytes, entry, path);
    if (entry.method != 0) unpacked += entry.unpacked;
    require(unpacked <= most_unpacked, "{}: more than 4 GiB once unpacked; save it with numpy.savez instead", path);
  }
  check_apart(entries, path);
  for (const Entry& entry : entries) {
    const std::string name = entry.name.substr(0, entry.name.size() - 4);
    if (entry.method == 0) {
      read_npy(name, entry.data, {file, nullptr}, set);
    } else {
      const auto memory = unpack(entry, path);
      read_npy(name, memory->span(), {nullptr, memory}, set);
    }
  }
}

}  // namespace

void read_npz(const std::string& path, const std::shared_ptr<const support::MappedFile>& file, TensorSet& set) try {
  read_entries(path, file, set);
} catch (const std::out_of_range&) {
  throw std::invalid_argument(fmt::format("{}: the archive ends early or points beyond its end", path));
}

}  // namespace sqrtn
