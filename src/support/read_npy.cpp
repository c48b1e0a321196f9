#include "support/read_npy.hpp"

#include <cctype>
#include <optional>

#include "sqrtn/support/require.hpp"
#include "support/byte_reader.hpp"
#include "support/number.hpp"

namespace sqrtn {
namespace {

struct Header {
  std::optional<std::string_view> descr;
  std::optional<bool> fortran_order;
  std::optional<std::vector<std::size_t>> shape;
};

/// The dictionary as NumPy writes it: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  Header parse() {
    Header header;
    expect('{');
    while (!accept('}')) {
      const std::string_view key = quoted();
      expect(':');
      if (key == "descr") {
        set(header.descr, key, description());
      } else if (key == "fortran_order") {
        set(header.fortran_order, key, truth());
      } else if (key == "shape") {
        set(header.shape, key, dimensions());
      } else {
        refuse();
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_spaces();
    if (!text_.empty() || !header.descr || !header.fortran_order || !header.shape) refuse();
    return header;
  }

 private:
  [[noreturn]] void refuse() const {
    throw std::invalid_argument(fmt::format(
        "{}: the header of .npy is not the dictionary of descr, fortran_order and shape; save the array again", name_));
  }

  template <class Value>
  void set(std::optional<Value>& field, std::string_view key, Value value) {
    require(!field, "{}: the header of .npy has '{}' twice", name_, key);
    field = std::move(value);
  }

  void skip_spaces() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\n')) text_.remove_prefix(1);
  }
  bool accept(char c) {
    skip_spaces();
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) refuse();
  }

  std::string_view quoted() {
    skip_spaces();
    if (text_.empty() || (text_.front() != '\'' && text_.front() != '"')) refuse();
    const std::size_t end = text_.find(text_.front(), 1);
    if (end == std::string_view::npos) refuse();
    const std::string_view content = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return content;
  }

  std::string_view description() {
    skip_spaces();
    require(text_.empty() || text_.front() != '[', "{}: an array of records; save each field as an array of its own",
            name_);
    return quoted();
  }

  bool truth() {
    skip_spaces();
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.starts_with(word)) {
        text_.remove_prefix(word.size());
        return value;
      }
    }
    refuse();
  }

  std::vector<std::size_t> dimensions() {
    constexpr std::size_t most = 32;  // NumPy's own limit for long
    std::vector<std::size_t> all;
    expect('(');
    while (!accept(')')) {
      skip_spaces();
      std::size_t digits = 0;
      while (digits < text_.size() && std::isdigit(static_cast<unsigned char>(text_[digits])) != 0) ++digits;
      const auto dimension = parse_number<std::size_t>(text_.substr(0, digits));
      if (!dimension || all.size() == most) refuse();
      text_.remove_prefix(digits);
      all.push_back(*dimension);
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return all;
  }

  std::string_view text_;
  const std::string& name_;
};

std::string_view take_header(support::ByteReader& reader, const std::string& name) {
  require(reader.left() >= 10 && reader.text(6) == "\x93NUMPY", "{}: not .npy; its first bytes are others", name);
  const auto version = reader.number<std::uint8_t>();
  reader.take(1);
  require(version >= 1 && version <= 3, "{}: version {} of .npy is not known; save the array again", name, version);
  const std::size_t length = version == 1 ? reader.number<std::uint16_t>() : reader.number<std::uint32_t>();
  constexpr std::size_t longest = 1 << 20;
  require(length <= longest && length <= reader.left(), "{}: a header of {} bytes, but the file is shorter", name,
          length);
  return reader.text(length);
}

std::optional<Dtype> dtype_of(std::string_view letters) {
  if (letters == "f2") return Dtype::f16;
  if (letters == "f4") return Dtype::f32;
  if (letters == "f8") return Dtype::f64;
  if (letters == "V2") return Dtype::bf16;
  return std::nullopt;
}

}  // namespace

void read_npy(const std::string& name, std::span<const std::byte> bytes, const Storage& storage, TensorSet& set) try {
  support::ByteReader reader(bytes);
  const Header header = HeaderParser(take_header(reader, name), name).parse();
  const std::string_view descr = *header.descr;
  require(descr.size() >= 2 && descr.size() <= 16, "{}: unknown type '{:.16}' of .npy", name, descr);
  require(descr.find('O') == std::string_view::npos,
          "{}: an array of Python objects (pickled); it is not unpacked, since that runs code: save plain numbers",
          name);
  const std::optional<Dtype> dtype = dtype_of(descr.substr(1));
  const bool empty = std::ranges::find(*header.shape, 0U) != header.shape->end();
  if (!dtype || empty) {
    set.skipped.push_back({name, empty ? "empty" : std::string(descr)});
    return;
  }
  StoredTensor tensor{name, *dtype, *header.shape, *header.fortran_order, descr.front() == '>', {}, storage};
  const std::size_t size = element_count(tensor.shape) * bytes_of(*dtype);
  require(reader.left() == size, "{}: the shape {} needs {} bytes, but {} follow the header; save the array again",
          name, to_string(tensor.shape), size, reader.left());
  tensor.bytes = reader.take(size);
  set.tensors.push_back(std::move(tensor));
} catch (const std::out_of_range&) {
  throw std::invalid_argument(fmt::format("{}: .npy ends within its header", name));
}

}  // namespace sqrtn
