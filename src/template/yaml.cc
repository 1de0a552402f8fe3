#include "template/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <optional>
#include <sstream>
#include <unordered_map>

#include "base/utf8.h"
#include "template/readable_yaml.h"

namespace ddblog::templates {

namespace {

constexpr std::size_t kLevels = 100;
constexpr std::size_t kNodes = 200'000;
constexpr std::size_t kBytes = 64u << 20;

// Builds the tree from the parser's events.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::uint32_t file, Findings& findings) : file_(file), findings_(findings) {}

  Node take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    finish(Node(Node::Kind::kNull, placeOf(mark)), anchor, {});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw TemplateError("an alias inside its own anchor", placeOf(mark));
    count(found->second, placeOf(mark));
    put(Node(found->second), placeOf(mark));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    Node node(tag == "?" ? Node::Kind::kPlain : Node::Kind::kText, placeOf(mark));
    node.text = text;
    if (node.kind == Node::Kind::kPlain && plainScalar(text).is_null()) node.kind = Node::Kind::kNull;
    finish(std::move(node), anchor, tag);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node(Node::Kind::kList, placeOf(mark)), tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node(Node::Kind::kMap, placeOf(mark)), tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {  // a list or a map that is not closed yet
    Node node;
    std::string tag;
    YAML::anchor_t anchor;
    std::optional<Node> key = {};                             // of a map: the key whose value comes next
    std::vector<Node> merged = {};                            // of a map: what `<<` adds
    std::unordered_map<std::string, std::size_t> names = {};  // of a map: its keys, and where their members are
  };

  Place placeOf(const YAML::Mark& mark) const { return {static_cast<std::uint32_t>(mark.line + 1), file_}; }

  // Counts a tree that is copied.
  void count(const Node& tree, Place place) {
    nodes_ += tree.count();
    bytes_ += tree.bytes();
    if (nodes_ > kNodes || bytes_ > kBytes) throw TemplateError("too large", place);
  }

  void open(Node node, const std::string& tag, YAML::anchor_t anchor) {
    if (frames_.size() >= kLevels) {
      throw TemplateError("nested more than " + std::to_string(kLevels) + " deep", node.place);
    }
    frames_.push_back({std::move(node), tag, anchor});
  }

  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    for (Node& merged : frame.merged) {
      for (Node::Member& inherited : merged.members) {
        const bool is_new = frame.names.emplace(inherited.name, frame.node.members.size()).second;
        if (is_new) frame.node.members.push_back(std::move(inherited));
      }
    }
    finish(std::move(frame.node), frame.anchor, frame.tag);
  }

  void finish(Node node, YAML::anchor_t anchor, const std::string& tag) {
    const Place place = node.place;
    if (++nodes_ > kNodes) throw TemplateError("too large", place);
    if (tag.size() >= 2 && tag[0] == '!' && tag[1] != '!') node = longForm(std::move(node), tag.substr(1));
    if (anchor != YAML::NullAnchor) {
      count(node, place);
      anchors_[anchor] = node;
    }
    put(std::move(node), place);
  }

  void put(Node node, Place place) {
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.isList()) {
      frame.node.elements.push_back(std::move(node));
    } else if (!frame.key) {
      if (node.isNull()) node = Node::ofText(node.text, place);
      if (!node.isScalar()) throw TemplateError("a key must be a string", place);
      node.place = place;
      frame.key = std::move(node);
    } else {
      addMember(frame, std::move(node));
    }
  }

  void addMember(Frame& frame, Node value) {
    const Node key = std::move(*frame.key);
    frame.key.reset();
    if (key.text == "<<" && key.kind == Node::Kind::kPlain && (value.isMap() || value.isList())) {
      if (value.isMap()) return frame.merged.push_back(std::move(value));
      for (Node& one : value.elements) frame.merged.push_back(std::move(one));
      return;
    }
    value.place = key.place;  // the line that names it
    const auto [known, is_new] = frame.names.emplace(key.text, frame.node.members.size());
    if (is_new) return frame.node.add(key.text, std::move(value));
    findings_.note(key.place, "the key " + key.text + " appears twice: the last one counts");
    frame.node.members[known->second].value = std::move(value);
  }

  static Node longForm(Node value, const std::string& tag) {
    const Place place = value.place;
    Node function = Node::ofMap(place);
    if (tag == "Ref" || tag == "Condition") {
      function.add(tag, std::move(value));
    } else {
      function.add("Fn::" + tag, tag == "GetAtt" ? attributePath(std::move(value)) : std::move(value));
    }
    return function;
  }

  static Node attributePath(Node value) {
    if (!value.isScalar()) return value;
    const std::size_t point = value.text.find('.');
    if (point == std::string::npos) throw TemplateError("!GetAtt must name Resource.Attribute", value.place);
    Node path(Node::Kind::kList, value.place);
    path.elements.push_back(Node::ofText(value.text.substr(0, point), value.place));
    path.elements.push_back(Node::ofText(value.text.substr(point + 1), value.place));
    return path;
  }

  const std::uint32_t file_;
  Findings& findings_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Node> anchors_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;  // of what anchors and aliases copied
  Node root_;
};

void checkUtf8(std::string_view text, std::uint32_t file) {
  std::uint32_t line = 1;
  for (std::size_t place = 0; place < text.size();) {
    const std::size_t length = utf8Length(text, place);
    if (length == 0) throw TemplateError("is not UTF-8", {line, file});
    if (text[place] == '\n') ++line;
    place += length;
  }
}

}  // namespace

Node parseTemplateText(std::string_view text, std::uint32_t file, Findings& findings) {
  checkUtf8(text, file);
  std::istringstream in(readableYaml(text));
  TreeBuilder builder(file, findings);
  try {
    YAML::Parser parser(in);
    parser.HandleNextDocument(builder);
  } catch (const YAML::Exception& e) {
    throw TemplateError(e.msg, {static_cast<std::uint32_t>(e.mark.line + 1), file});
  }
  return builder.take();
}

json::value parseYaml(std::string_view text, const std::string& name) {
  Findings findings;
  const std::uint32_t file = findings.addFile(name);
  try {
    return parseTemplateText(text, file, findings).toJson();
  } catch (const TemplateError& e) {
    throw TemplateError(findings.at(e.place) + e.what());
  }
}

}  // namespace ddblog::templates
