#include "clients/cpp/src/bus_hint.h"

#include <boost/json/basic_parser_impl.hpp>
#include <cmath>
#include <optional>
#include <utility>

#include "base/json_handler.h"
#include "base/limits.h"
#include "ddblog/errors.h"

namespace ddblog {
namespace {

// Reads detail.key.pk and detail.key.sk out of a bus event. Handlers do so for each event, and need nothing else
// of it, so it does not become a tree.
class HintReader : public JsonHandler {
 public:
  std::optional<Hint> hint() const {
    const auto stream = pk_ ? parseStreamKey(*pk_) : std::nullopt;
    if (!stream || !sk_) return std::nullopt;
    return Hint{*stream, *sk_};
  }

  bool on_object_begin(Error&) {
    ++depth_;
    const bool is_on_the_way = level_ == 0 || (level_ == 1 && name_ == "detail") || (level_ == 2 && name_ == "key");
    if (depth_ == level_ + 1 && is_on_the_way) {
      level_ = depth_;
      pk_.reset();
      sk_.reset();
    }
    return true;
  }
  bool on_object_end(std::size_t, Error&) {
    if (level_ == depth_) --level_;
    --depth_;
    return true;
  }
  bool on_array_begin(Error&) { return ++depth_ > 0; }
  bool on_array_end(std::size_t, Error&) { return --depth_ >= 0; }
  bool on_key_part(Text part, std::size_t, Error&) {
    if (depth_ == level_) text_ += part;
    return true;
  }
  bool on_key(Text rest, std::size_t, Error&) {
    if (depth_ != level_) return true;
    text_ += rest;
    name_.swap(text_);
    text_.clear();
    return true;
  }
  bool on_string_part(Text part, std::size_t, Error&) {
    if (isAt("pk")) text_ += part;
    return true;
  }
  bool on_string(Text rest, std::size_t, Error&) {
    if (!isAt("pk")) return true;
    text_ += rest;
    pk_ = std::exchange(text_, {});
    return true;
  }
  bool on_int64(std::int64_t number, Text, Error&) {
    if (isAt("sk") && number >= 0) sk_ = static_cast<std::uint64_t>(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, Text, Error&) {
    if (isAt("sk")) sk_ = number;
    return true;
  }
  bool on_double(double number, Text, Error&) {
    constexpr double kWholeNumbers = 9007199254740992;  // up to here, a double is a whole number or is not
    if (isAt("sk") && number >= 0 && number <= kWholeNumbers && std::floor(number) == number) {
      sk_ = static_cast<std::uint64_t>(number);
    }
    return true;
  }

 private:
  static constexpr int kKey = 3;  // the level of the members of detail.key

  bool isAt(std::string_view name) const { return level_ == kKey && depth_ == kKey && name_ == name; }

  int depth_ = 0;
  int level_ = 0;  // how far it is on the way: 1 in the event, 2 in its detail, 3 in its key
  std::string name_, text_;
  std::optional<std::string> pk_;
  std::optional<std::uint64_t> sk_;
};

}  // namespace

Hint parseHint(std::string_view bus_event) {
  boost::json::parse_options options;
  options.max_depth = limits::kJsonDepth;
  boost::json::basic_parser<HintReader> parser(options);
  JsonHandler::Error error;
  const std::size_t used = parser.write_some(false, bus_event.data(), bus_event.size(), error);
  if (!error && used == bus_event.size()) {
    if (const auto hint = parser.handler().hint()) return *hint;
  }
  throw InvalidEvent("not an event of the log: \"detail\" has no \"key\" with \"pk\" (<log>#<id>#stream) and \"sk\"");
}

}  // namespace ddblog
