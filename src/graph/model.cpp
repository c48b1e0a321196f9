#include "graph/model.hpp"

#include <filesystem>
#include <set>

#include "graph/element.hpp"
#include "graph/stored_weight.hpp"
#include "support/environment.hpp"

namespace sqrtn::graph {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t most_nodes = 1'000'000, largest_file = std::size_t{1} << 31;

/// Calls visit(field) for each field of a message.
template <class Visit>
void each_field(const WireSource& source, Bytes message, Visit visit) {
  WireField field;
  for (WireReader reader(source, message); reader.next(field);) visit(field);
}

class Parser {
 public:
  Parser(WireSource source, Folder folder) : source_(std::move(source)), folder_(std::move(folder)) {}

  Model model() {
    Model model;
    model.path = source_.path;
    std::optional<Bytes> graph;
    each_field(source_, source_.file, [&](const WireField& field) {
      if (field.number == 2) model.producer = text_of(source_, field, "producer_name");
      if (field.number == 7) graph = message_of(source_, field, "graph");
      if (field.number == 8) read_opset(message_of(source_, field, "opset_import"), model);
      require(
          field.number != 25,
          "{}: the model has functions of its own; export it without them, as by onnx.inliner.inline_local_functions",
          source_.path);
    });
    require(graph.has_value(), "{}: there is no graph in it; is it an ONNX model?", source_.path);
    require(
        model.opset >= first_opset && model.opset <= last_opset,
        "{}: its operators are those of opset {}; known are {} to {}: export it with opset_version=17, or convert it "
        "by onnx.version_converter",
        source_.path, model.opset, first_opset, last_opset);
    read_graph(*graph, model);
    return model;
  }

 private:
  void read_opset(Bytes message, Model& model) const {
    std::string domain;
    std::int64_t version = 0;
    each_field(source_, message, [&](const WireField& field) {
      if (field.number == 1) domain = text_of(source_, field, "an opset's domain");
      if (field.number == 2) version = whole_of(source_, field, "an opset's version");
    });
    if (domain.empty() || domain == "ai.onnx") model.opset = version;
  }

  void read_graph(Bytes message, Model& model) {
    each_field(source_, message, [&](const WireField& field) {
      switch (field.number) {
        case 1:
          require(model.nodes.size() < most_nodes, "{}: more than {} nodes", source_.path, most_nodes);
          model.nodes.push_back(node_of(message_of(source_, field, "a node"), model.nodes.size()));
          break;
        case 5:
          add_weight(message_of(source_, field, "an initializer"), model);
          break;
        case 11:
          model.inputs.push_back(port_of(message_of(source_, field, "an input")));
          break;
        case 12:
          model.outputs.push_back(port_name(message_of(source_, field, "an output")));
          break;
        case 15:
          throw std::invalid_argument(
              fmt::format("{}: it has sparse weights, which are not read; export them dense", source_.path));
        default:
          break;
      }
    });
    std::erase_if(model.inputs, [&](const Port& port) { return model.initialisers.contains(port.name); });
    std::set<std::string> names;
    for (const Port& port : model.inputs) {
      require(names.insert(port.name).second, "{}: the input '{:.60}' stands twice", source_.path, port.name);
    }
    require(!model.nodes.empty() && !model.outputs.empty(), "{}: its graph has no {}", source_.path,
            model.nodes.empty() ? "nodes" : "outputs");
  }

  /// Many weights may lie at one place of another file, so that its size says nothing about theirs.
  NamedValue stored(Bytes message) {
    NamedValue weight = read_weight(source_, message, folder_);
    bytes_ += weight.value.bytes();
    const double memory = static_cast<double>(physical_memory_bytes());
    require(memory == 0 || static_cast<double>(bytes_) < 0.8 * memory,
            "{}: its weights need more than {:.3g} GiB, of {:.3g} GiB here", source_.path,
            static_cast<double>(bytes_) / 0x1p30, memory / 0x1p30);
    return weight;
  }

  void add_weight(Bytes message, Model& model) {
    NamedValue weight = stored(message);
    require(!weight.name.empty(), "{}: a weight has no name", source_.path);
    const bool added = model.initialisers.emplace(weight.name, std::move(weight.value)).second;
    require(added, "{}: two weights are called '{:.60}'", source_.path, weight.name);
  }

  [[nodiscard]] Node node_of(Bytes message, std::size_t number) {
    Node node;
    std::string domain;
    each_field(source_, message, [&](const WireField& field) {
      if (field.number == 1) node.inputs.push_back(text_of(source_, field, "a node's input"));
      if (field.number == 2) node.outputs.push_back(text_of(source_, field, "a node's output"));
      if (field.number == 3) node.name = text_of(source_, field, "a node's name");
      if (field.number == 4) node.op = text_of(source_, field, "op_type");
      if (field.number == 5) node.attributes.push_back(attribute_of(message_of(source_, field, "an attribute")));
      if (field.number == 7) domain = text_of(source_, field, "a node's domain");
    });
    if (!domain.empty() && domain != "ai.onnx") node.op = domain + "." + node.op;
    if (node.name.empty()) node.name = fmt::format("{}_{}", node.op, number);
    return node;
  }

  [[nodiscard]] Attribute attribute_of(Bytes message) {
    Attribute a;
    each_field(source_, message, [&](const WireField& field) {
      switch (field.number) {
        case 1:
          a.name = text_of(source_, field, "an attribute's name");
          break;
        case 2:
          a.real = float_of(source_, field, "an attribute's f");
          break;
        case 3:
          a.whole = whole_of(source_, field, "an attribute's i");
          break;
        case 4:
          a.text = text_of(source_, field, "an attribute's s");
          break;
        case 5:
          a.tensor = stored(message_of(source_, field, "an attribute's t")).value;
          break;
        case 6:
        case 11:
          a.graph = true;
          break;
        case 7:
          add_floats(source_, field, a.reals, "an attribute's floats");
          break;
        case 8:
          add_wholes(source_, field, a.wholes, "an attribute's ints");
          break;
        default:
          break;
      }
    });
    return a;
  }

  [[nodiscard]] std::string port_name(Bytes message) const {
    std::string name;
    each_field(source_, message, [&](const WireField& field) {
      if (field.number == 1) name = text_of(source_, field, "an output's name");
    });
    return name;
  }

  [[nodiscard]] Port port_of(Bytes message) const {
    Port port;
    std::optional<Bytes> type;
    each_field(source_, message, [&](const WireField& field) {
      if (field.number == 1) port.name = text_of(source_, field, "an input's name");
      if (field.number == 2) type = message_of(source_, field, "an input's type");
    });
    require(!port.name.empty() && type, "{}: an input has no name or no type", source_.path);
    bool tensor = false;
    each_field(source_, *type, [&](const WireField& field) {
      if (field.number != 1) return;
      tensor = true;
      read_tensor_type(message_of(source_, field, "an input's type"), port);
    });
    require(tensor, "{}: the input '{:.60}' is no tensor; sequences, maps and sparse tensors are not read",
            source_.path, port.name);
    return port;
  }

  void read_tensor_type(Bytes message, Port& port) const {
    each_field(source_, message, [&](const WireField& field) {
      if (field.number == 1) {
        port.kind = kind_of(whole_of(source_, field, "an input's elem_type"), source_.path, port.name);
      }
      if (field.number != 2) return;
      port.shape.emplace();
      each_field(source_, message_of(source_, field, "an input's shape"), [&](const WireField& dimension) {
        if (dimension.number == 1) port.shape->push_back(dimension_of(message_of(source_, dimension, "a dimension")));
      });
      require(port.shape->size() <= 16, "{}: the input '{:.60}' has more than 16 axes", source_.path, port.name);
    });
  }

  [[nodiscard]] Dimension dimension_of(Bytes message) const {
    Dimension dimension;
    each_field(source_, message, [&](const WireField& field) {
      if (field.number == 1) {
        const std::int64_t size = whole_of(source_, field, "a dimension");
        if (size > 0) dimension.size = static_cast<std::size_t>(size);
      }
      if (field.number == 2) dimension.name = text_of(source_, field, "a dimension's name");
    });
    return dimension;
  }

  WireSource source_;
  Folder folder_;
  std::size_t bytes_ = 0;  ///< of all weights so far
};

}  // namespace

const Attribute* Node::find(std::string_view attribute) const {
  for (const Attribute& a : attributes) {
    if (a.name == attribute) return &a;
  }
  return nullptr;
}

Model read_model(const std::string& path) {
  const support::MappedFile file(path);
  require(file.bytes().size() <= largest_file, "{}: larger than 2 GiB, which no .onnx file can be", path);
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return Parser({path, file.bytes()}, {folder.empty() ? "." : folder, true}).model();
}

Model parse_model(const std::string& path, std::span<const std::byte> bytes) {
  return Parser({path, bytes}, {}).model();
}

}  // namespace sqrtn::graph
