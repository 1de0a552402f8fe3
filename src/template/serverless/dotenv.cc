#include "template/serverless/dotenv.h"

#include <cctype>

namespace ddblog::templates::serverless {

namespace {

constexpr std::size_t kExpandedBytes = 64u << 10;  // of one value

bool isNamePart(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '-'; }

class DotenvReader {
 public:
  DotenvReader(std::string_view text, const std::map<std::string, std::string>& environment)
      : text_(text), environment_(environment) {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
  }

  std::map<std::string, std::string> read() {
    while (at_ < text_.size()) {
      if (!readAssignment()) skipLine();
    }
    return std::move(values_);
  }

 private:
  void skipBlanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  void skipLine() {
    const std::size_t end = text_.find('\n', at_);
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
  }

  bool readAssignment() {
    skipBlanks();
    if (text_.substr(at_).starts_with("export ")) at_ += 7;
    skipBlanks();
    const std::size_t begin = at_;
    while (at_ < text_.size() && isNamePart(text_[at_])) ++at_;
    const std::string name(text_.substr(begin, at_ - begin));
    skipBlanks();
    if (name.empty() || at_ >= text_.size() || (text_[at_] != '=' && text_[at_] != ':')) return false;
    ++at_;
    skipBlanks();
    const std::string value = readValue();
    if (!environment_.contains(name)) values_[name] = value;
    return true;
  }

  std::string readValue() {
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    const std::size_t close =
        quote == '"' || quote == '\'' || quote == '`' ? closingQuote(quote) : std::string_view::npos;
    if (close == std::string_view::npos) return readUnquoted();
    const std::string raw(text_.substr(at_ + 1, close - at_ - 1));
    at_ = close + 1;
    skipLine();
    return quote == '"' ? expanded(withLineEnds(raw)) : quote == '\'' ? raw : expanded(raw);
  }

  std::size_t closingQuote(char quote) const {
    for (std::size_t place = at_ + 1; place < text_.size(); ++place) {
      if (text_[place] == '\\' && quote == '"') {
        ++place;
      } else if (text_[place] == quote) {
        return place;
      }
    }
    return std::string_view::npos;
  }

  std::string readUnquoted() {
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    std::string_view value = text_.substr(at_, end - at_);
    value = value.substr(0, value.find('#'));
    while (!value.empty() && std::isspace(static_cast<unsigned char>(value.back()))) value.remove_suffix(1);
    at_ = std::min(end + 1, text_.size());
    return expanded(std::string(value));
  }

  static std::string withLineEnds(const std::string& raw) {
    std::string value;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      const char after = raw[i] == '\\' && i + 1 < raw.size() ? raw[i + 1] : '\0';
      if (after == 'n' || after == 'r' || after == '"') {
        value += after == 'n' ? '\n' : after == 'r' ? '\r' : '"';
        ++i;
      } else {
        value += raw[i];
      }
    }
    return value;
  }

  std::string valueOf(const std::string& name) const {
    if (const auto found = environment_.find(name); found != environment_.end()) return found->second;
    const auto found = values_.find(name);
    return found == values_.end() ? "" : found->second;
  }

  std::string expanded(const std::string& raw) const {
    std::string value;
    for (std::size_t i = 0; i < raw.size() && value.size() <= kExpandedBytes; ++i) {
      if (raw[i] == '\\' && i + 1 < raw.size() && raw[i + 1] == '$') {
        value += raw[++i];
      } else if (raw[i] == '$') {
        i = expandOne(raw, i, value);
      } else {
        value += raw[i];
      }
    }
    return value;
  }

  // Returns the place of the last character that was used.
  std::size_t expandOne(const std::string& raw, std::size_t dollar, std::string& value) const {
    const bool is_braced = dollar + 1 < raw.size() && raw[dollar + 1] == '{';
    const std::size_t begin = dollar + (is_braced ? 2 : 1);
    std::size_t end = begin;
    while (end < raw.size() && (std::isalnum(static_cast<unsigned char>(raw[end])) || raw[end] == '_')) ++end;
    const std::size_t close = is_braced ? raw.find('}', end) : end;
    if (end == begin || close == std::string::npos) {
      value += '$';
      return dollar;
    }
    std::string found = valueOf(raw.substr(begin, end - begin));
    const bool has_default = is_braced && raw.compare(end, 2, ":-") == 0;
    if (found.empty() && has_default) found = raw.substr(end + 2, close - end - 2);
    value += found;
    return is_braced ? close : end - 1;
  }

  std::string_view text_;
  const std::map<std::string, std::string>& environment_;
  std::map<std::string, std::string> values_;
  std::size_t at_ = 0;
};

}  // namespace

std::map<std::string, std::string> readDotenv(std::string_view text,
                                              const std::map<std::string, std::string>& environment) {
  return DotenvReader(text, environment).read();
}

}  // namespace ddblog::templates::serverless
