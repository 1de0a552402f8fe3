#include "template/serverless/notes.h"

#include <algorithm>

namespace ddblog::templates::serverless {

namespace {

constexpr std::size_t kNotesOfGroup = 3;
constexpr std::size_t kFunctionsNamed = 5;

// "the functions a, b, c, d, e and 7 more"
std::string namesOf(const std::vector<std::string>& functions) {
  std::string names = "the functions ";
  const std::size_t named = std::min(functions.size(), kFunctionsNamed);
  for (std::size_t i = 0; i < named; ++i) names += (i > 0 ? ", " : "") + functions[i];
  if (named < functions.size()) names += " and " + std::to_string(functions.size() - named) + " more";
  return names;
}

}  // namespace

void Notes::add(const std::string& note) {
  if (said_.insert(note).second) notes_.push_back(note);
}

void Notes::addAbout(const std::string& function, const Place& place, const std::string& what,
                     const std::string& about_all) {
  Group& group = groups_[about_all];
  if (std::ranges::find(group.functions, function) == group.functions.end()) group.functions.push_back(function);
  if (group.functions.size() <= kNotesOfGroup) {
    if (group.notes.empty()) group.place = place.text();
    const std::size_t before = notes_.size();
    add(place, what);
    if (notes_.size() > before) group.notes.push_back(before);
    return;
  }
  for (const std::size_t note : group.notes) notes_[note].clear();
  if (!group.notes.empty()) notes_[group.notes[0]] = group.place + ": " + about_all + namesOf(group.functions);
}

std::vector<std::string> Notes::take() {
  std::erase(notes_, "");
  return std::move(notes_);
}

}  // namespace ddblog::templates::serverless
