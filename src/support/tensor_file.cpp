#include "support/tensor_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <unordered_set>

#include "sqrtn/support/require.hpp"
#include "support/read_npy.hpp"
#include "support/read_npz.hpp"
#include "support/safetensors.hpp"

namespace sqrtn {
namespace {

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// As many bytes as are asked for, and whether more come: standard input has no size of its own.
std::shared_ptr<const Buffer<std::byte>> read_standard_input(std::size_t size) {
  auto memory = std::make_shared<Buffer<std::byte>>(size);
  std::size_t had = 0;
  std::byte beyond{};
  while (true) {
    const bool full = had == size;
    const ssize_t got = ::read(STDIN_FILENO, full ? &beyond : memory->data() + had, full ? 1 : size - had);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw std::system_error(errno, std::generic_category(), "cannot read standard input");
    require(got == 0 || !full, "standard input gives more than the {} bytes that --shape and --dtype tell", size);
    if (got == 0) break;
    had += static_cast<std::size_t>(got);
  }
  require(had == size, "standard input gave {} bytes, but --shape and --dtype tell {}", had, size);
  return memory;
}

void read_raw(const std::string& path, const RawLayout& raw, TensorSet& set) {
  const std::size_t size = element_count(raw.shape) * bytes_of(raw.dtype);
  StoredTensor tensor{path, raw.dtype, raw.shape, false, false, {}, {}};
  if (path == "-") {
    tensor.storage.memory = read_standard_input(size);
    tensor.bytes = tensor.storage.memory->span();
  } else {
    tensor.storage.file = std::make_shared<support::MappedFile>(path);
    tensor.bytes = tensor.storage.file->bytes();
    require(tensor.bytes.size() == size, "{}: {} bytes, but --shape and --dtype tell {}", path, tensor.bytes.size(),
            size);
  }
  set.tensors.push_back(std::move(tensor));
}

void read_shards(const std::string& path, std::string_view text, TensorSet& set) {
  constexpr std::size_t longest = 100'000'000;
  require(text.size() <= longest, "{}: an index of shards larger than 100 MB", path);
  for (const ShardIndex::Shard& shard : read_shard_index(path, text).shards) {
    const std::string file = (std::filesystem::path(path).parent_path() / shard.file).string();
    const std::size_t tensors = set.tensors.size(), skipped = set.skipped.size();
    read_safetensors(file, std::make_shared<support::MappedFile>(file), set);
    std::unordered_set<std::string_view> there;
    for (std::size_t i = tensors; i < set.tensors.size(); ++i) there.insert(set.tensors[i].name);
    for (std::size_t i = skipped; i < set.skipped.size(); ++i) there.insert(set.skipped[i].name);
    for (const std::string& name : shard.tensors) {
      require(there.contains(name),
              "{}: the tensor '{:.60}' is not in {}, where the index says; fetch that shard again", path, name,
              shard.file);
    }
  }
}

}  // namespace

TensorSet read_tensors(const std::string& path, const std::optional<RawLayout>& raw) {
  TensorSet set;
  require(raw || path != "-", "standard input holds raw values: tell their --shape and --dtype");
  if (raw) {
    read_raw(path, *raw, set);
    return set;
  }
  const auto file = std::make_shared<support::MappedFile>(path);
  const std::string_view text = as_text(file->bytes());
  if (text.starts_with("\x93NUMPY")) {
    read_npy(std::filesystem::path(path).filename().string(), file->bytes(), {file, {}}, set);
  } else if (text.starts_with("PK")) {
    read_npz(path, file, set);
  } else if (text.size() > 8 && text[8] == '{' && (text[7] == '\0' || text[0] != '{')) {
    // No text of JSON holds a zero, and no header is long enough to lack one there.
    read_safetensors(path, file, set);
  } else if (text.substr(0, text.find_first_not_of(" \t\r\n") + 1).ends_with('{')) {
    read_shards(path, text, set);
  } else {
    throw std::invalid_argument(fmt::format(
        "{}: not .safetensors, .npy, .npz or an index of shards; for raw values tell --shape and --dtype", path));
  }
  return set;
}

TensorSet read_tensors(const std::vector<std::string>& paths, const std::optional<RawLayout>& raw) {
  if (paths.size() == 1) return read_tensors(paths.front(), raw);
  TensorSet all;
  for (const std::string& path : paths) {
    TensorSet set = read_tensors(path, raw);
    for (StoredTensor& tensor : set.tensors) tensor.name = path + ":" + tensor.name;
    std::ranges::move(set.tensors, std::back_inserter(all.tensors));
    std::ranges::move(set.skipped, std::back_inserter(all.skipped));
  }
  return all;
}

}  // namespace sqrtn
