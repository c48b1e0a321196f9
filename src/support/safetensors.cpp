#include "support/safetensors.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "sqrtn/support/require.hpp"
#include "support/byte_reader.hpp"
#include "support/output.hpp"
#include "support/stored_bytes.hpp"

namespace sqrtn {
namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_header = 100'000'000;  // the format's own limit
constexpr std::size_t longest_name = 4096, most_axes = 32;

struct Entry {
  std::string name, dtype;
  std::optional<std::vector<std::size_t>> shape, range;
};

/// The header's own shape, nothing else: {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}; beside
/// it "__metadata__", an object of strings. Built while it is parsed, so that memory stays within a small multiple of
/// the text; what the names hold twice is found by sets.
class HeaderReader final : public nlohmann::json_sax<Json> {
 public:
  explicit HeaderReader(const std::string& path) : path_(path) {}

  std::vector<Entry> take() { return std::move(entries_); }

  bool null() override { refuse("null"); }
  bool boolean(bool /*value*/) override { refuse("true or false"); }
  bool number_integer(number_integer_t /*value*/) override { refuse("a negative number"); }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { refuse("a fraction"); }
  bool binary(binary_t& /*value*/) override { refuse("bytes"); }

  bool number_unsigned(number_unsigned_t value) override {
    if (array_ == nullptr) refuse("a number");
    require(array_->size() < most_axes, "{}: an array of more than {} numbers in the header", path_, most_axes);
    array_->push_back(value);
    return true;
  }

  bool string(string_t& value) override {
    if (metadata_ && depth_ == 2) return true;
    if (array_ != nullptr || depth_ != 2 || field_ != "dtype") refuse("a string");
    entries_.back().dtype = value;
    return true;
  }

  bool start_object(std::size_t /*size*/) override {
    if (array_ != nullptr || depth_ >= 2) refuse("an object");
    if (++depth_ == 1) return true;
    fields_.clear();
    if (!metadata_) entries_.push_back({std::move(name_), {}, {}, {}});
    return true;
  }

  bool end_object() override {
    if (--depth_ == 0 || metadata_) return true;
    const Entry& entry = entries_.back();
    require(!entry.dtype.empty() && entry.shape && entry.range,
            "{}: '{:.60}' lacks dtype, shape or data_offsets; write the file again", path_, entry.name);
    return true;
  }

  bool start_array(std::size_t /*size*/) override {
    if (depth_ != 2 || metadata_ || array_ != nullptr || (field_ != "shape" && field_ != "data_offsets")) {
      refuse("an array");
    }
    array_ = &(field_ == "shape" ? entries_.back().shape : entries_.back().range).emplace();
    return true;
  }

  bool end_array() override {
    array_ = nullptr;
    return true;
  }

  bool key(string_t& name) override {
    if (depth_ == 2) {
      require(fields_.insert(name).second, "{}: the field '{:.60}' stands twice in the header", path_, name);
      const bool known = metadata_ || name == "dtype" || name == "shape" || name == "data_offsets";
      require(known, "{}: the header has a field '{:.60}'; known: dtype, shape, data_offsets", path_, name);
      field_ = name;
      return true;
    }
    require(name.size() <= longest_name, "{}: the name of a tensor is longer than {} bytes", path_, longest_name);
    require(names_.insert(name).second, "{}: the tensor '{:.60}' stands twice in the header", path_, name);
    require(names_.size() <= most_tensors, "{}: more than {} tensors", path_, most_tensors);
    metadata_ = name == "__metadata__";
    name_ = name;
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/, const Json::exception& /*error*/) override {
    throw std::invalid_argument(
        fmt::format("{}: the header is not JSON at its byte {}; write the file again", path_, position));
  }

 private:
  [[noreturn]] void refuse(const char* what) const {
    throw std::invalid_argument(
        fmt::format("{}: {} stands in the header where none belongs; write the file again", path_, what));
  }

  const std::string& path_;
  std::vector<Entry> entries_;
  std::unordered_set<std::string> names_, fields_;
  std::string name_, field_;
  std::vector<std::size_t>* array_ = nullptr;
  int depth_ = 0;
  bool metadata_ = false;
};

struct StoredType {
  std::string_view name;
  std::size_t bits;
  std::optional<Dtype> dtype;
};

constexpr StoredType stored_types[] = {{"F16", 16, Dtype::f16}, {"BF16", 16, Dtype::bf16}, {"F32", 32, Dtype::f32},
                                       {"F64", 64, Dtype::f64}, {"BOOL", 8, {}},           {"U8", 8, {}},
                                       {"I8", 8, {}},           {"U16", 16, {}},           {"I16", 16, {}},
                                       {"U32", 32, {}},         {"I32", 32, {}},           {"U64", 64, {}},
                                       {"I64", 64, {}},         {"C64", 64, {}},           {"F8_E4M3", 8, {}},
                                       {"F8_E5M2", 8, {}},      {"F8_E8M0", 8, {}},        {"F4", 4, {}},
                                       {"F6_E2M3", 6, {}},      {"F6_E3M2", 6, {}}};

std::string_view stored_name(Dtype dtype) {
  return std::ranges::find(stored_types, std::optional(dtype), &StoredType::dtype)->name;
}

/// Π shape, 0 for an empty one.
std::size_t size_of(const Entry& entry, const StoredType& type, const std::string& path) {
  const Shape& shape = *entry.shape;
  if (std::ranges::find(shape, 0U) != shape.end()) return 0;
  std::size_t count = 1;
  for (const std::size_t axis : shape) {
    constexpr std::size_t most = std::size_t{1} << 48;
    require(axis <= most / count, "{}: '{:.60}' has more than 2^48 elements; write the file again", path, entry.name);
    count *= axis;
  }
  return (count * type.bits + 7) / 8;
}

void add(const Entry& entry, std::span<const std::byte> values, const std::shared_ptr<const support::MappedFile>& file,
         const std::string& path, TensorSet& set) {
  const auto* type = std::ranges::find(stored_types, entry.dtype, &StoredType::name);
  require(type != std::end(stored_types), "{}: '{:.60}' has the unknown dtype '{:.20}'", path, entry.name, entry.dtype);
  const std::size_t size = size_of(entry, *type, path), begin = entry.range->front(), end = entry.range->back();
  require(end - begin == size, "{}: '{:.60}' needs {} bytes, but data_offsets hold {}; write the file again", path,
          entry.name, size, end - begin);
  if (!type->dtype || size == 0) {
    set.skipped.push_back({entry.name, size == 0 ? "empty" : entry.dtype});
    return;
  }
  set.tensors.push_back(
      {entry.name, *type->dtype, *entry.shape, false, false, values.subspan(begin, size), {file, {}}});
}

}  // namespace

void read_safetensors(const std::string& path, const std::shared_ptr<const support::MappedFile>& file, TensorSet& set) {
  const std::span<const std::byte> bytes = file->bytes();
  require(bytes.size() >= 8, "{}: too short for .safetensors", path);
  support::ByteReader reader(bytes);
  const auto length = reader.number<std::uint64_t>();
  require(length <= longest_header, "{}: a header of {} bytes; .safetensors allows 100 MB", path, length);
  require(length <= reader.left(), "{}: a header of {} bytes, but the file has {} more (cut off?)", path, length,
          reader.left());
  const std::string_view header = reader.text(length);
  require(header.starts_with('{'), "{}: not .safetensors; its header is no JSON object", path);
  HeaderReader parser(path);
  Json::sax_parse(header, &parser);
  std::vector<Entry> entries = parser.take();
  const std::span<const std::byte> values = reader.take(reader.left());
  for (const Entry& entry : entries) {
    const auto& range = *entry.range;
    require(range.size() == 2 && range[0] <= range[1] && range[1] <= values.size(),
            "{}: data_offsets of '{:.60}' lead out of the file (cut off?)", path, entry.name);
  }
  std::ranges::stable_sort(entries, {}, [](const Entry& entry) { return *entry.range; });
  std::size_t at = 0;
  for (const Entry& entry : entries) {
    require(entry.range->front() == at, "{}: data_offsets of '{:.60}' {} what stands before; write the file again",
            path, entry.name, entry.range->front() < at ? "overlap" : "leave a gap after");
    at = entry.range->back();
    add(entry, values, file, path, set);
  }
  require(at == values.size(), "{}: {} bytes at its end belong to no tensor; write the file again", path,
          values.size() - at);
}

template <class T>
void write_safetensors(const std::string& path, const std::vector<TensorToWrite<T>>& tensors, Dtype stored) {
  StoredBytes<T> stored_bytes(stored);
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  std::size_t end = 0, most = 0;
  for (const auto& tensor : tensors) {
    const std::size_t count = element_count(tensor.shape), begin = end;
    require(!header.contains(tensor.name), "two tensors are called '{}'; give each a name of its own", tensor.name);
    end += count * bytes_of(stored);
    most = std::max(most, count);
    header[tensor.name] = {{"dtype", stored_name(stored)}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  Buffer<T> part(std::min<std::size_t>(most, std::size_t{1} << 18));
  write_file(path, [&](std::ostream& stream) {
    for (int byte = 0; byte < 8; ++byte) stream.put(static_cast<char>(text.size() >> (8 * byte) & 0xff));
    stream << text;
    for (const auto& tensor : tensors) {
      const std::size_t count = element_count(tensor.shape);
      for (std::size_t first = 0; first < count; first += part.size()) {
        const std::span<T> elements = part.span().first(std::min(part.size(), count - first));
        tensor.fill(first, elements);
        const std::span<const std::byte> bytes = stored_bytes.of(elements);
        stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
      }
    }
  });
}

template void write_safetensors<float>(const std::string&, const std::vector<TensorToWrite<float>>&, Dtype);
template void write_safetensors<double>(const std::string&, const std::vector<TensorToWrite<double>>&, Dtype);

}  // namespace sqrtn
