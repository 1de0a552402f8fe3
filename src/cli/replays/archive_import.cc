#include "cli/replays/archive_import.h"

#include <fstream>

#include "base/api_error.h"
#include "cli/replays/replay_targets.h"
#include "services/eventbridge/archive/archive_reader.h"

namespace ddblog::cli {

namespace {

constexpr std::string_view kSignature("SQLite format 3\0", 16);

}  // namespace

bool isArchive(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string beginning(kSignature.size(), '\0');
  in.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  return in && beginning == kSignature;
}

ArchiveImport::ArchiveImport(const std::filesystem::path& file)
    : file_(file), archive_(file, eventbridge::ArchiveFile::Access::kReadOnly) {}

std::uint64_t ArchiveImport::check(const table_files::ImportKeys& keys) const {
  std::uint64_t total = 0;
  read([&](const table_files::ImportRecord& record) {
    try {
      table_files::checkRecord(record, keys);
    } catch (const ApiError& e) {
      throw table_files::ImportUnusable(file_.string() + ": event " + std::to_string(total + 1) + ": " + e.message());
    }
    ++total;
  });
  return total;
}

void ArchiveImport::read(const std::function<void(table_files::ImportRecord)>& take) const {
  skipped_ = 0;
  eventbridge::ArchiveReader reader(archive_, {});
  reader.run([&](const std::vector<eventbridge::ArchivedEvent>& page) {
    for (const eventbridge::ArchivedEvent& event : page) {
      const std::string item = itemFromArchived(event);
      if (item.empty()) {
        ++skipped_;
      } else {
        take({true, parseJson(item).as_object()});
      }
    }
    return true;
  });
}

}  // namespace ddblog::cli
