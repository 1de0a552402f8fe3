// What a reader says about a template, each with its place: what runs, what does not run and why,
// and what is wrong.
//
// Thread safety: none; used while a template is read.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "template/node.h"

namespace ddblog::templates {

struct Finding {
  enum class Kind { kRuns, kNote, kError };

  Kind kind;
  Place place;
  std::string text;
};

class Findings {
 public:
  // The number of a file, for Place::file.
  std::uint32_t addFile(std::string name);

  void runs(Place place, std::string what) { add(Finding::Kind::kRuns, place, std::move(what)); }
  // Takes back what runs() said.
  void withdrawRuns(Place place, const std::string& what);
  // What does not run, or not as it is written. The same note is kept once.
  void note(Place place, std::string what) { add(Finding::Kind::kNote, place, std::move(what)); }
  void error(Place place, std::string what) { add(Finding::Kind::kError, place, std::move(what)); }

  // In the order of their places; those without a place first.
  std::vector<Finding> sorted() const;
  // "template.yaml:12: " or "template.yaml: "
  std::string at(Place place) const;
  // The place's file: "template.yaml"
  std::string file(Place place) const;

 private:
  void add(Finding::Kind kind, Place place, std::string text);

  std::vector<std::string> files_;
  std::vector<Finding> all_;
  std::set<std::string> said_;  // lines of notes
};

}  // namespace ddblog::templates
