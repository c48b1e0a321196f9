#include <map>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "sqrtn/support/require.hpp"
#include "support/safetensors.hpp"

namespace sqrtn {
namespace {

using Json = nlohmann::json;

/// {"metadata": …, "weight_map": {"tensor": "file", …}}; what else stands there is not looked at.
class IndexReader final : public nlohmann::json_sax<Json> {
 public:
  explicit IndexReader(const std::string& path) : path_(path) {}

  std::map<std::string, std::vector<std::string>> files;
  bool found = false;

  bool null() override { return value(); }
  bool boolean(bool /*value*/) override { return value(); }
  bool number_integer(number_integer_t /*value*/) override { return value(); }
  bool number_unsigned(number_unsigned_t /*value*/) override { return value(); }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return value(); }
  bool binary(binary_t& /*value*/) override { return value(); }
  bool string(string_t& text) override {
    if (!in_map_) return true;
    if (depth_ != 2) return value();
    const bool plain = !text.empty() && text.find('/') == std::string::npos && text.find('\0') == std::string::npos &&
                       text != "." && text != "..";
    require(plain, "{}: the shard '{:.60}' is not beside its index; name a file without a folder", path_, text);
    files[text].push_back(std::move(name_));
    return true;
  }
  bool start_object(std::size_t /*size*/) override {
    require(!in_map_ || depth_ == 1, "{}: weight_map holds an object, where a file's name belongs", path_);
    return deeper();
  }
  bool start_array(std::size_t /*size*/) override {
    require(!in_map_, "{}: weight_map holds an array, where a file's name belongs", path_);
    return deeper();
  }
  bool end_object() override { return --depth_, true; }
  bool end_array() override { return --depth_, true; }
  bool key(string_t& name) override {
    if (depth_ == 1) {
      in_map_ = name == "weight_map";
      require(!in_map_ || !found, "{}: weight_map stands twice", path_);
      found = found || in_map_;
    } else if (in_map_) {
      require(names_.insert(name).second, "{}: the tensor '{:.60}' stands twice in weight_map", path_, name);
      name_ = name;
    }
    return true;
  }
  bool parse_error(std::size_t position, const std::string& /*token*/, const Json::exception& /*error*/) override {
    throw std::invalid_argument(fmt::format("{}: not JSON at its byte {}; write the index again", path_, position));
  }

 private:
  bool value() const {
    require(!in_map_, "{}: weight_map holds something else than names of files", path_);
    return true;
  }
  bool deeper() {
    constexpr int deepest = 16;
    require(++depth_ <= deepest, "{}: nested deeper than {} levels", path_, deepest);
    return true;
  }

  const std::string& path_;
  std::unordered_set<std::string> names_;
  std::string name_;
  int depth_ = 0;
  bool in_map_ = false;
};

}  // namespace

ShardIndex read_shard_index(const std::string& path, std::string_view text) {
  IndexReader reader(path);
  Json::sax_parse(text, &reader);
  require(reader.found && !reader.files.empty(),
          "{}: no index of shards, which has a weight_map of tensors and files; name a file of weights", path);
  ShardIndex index;
  for (auto& [file, tensors] : reader.files) index.shards.push_back({file, std::move(tensors)});
  return index;
}

}  // namespace sqrtn
