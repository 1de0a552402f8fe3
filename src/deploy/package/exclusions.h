// Which files of a directory are left out of a package.
//
// A pattern is matched against a path below the directory: `*` and `?` stay inside one name, `**` is
// any number of names, `{a,b}` is either, and one without a "/" matches a name at any depth. A pattern
// that matches a directory is for all that is in it. The last pattern that matches decides; with a "!"
// in front it takes back in what earlier ones leave out.
//
// Left out without being named: files of version control, caches of interpreters and of npm, commands of
// npm's packages (node_modules/.bin), secrets (.env*), and what CMake, SAM, the Serverless Framework and
// this program put beside code.
//
// Limits, ours: 1,000 patterns of 1,000 bytes. Thread safety: none while it is made, then immutable.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ddblog::deploy {

class Exclusions {
 public:
  Exclusions() : Exclusions(std::vector<std::string>()) {}
  // `patterns`: they come after those that everybody has. Throws PackageError.
  explicit Exclusions(const std::vector<std::string>& patterns);

  // Leaves a directory out, after all patterns.
  void leaveOut(std::string directory) { directories_.insert(std::move(directory)); }
  // Whether the entry is left out. `is_parent_left_out`: whether its directory is.
  bool leavesOut(std::string_view path, bool is_parent_left_out) const;
  // Whether something inside a directory that is left out can be taken back in.
  bool canTakeBack() const { return can_take_back_; }

 private:
  struct Pattern {
    std::vector<std::string> names;  // between the slashes
    bool takes_back = false;
  };

  void add(std::string pattern);
  static bool matches(const Pattern& pattern, const std::vector<std::string>& names);

  std::vector<Pattern> patterns_;
  std::set<std::string, std::less<>> directories_;
  bool can_take_back_ = false;
  std::size_t added_ = 0;  // with those that are empty
};

}  // namespace ddblog::deploy
