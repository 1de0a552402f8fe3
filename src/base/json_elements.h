// Cuts the objects out of a JSON text that is too large for a tree, while it is read piece by piece.
//
//   [{…}, {…}]                            an array of objects
//   {"Items": [{…}, {…}], "Count": 2}     objects in the arrays of an object
//   {"RequestItems": {"users": [{…}]}}    in the arrays of an object in it
//   {…}{…}                                several of these, one after another
//
// Only brackets and strings are looked at: whoever takes an object parses it, and finds what is wrong
// inside it. Errors: std::invalid_argument "line N: …". Memory: one object.
// Thread safety: none.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ddblog {

class JsonElements {
 public:
  struct Element {
    std::string text;    // the object
    std::string member;  // of the outer object: "Items"; empty in an outer array
    std::uint64_t line;  // where it begins, from 1
  };
  using Take = std::function<void(Element)>;

  // `longest`: of an object, in bytes.
  JsonElements(Take take, std::size_t longest) : take_(std::move(take)), longest_(longest) {}

  void add(std::string_view piece);
  void finish();  // throws if the text is cut off

 private:
  [[noreturn]] void fail(const std::string& what) const;
  void addInString(char c);
  void open(char bracket);
  void close(char bracket);
  bool isAtElement() const;  // the next value is one of those to cut out

  const Take take_;
  const std::size_t longest_;
  std::vector<char> open_;  // brackets
  Element element_{};
  std::size_t element_depth_ = 0;  // of open_ when the element began; 0: not in one
  std::string string_;             // the last one of an outer object
  std::string member_;             // the name before the array that is open
  bool is_in_string_ = false;
  bool is_escaped_ = false;
  std::uint64_t line_ = 1;
};

}  // namespace ddblog
