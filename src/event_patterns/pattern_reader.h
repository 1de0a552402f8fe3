// Reads an event pattern's text token by token, and reports errors with AWS's messages. Positions
// are those of AWS's parser: a string counts as read up to its opening quote until its text is
// requested; after a member's name, its value counts as begun.
//
// Rejects invalid JSON with ApiError InvalidEventPatternException.
// Thread safety: none; it belongs to one compilation.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/api_error.h"

namespace ddblog::event_patterns {

// "Event pattern is not valid. Reason: <reason>".
ApiError invalidPattern(std::string_view reason);

enum class PatternToken {
  kStartObject,
  kEndObject,
  kStartArray,
  kEndArray,
  kName,
  kString,
  kNumber,
  kTrue,
  kFalse,
  kNull,
  kEnd
};

class PatternReader {
 public:
  explicit PatternReader(std::string_view text) : text_(text) {}

  PatternToken next();
  PatternToken current() const { return current_; }
  // The text of the current token: a name or string without quotes and escapes; for other tokens
  // their bytes.
  const std::string& text();

  // Throws an error at the current position.
  [[noreturn]] void refuse(std::string_view reason) const;
  // The reason with the position, as an error shows it, for errors that AWS wraps twice.
  std::string located(std::string_view reason) const;

 private:
  struct Open {
    bool object;
    std::size_t begin;
    bool has_members = false;
  };

  PatternToken readNameAndBeginValue();
  PatternToken beginValue();
  PatternToken close(bool object);
  PatternToken readWord();
  PatternToken readNumber();
  void readStringRest();
  void readEscape();
  void skipBlanks();
  void separate(Open& open);
  [[noreturn]] void refuseCharacter(std::string_view expected) const;
  [[noreturn]] void refuseEnd() const;
  std::string locationAt(std::size_t at) const;

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Open> open_;
  PatternToken current_ = PatternToken::kEnd;
  PatternToken after_name_ = PatternToken::kEnd;
  bool string_begun_ = false;  // the opening quote was read, the rest of the string was not
  std::string name_;
  std::string token_text_;
};

}  // namespace ddblog::event_patterns
