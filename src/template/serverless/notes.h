// What is said about a service: lines such as "serverless.yml:12: the plugin x does nothing here".
//
// Thread safety: none; used while a template is read.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "template/serverless/tree.h"

namespace ddblog::templates::serverless {

// What was said already is not said again.
class Notes {
 public:
  void add(const std::string& note);
  void add(const Place& place, const std::string& what) { add(place.text() + ": " + what); }
  // The same about several functions: a note for each of up to three; of more, one note at the first place, which
  // is `about_all` and their names: "no file has the handlers of " and "the functions a, b, c, d".
  void addAbout(const std::string& function, const Place& place, const std::string& what, const std::string& about_all);
  std::vector<std::string> take();

 private:
  struct Group {
    std::vector<std::size_t> notes;  // their indexes
    std::vector<std::string> functions;
    std::string place;  // of the first
  };

  std::vector<std::string> notes_;  // empty: it became a part of another one
  std::set<std::string> said_;
  std::map<std::string, Group> groups_;  // by `about_all`
};

}  // namespace ddblog::templates::serverless
