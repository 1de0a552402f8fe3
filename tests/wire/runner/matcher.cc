#include "wire/runner/matcher.h"

#include <regex>
#include <stdexcept>

namespace ddblog::wire {
namespace {

constexpr std::string_view kFurther = "...";

class Matching {
 public:
  explicit Matching(Saved& saved) : saved_(saved) {}

  std::string compare(const std::string& path, const json::value& expected, const json::value& actual) {
    if (expected.is_string() && expected.get_string().starts_with("$")) {
      return special(path, std::string(expected.get_string()), actual);
    }
    if (expected.is_object() && actual.is_object()) return objects(path, expected.get_object(), actual.get_object());
    if (expected.is_array() && actual.is_array()) return lists(path, expected.get_array(), actual.get_array());
    if (expected.is_number() && actual.is_number()) {
      const bool same = expected.to_number<double>() == actual.to_number<double>();
      return same ? "" : differs(path, expected, actual);
    }
    return expected == actual ? "" : differs(path, expected, actual);
  }

 private:
  static std::string differs(const std::string& path, const json::value& expected, const json::value& actual) {
    return path + ": expected " + json::serialize(expected) + ", got " + json::serialize(actual);
  }

  std::string special(const std::string& path, const std::string& what, const json::value& actual) {
    const bool known_type =
        what == "$string" || what == "$number" || what == "$bool" || what == "$list" || what == "$object";
    const bool right = (what == "$string" && actual.is_string()) || (what == "$number" && actual.is_number()) ||
                       (what == "$bool" && actual.is_bool()) || (what == "$list" && actual.is_array()) ||
                       (what == "$object" && actual.is_object());
    if (what == "$any" || right) return "";
    if (known_type || what == "$absent") return differs(path, json::value(what), actual);
    if (what.starts_with("$match:")) {
      const std::string text = actual.is_string() ? std::string(actual.get_string()) : json::serialize(actual);
      return std::regex_match(text, std::regex(what.substr(7))) ? "" : differs(path, json::value(what), actual);
    }
    if (what.starts_with("$save:")) {
      saved_[what.substr(6)] = actual.is_string() ? std::string(actual.get_string()) : json::serialize(actual);
      return "";
    }
    throw std::runtime_error("no such matcher: " + what);
  }

  std::string objects(const std::string& path, const json::object& expected, const json::object& actual) {
    for (const auto& member : expected) {
      if (member.key() == json::string_view(kFurther.data(), kFurther.size())) continue;
      const std::string inner = path + "." + std::string(member.key());
      const json::value* found = actual.if_contains(member.key());
      const bool absent = member.value() == json::value("$absent");
      if (!found) {
        if (!absent) return inner + ": missing, expected " + json::serialize(member.value());
        continue;
      }
      const std::string wrong = compare(inner, member.value(), *found);
      if (!wrong.empty()) return wrong;
    }
    if (expected.if_contains(json::string_view(kFurther.data(), kFurther.size()))) return "";
    for (const auto& member : actual) {
      if (!expected.if_contains(member.key())) {
        return path + "." + std::string(member.key()) + ": not expected, got " + json::serialize(member.value());
      }
    }
    return "";
  }

  std::string lists(const std::string& path, const json::array& expected, const json::array& actual) {
    if (!expected.empty() && expected[0] == json::value("$unordered")) return unordered(path, expected, actual);
    if (expected.size() != actual.size()) {
      return path + ": expected " + std::to_string(expected.size()) + " elements, got " + json::serialize(actual);
    }
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const std::string wrong = compare(path + "[" + std::to_string(i) + "]", expected[i], actual[i]);
      if (!wrong.empty()) return wrong;
    }
    return "";
  }

  std::string unordered(const std::string& path, const json::array& expected, const json::array& actual) {
    if (expected.size() - 1 != actual.size()) {
      return path + ": expected " + std::to_string(expected.size() - 1) + " elements, got " + json::serialize(actual);
    }
    std::vector<bool> taken(actual.size());
    for (std::size_t i = 1; i < expected.size(); ++i) {
      bool found = false;
      for (std::size_t j = 0; j < actual.size() && !found; ++j) {
        found = !taken[j] && compare(path, expected[i], actual[j]).empty();
        if (found) taken[j] = true;
      }
      if (!found) return path + ": no element is " + json::serialize(expected[i]) + " in " + json::serialize(actual);
    }
    return "";
  }

  Saved& saved_;
};

}  // namespace

std::string substitute(const std::string& text, const Saved& saved) {
  std::string out;
  std::size_t from = 0;
  for (std::size_t at = text.find("${"); at != std::string::npos; at = text.find("${", from)) {
    const std::size_t end = text.find('}', at);
    const auto found = saved.find(text.substr(at + 2, end - at - 2));
    if (found == saved.end()) throw std::runtime_error("nothing was saved as " + text.substr(at, end - at + 1));
    out.append(text, from, at - from).append(found->second);
    from = end + 1;
  }
  return out.append(text, from);
}

std::string mismatch(const json::value& expected, const json::value& actual, Saved& saved) {
  return Matching(saved).compare("$", expected, actual);
}

}  // namespace ddblog::wire
