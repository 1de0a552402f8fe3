#include "template/yaml.h"

#include <yaml-cpp/yaml.h>

#include <charconv>

namespace ddblog::templates {

namespace {

constexpr int kDepth = 64;
constexpr std::size_t kNodes = 200'000;  // of the tree after following anchors: stops a "billion laughs" file

class Converter {
 public:
  explicit Converter(const std::string& name) : name_(name) {}

  json::value convert(const YAML::Node& node, int depth) {
    if (depth > kDepth) fail(node, "nested more than " + std::to_string(kDepth) + " deep");
    if (++nodes_ > kNodes) fail(node, "too large");
    json::value value = convertUntagged(node, depth);
    const std::string& tag = node.Tag();
    if (tag.size() < 2 || tag[0] != '!' || tag.starts_with("!!")) return value;
    return longForm(node, tag.substr(1), std::move(value));
  }

 private:
  [[noreturn]] void fail(const YAML::Node& node, const std::string& what) const {
    throw TemplateError(name_ + ":" + std::to_string(node.Mark().line + 1) + ": " + what);
  }

  json::value convertUntagged(const YAML::Node& node, int depth) {
    switch (node.Type()) {
      case YAML::NodeType::Sequence: {
        json::array array;
        for (const auto& element : node) array.push_back(convert(element, depth + 1));
        return array;
      }
      case YAML::NodeType::Map: {
        json::object object;
        for (const auto& member : node) addMember(object, member.first, member.second, depth);
        return object;
      }
      case YAML::NodeType::Scalar:
        return node.Tag() == "?" ? plainScalar(node.Scalar()) : json::value(node.Scalar());
      default:
        return nullptr;
    }
  }

  void addMember(json::object& object, const YAML::Node& key, const YAML::Node& node, int depth) {
    if (!key.IsScalar()) fail(key, "a key must be a string");
    json::value value = convert(node, depth + 1);
    if (key.Scalar() == "<<" && value.is_object()) {
      for (const auto& inherited : value.get_object()) object.insert(inherited);
    } else if (!object.emplace(key.Scalar(), std::move(value)).second) {
      fail(key, "the key " + key.Scalar() + " appears twice");
    }
  }

  static json::value plainScalar(const std::string& text) {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return nullptr;
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    const std::string_view digits = text[0] == '-' ? std::string_view(text).substr(1) : std::string_view(text);
    const bool number = !digits.empty() && digits.find_first_not_of("0123456789.") == std::string_view::npos &&
                        digits[0] != '.' && (digits[0] != '0' || digits.size() == 1 || digits[1] == '.');
    if (!number) return json::value(text);
    const char* end = text.data() + text.size();
    std::int64_t integer = 0;
    if (auto [rest, error] = std::from_chars(text.data(), end, integer); error == std::errc() && rest == end)
      return integer;
    double real = 0;
    if (auto [rest, error] = std::from_chars(text.data(), end, real); error == std::errc() && rest == end) return real;
    return json::value(text);
  }

  json::value longForm(const YAML::Node& node, const std::string& tag, json::value value) const {
    if (tag == "Ref" || tag == "Condition") return json::object{{tag, std::move(value)}};
    if (tag != "GetAtt") return json::object{{"Fn::" + tag, std::move(value)}};
    if (value.is_string()) {
      const std::string_view text = value.get_string();
      const std::size_t point = text.find('.');
      if (point == std::string_view::npos) fail(node, "!GetAtt must name Resource.Attribute");
      value = json::array{text.substr(0, point), text.substr(point + 1)};
    }
    return json::object{{"Fn::GetAtt", std::move(value)}};
  }

  const std::string& name_;
  std::size_t nodes_ = 0;
};

}  // namespace

json::value parseYaml(std::string_view text, const std::string& name) {
  try {
    return Converter(name).convert(YAML::Load(std::string(text)), 0);
  } catch (const YAML::Exception& e) {
    throw TemplateError(name + ":" + std::to_string(e.mark.line + 1) + ": " + e.msg);
  }
}

}  // namespace ddblog::templates
