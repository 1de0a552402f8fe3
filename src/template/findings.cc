#include "template/findings.h"

#include <algorithm>
#include <tuple>

namespace ddblog::templates {

std::uint32_t Findings::addFile(std::string name) {
  files_.push_back(std::move(name));
  return static_cast<std::uint32_t>(files_.size() - 1);
}

void Findings::add(Finding::Kind kind, Place place, std::string text) {
  if (kind == Finding::Kind::kNote && !said_.insert(at(place) + text).second) return;
  all_.push_back({kind, place, std::move(text)});
}

void Findings::withdrawRuns(Place place, const std::string& what) {
  std::erase_if(all_, [&](const Finding& finding) {
    return finding.kind == Finding::Kind::kRuns && finding.place.line == place.line &&
           finding.place.file == place.file && finding.text == what;
  });
}

std::vector<Finding> Findings::sorted() const {
  std::vector<Finding> all = all_;
  std::ranges::stable_sort(all, {},
                           [](const Finding& finding) { return std::tuple(finding.place.file, finding.place.line); });
  return all;
}

std::string Findings::at(Place place) const {
  return file(place) + (place.line > 0 ? ":" + std::to_string(place.line) : "") + ": ";
}

std::string Findings::file(Place place) const { return place.file < files_.size() ? files_[place.file] : "template"; }

}  // namespace ddblog::templates
