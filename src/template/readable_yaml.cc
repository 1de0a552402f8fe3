#include "template/readable_yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

namespace ddblog::templates {

namespace {

// "\ud83d\ude00" is one character in JSON, and two invalid ones in YAML: it becomes "\U0001f600".
std::string withoutSurrogates(std::string_view text) {
  const auto unit = [&](std::size_t place) -> unsigned {  // the code unit of an escape \uXXXX; 0: there is none
    if (place + 6 > text.size() || text[place] != '\\' || text[place + 1] != 'u') return 0;
    unsigned value = 0;
    for (std::size_t i = place + 2; i < place + 6; ++i) {
      const char c = text[i];
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return 0;
      value = value * 16 + static_cast<unsigned>(digit);
    }
    return value;
  };
  std::string result;
  for (std::size_t place = 0; place < text.size();) {
    const unsigned high = unit(place);
    const unsigned low = high >= 0xD800 && high < 0xDC00 ? unit(place + 6) : 0;
    if (low >= 0xDC00 && low < 0xE000) {
      const unsigned character = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
      constexpr const char* kDigits = "0123456789abcdef";
      result += "\\U";
      for (int shift = 28; shift >= 0; shift -= 4) result += kDigits[(character >> shift) & 15];
      place += 12;
    } else {
      // An escaped backslash does not begin an escape.
      const std::size_t length = text.substr(place, 2) == "\\\\" ? 2 : 1;
      result += text.substr(place, length);
      place += length;
    }
  }
  return result;
}

bool isJson(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

// Whether yaml-cpp takes the text.
bool isReadable(const std::string& text) {
  struct Ignoring : YAML::EventHandler {
    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
  } ignoring;
  std::istringstream in(text);
  try {
    YAML::Parser(in).HandleNextDocument(ignoring);
    return true;
  } catch (const YAML::Exception&) {
    return false;
  }
}

// Quotes the scalars inside [] and {} that have a "?": yaml-cpp takes it for the beginning of a key.
class FlowQuoter {
 public:
  explicit FlowQuoter(std::string_view text) : text_(text) {}

  std::string quoted() {
    while (place_ < text_.size()) takeToken();
    return std::move(result_);
  }

 private:
  char at(std::size_t place) const { return place < text_.size() ? text_[place] : '\n'; }
  bool endsWord(std::size_t place) const { return at(place) == ' ' || at(place) == '\n' || at(place) == '\r'; }
  bool isInFlow() const { return depth_ > 0; }

  void copyTo(std::size_t end) {
    end = std::min(end, text_.size());
    result_ += text_.substr(place_, end - place_);
    place_ = end;
  }
  std::size_t lineEnd(std::size_t from) const { return std::min(text_.find('\n', from), text_.size()); }

  void takeToken() {
    const char c = text_[place_];
    if (c == '\n') return takeLineEnd();
    if (c == '#') return copyTo(lineEnd(place_));
    if (c == '"' || c == '\'') return copyTo(quoteEnd(c));
    if (c == '{' || c == '[') ++depth_;
    if ((c == '}' || c == ']') && isInFlow()) --depth_;
    if (c == '!' || c == '&' || c == '*') return copyTo(wordEnd());
    const bool is_indicator = (c == '-' || c == '?' || c == ':') && (endsWord(place_ + 1) || (c == ':' && isInFlow()));
    if (is_indicator || std::string_view(" \t\r,{}[]").find(c) != std::string_view::npos) return copyTo(place_ + 1);
    takePlain();
  }

  std::size_t quoteEnd(char quote) const {
    std::size_t end = place_ + 1;
    for (; end < text_.size() && text_[end] != quote; ++end) {
      if (quote == '"' && text_[end] == '\\') ++end;
    }
    return end + 1;
  }

  std::size_t wordEnd() const {
    std::size_t end = place_;
    while (!endsWord(end) && !(isInFlow() && std::string_view(",{}[]").find(at(end)) != std::string_view::npos)) ++end;
    return std::max(end, place_ + 1);
  }

  // A scalar without quotes, on one line.
  void takePlain() {
    std::size_t end = place_;
    for (; at(end) != '\n'; ++end) {
      if (isInFlow() && std::string_view(",{}[]").find(at(end)) != std::string_view::npos) break;
      if (at(end) == ':' && endsWord(end + 1)) break;
      if (at(end) == ' ' && at(end + 1) == '#') break;
    }
    while (end > place_ + 1 && endsWord(end - 1)) --end;
    const std::string_view scalar = text_.substr(place_, end - place_);
    if (!isInFlow() || scalar.find('?') == std::string_view::npos) return copyTo(end);
    result_ += '\'';
    for (const char c : scalar) result_.append(c == '\'' ? 2 : 1, c);
    result_ += '\'';
    place_ = end;
  }

  static std::size_t indentOf(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

  // Behind a line that ends in | or > the lines of the block are no YAML.
  void takeLineEnd() {
    const std::size_t begin = place_ == 0 ? 0 : text_.rfind('\n', place_ - 1) + 1;
    const std::string_view line = text_.substr(begin, place_ - begin);
    copyTo(place_ + 1);
    if (isInFlow() || !beginsBlock(line)) return;
    std::size_t indent = 0;  // of the block's first line
    while (place_ < text_.size()) {
      const std::size_t end = lineEnd(place_);
      const std::string_view next = text_.substr(place_, end - place_);
      const bool is_blank = next.find_first_not_of(" \r") == std::string_view::npos;
      if (!is_blank && indent == 0) indent = std::max(indentOf(next), indentOf(line) + 1);
      if (!is_blank && indentOf(next) < indent) return;
      copyTo(end + 1);
    }
  }

  static bool beginsBlock(std::string_view line) {
    line = line.substr(0, line.find(" #"));
    const std::size_t last = line.find_last_not_of(" \r+-0123456789");
    if (last == std::string_view::npos || (line[last] != '|' && line[last] != '>')) return false;
    return last == 0 || line[last - 1] == ' ';
  }

  const std::string_view text_;
  std::size_t place_ = 0;
  std::size_t depth_ = 0;  // of [ and {
  std::string result_;
};

// Without the spaces and tabs at the ends of lines: yaml-cpp takes no tab there.
std::string withoutLineEnds(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const std::size_t kept = line.find_last_not_of(" \t\r");
    if (kept != std::string_view::npos) result += line.substr(0, kept + 1);
    if (end < text.size()) result += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

}  // namespace

std::string readableYaml(std::string_view text) {
  std::string readable = isJson(text) ? withoutSurrogates(text) : std::string(text);
  const bool is_usual = readable.find_first_of("?\t") == std::string::npos && readable.find("\\u") == std::string::npos;
  if (is_usual || isReadable(readable)) return readable;
  if (readable.find('\t') != std::string::npos) {
    readable = withoutLineEnds(readable);
    if (isReadable(readable)) return readable;
  }
  return FlowQuoter(withoutSurrogates(withoutLineEnds(text))).quoted();
}

}  // namespace ddblog::templates
