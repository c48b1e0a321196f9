#include "graph/stored_weight.hpp"

#include <filesystem>
#include <optional>

#include "graph/element.hpp"
#include "support/mapped_file.hpp"
#include "support/number.hpp"

namespace sqrtn::graph {
namespace {

using Bytes = std::span<const std::byte>;

struct Weight {
  std::string name;
  Element type = Element::f32;
  std::vector<std::int64_t> dimensions, wholes;  ///< wholes: int32_data, int64_data or uint64_data
  std::vector<float> reals;
  std::vector<double> doubles;
  std::optional<Bytes> raw;
  std::string location;
  std::optional<std::size_t> offset, length;
  bool external = false;
};

std::size_t size_text(const std::string& text, const std::string& path, const std::string& name) {
  const auto number = parse_number<std::size_t>(text);
  require(number.has_value(), "{}: the weight '{:.60}' lies at '{:.40}' of another file, which is no number", path,
          name, text);
  return *number;
}

/// external_data is a list of keys and values, each a message of its own.
void read_place(const WireSource& source, Bytes message, Weight& weight) {
  std::string key, value;
  WireField field;
  for (WireReader reader(source, message); reader.next(field);) {
    if (field.number == 1) key = text_of(source, field, "a key of external_data");
    if (field.number == 2) value = text_of(source, field, "a value of external_data");
  }
  if (key == "location") weight.location = value;
  if (key == "offset") weight.offset = size_text(value, source.path, weight.name);
  if (key == "length") weight.length = size_text(value, source.path, weight.name);
}

Weight parse(const WireSource& source, Bytes message) {
  Weight weight;
  WireField field;
  std::vector<Bytes> places;
  for (WireReader reader(source, message); reader.next(field);) {
    switch (field.number) {
      case 1:
        add_wholes(source, field, weight.dimensions, "a weight's dims");
        break;
      case 2:
        weight.type = static_cast<Element>(whole_of(source, field, "a weight's data_type"));
        break;
      case 4:
        add_floats(source, field, weight.reals, "float_data");
        break;
      case 5:
      case 7:
      case 11:
        add_wholes(source, field, weight.wholes, "int32_data or int64_data");
        break;
      case 8:
        weight.name = text_of(source, field, "a weight's name");
        break;
      case 9:
        weight.raw = message_of(source, field, "raw_data");
        break;
      case 10:
        add_doubles(source, field, weight.doubles, "double_data");
        break;
      case 13:
        places.push_back(message_of(source, field, "external_data"));
        break;
      case 14:
        weight.external = whole_of(source, field, "data_location") == 1;
        break;
      default:
        break;
    }
  }
  for (const Bytes place : places) read_place(source, place, weight);
  return weight;
}

/// The file that holds a weight's bytes, which must lie in the model's own folder, links followed.
std::shared_ptr<const support::MappedFile> open_beside(const WireSource& source, const Weight& weight,
                                                       const Folder& folder) {
  namespace fs = std::filesystem;
  require(folder.allowed, "{}: the weight '{:.60}' lies in another file; save the model as one file", source.path,
          weight.name);
  std::error_code error;
  const fs::path home = fs::canonical(folder.path, error);
  const fs::path asked = fs::weakly_canonical(home / weight.location, error);
  require(!error && !weight.location.empty() && asked.parent_path() == home && fs::is_regular_file(asked),
          "{}: the weight '{:.60}' lies in '{:.80}', which is no file in the model's own folder; put it there, or save "
          "the model as one file",
          source.path, weight.name, weight.location);
  return std::make_shared<const support::MappedFile>(asked.string());
}

template <class T, class Make>
Buffer<T> filled(std::size_t count, Make make) {
  Buffer<T> buffer(count);
  for (std::size_t i = 0; i < count; ++i) buffer[i] = make(i);
  return buffer;
}

Value value_of_raw(const Weight& w, Kind kind, Shape shape, std::size_t count, Bytes bytes) {
  support::ByteReader reader(bytes);
  if (kind == Kind::real) {
    return {std::move(shape), filled<float>(count, [&](std::size_t) { return real_at(w.type, reader); })};
  }
  return {kind, std::move(shape), filled<std::int64_t>(count, [&](std::size_t) { return whole_at(w.type, reader); })};
}

Value value_of_numbers(const Weight& w, Kind kind, Shape shape) {
  if (kind != Kind::real) {
    return {kind, std::move(shape), filled<std::int64_t>(w.wholes.size(), [&](std::size_t i) {
              return kind == Kind::truth ? static_cast<std::int64_t>(w.wholes[i] != 0) : w.wholes[i];
            })};
  }
  if (w.type == Element::f64) {
    return {std::move(shape),
            filled<float>(w.doubles.size(), [&](std::size_t i) { return static_cast<float>(w.doubles[i]); })};
  }
  if (w.type == Element::f32) {
    return {std::move(shape), filled<float>(w.reals.size(), [&](std::size_t i) { return w.reals[i]; })};
  }
  return {std::move(shape),
          filled<float>(w.wholes.size(), [&](std::size_t i) { return real_of_bits(w.type, w.wholes[i]); })};
}

Shape shape_of(const Weight& weight, const std::string& path) {
  Shape shape;
  for (const std::int64_t dimension : weight.dimensions) {
    require(dimension >= 0 && shape.size() < 16, "{}: the weight '{:.60}' has the dimension {}, or more than 16", path,
            weight.name, dimension);
    shape.push_back(static_cast<std::size_t>(dimension));
  }
  return shape;
}

}  // namespace

NamedValue read_weight(const WireSource& source, Bytes message, const Folder& folder) {
  Weight w = parse(source, message);
  const Kind kind = kind_of(static_cast<std::int64_t>(w.type), source.path, w.name);
  Shape shape = shape_of(w, source.path);
  std::size_t count = 0;
  try {
    count = entries_in(shape);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(fmt::format("{}: the weight '{:.60}': {}", source.path, w.name, error.what()));
  }
  const std::size_t size = count * bytes_of_element(w.type);
  const auto fits = [&](std::size_t held, std::size_t needed, const char* unit) {
    require(held == needed, "{}: the weight '{:.60}' of {} needs {} {}, but {} are there; export the model again",
            source.path, w.name, shape_text(shape), needed, unit, held);
  };
  if (w.external) {
    const auto file = open_beside(source, w, folder);
    const std::size_t offset = w.offset.value_or(0), all = file->bytes().size();
    require(offset <= all && size <= all - offset && w.length.value_or(size) == size,
            "{}: the weight '{:.60}' needs {} bytes from byte {} of '{:.80}', which has {}; export the model again",
            source.path, w.name, size, offset, w.location, all);
    return {std::move(w.name), value_of_raw(w, kind, shape, count, file->bytes().subspan(offset, size))};
  }
  if (w.raw) {
    fits(w.raw->size(), size, "bytes");
    return {w.name, value_of_raw(w, kind, shape, count, *w.raw)};
  }
  fits(kind != Kind::real       ? w.wholes.size()
       : w.type == Element::f64 ? w.doubles.size()
       : w.type == Element::f32 ? w.reals.size()
                                : w.wholes.size(),
       count, "numbers");
  return {w.name, value_of_numbers(w, kind, shape)};
}

}  // namespace sqrtn::graph
