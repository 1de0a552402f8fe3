// Reads archived events again, page by page, for `dynamodb-log replay`.
//
// Events come oldest first. Paging is by key, so a replay of any size needs the memory of one page
// and may run while the archive grows (it includes events that are archived meanwhile, if they are
// in the range).
//
// Thread safety: an ArchiveReader belongs to one thread; the ArchiveFile may be in use elsewhere.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "services/eventbridge/archive/archive_file.h"
#include "services/eventbridge/archive/limits.h"

namespace ddblog::eventbridge {

class ArchiveReader {
 public:
  ArchiveReader(const ArchiveFile& file, ArchiveQuery query, std::size_t page_size = limits::kReplayPage)
      : file_(file), query_(std::move(query)), page_size_(page_size) {}

  // The current number of events in the range.
  std::uint64_t total() const { return file_.count(query_); }

  // The next events; empty: there are no more. Throws ArchiveFailed.
  std::vector<ArchivedEvent> next();

  // Passes all events, page by page, to `take` until it returns false. Returns how many it passed.
  std::uint64_t run(const std::function<bool(std::vector<ArchivedEvent>)>& take);

 private:
  const ArchiveFile& file_;
  const ArchiveQuery query_;
  const std::size_t page_size_;
  std::optional<ArchivePosition> position_;
};

}  // namespace ddblog::eventbridge
