#include "services/eventbridge/archive/archive_reader.h"

namespace ddblog::eventbridge {

std::vector<ArchivedEvent> ArchiveReader::next() {
  ArchivePage page = file_.page(query_, position_, page_size_);
  position_ = page.end;
  return std::move(page.events);
}

std::uint64_t ArchiveReader::run(const std::function<bool(std::vector<ArchivedEvent>)>& take) {
  std::uint64_t given = 0;
  for (;;) {
    std::vector<ArchivedEvent> events = next();
    if (events.empty()) return given;
    given += events.size();
    if (!take(std::move(events))) return given;
  }
}

}  // namespace ddblog::eventbridge
