#include "services/dynamodb/tables/continuous_backups.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "services/dynamodb/core/table_name.h"
#include "services/dynamodb/tables/table_extras.h"

namespace ddblog::dynamodb {

std::shared_ptr<const Table> backedUpTable(const Reader& reader, const Context& context, std::string_view name_or_arn) {
  auto table = context.catalog.find(reader, name_or_arn);
  if (!table) {
    throw ApiError("TableNotFoundException", "Table not found: " + std::string(tableNameOf(name_or_arn)));
  }
  return table;
}

std::string describeBackups(const Reader& reader, const Context& context, const Table& table) {
  // The last five minutes cannot be restored yet.
  constexpr std::chrono::minutes kLatest{5};
  const std::optional<Backups> backups = backupsOf(reader, table.id);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("ContinuousBackupsDescription").beginObject();
  json.key("ContinuousBackupsStatus").value("ENABLED");
  json.key("PointInTimeRecoveryDescription").beginObject();
  json.key("PointInTimeRecoveryStatus").value(backups ? "ENABLED" : "DISABLED");
  if (backups) {
    const Timestamp now = context.clock.now();
    const Timestamp earliest = std::max<Timestamp>(backups->enabled_at, now - std::chrono::hours(24) * backups->days);
    json.key("RecoveryPeriodInDays").value(backups->days);
    json.key("EarliestRestorableDateTime").value(toEpochSeconds(earliest));
    json.key("LatestRestorableDateTime").value(toEpochSeconds(std::max<Timestamp>(earliest, now - kLatest)));
  }
  json.endObject().endObject().endObject();
  return out;
}

}  // namespace ddblog::dynamodb
