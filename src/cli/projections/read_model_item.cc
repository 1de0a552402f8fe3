#include "cli/projections/read_model_item.h"

#include <charconv>

#include "clients/cpp/src/event_item.h"

namespace ddblog::cli {

std::string readModelKey(std::string_view generation, std::string_view log, std::string_view id) {
  std::string key(generation);
  if (!key.empty()) key += '/';
  return key.append(log).append("#").append(id);
}

std::optional<std::uint64_t> readModelVersion(const json::object& item) {
  const json::string* text = typedMember(item, "version", "N");
  std::uint64_t version = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), version).ptr != text->data() + text->size()) {
    return std::nullopt;
  }
  return version;
}

std::optional<ReadModelName> readModelName(std::string_view key, std::string_view id,
                                           const std::function<bool(const std::string&)>& is_log) {
  const std::string end = "#" + std::string(id);
  if (!key.ends_with(end)) return std::nullopt;
  const std::string front(key.substr(0, key.size() - end.size()));
  if (front.empty() || front.find('#') != std::string::npos) return std::nullopt;
  if (is_log(front)) return ReadModelName{front, {}};
  const auto split = [&front](std::size_t slash) {
    return ReadModelName{front.substr(slash + 1), front.substr(0, slash)};
  };
  const std::size_t first = front.find('/');
  for (std::size_t slash = first; slash != std::string::npos; slash = front.find('/', slash + 1)) {
    if (is_log(split(slash).log)) return split(slash);
  }
  return first == std::string::npos ? ReadModelName{front, {}} : split(first);
}

}  // namespace ddblog::cli
