#include "services/dynamodb/absent_features.h"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "rpc/request_reader.h"
#include "rpc/synchronous.h"
#include "services/dynamodb/core/table_name.h"
#include "services/dynamodb/tables/continuous_backups.h"
#include "services/dynamodb/tables/table_extras.h"
#include "services/dynamodb/tables/table_request.h"

namespace ddblog::dynamodb {
namespace {

constexpr std::size_t kShortestArn = 37;  // of streams and bulk operations, from the API model

struct Call {
  rpc::RequestReader& request;
  rpc::ObjectReader& fields;
  Context& context;
  const Reader& reader;
};

using Answer = std::string (*)(const Call&);

rpc::Handler handlerOf(Context& context, Answer answer) {
  return rpc::synchronous([&context, answer](const rpc::Request& request) {
    rpc::RequestReader reader(request);
    return answer({reader, reader.fields(), context, *context.store.snapshot()});
  });
}

ApiError unavailable(const std::string& what) { return validationError(what + " not available here"); }

std::string emptyList(const char* list) {
  std::string out;
  JsonWriter json(out);
  json.beginObject().key(list).beginArray().endArray().endObject();
  return out;
}

// --- Lists that are always empty ---

struct EmptyList {
  const char* operation;
  const char* list;   // the response's member
  const char* limit;  // the field that limits the page size
  std::int64_t most;  // its maximum
};

constexpr EmptyList kEmptyLists[] = {
    {"ListBulkOperations", "BulkOperationsSummaryList", "MaxResults", 25},
    {"ListExports", "ExportSummaries", "MaxResults", 25},
    {"ListGlobalTables", "GlobalTables", "Limit", std::numeric_limits<std::int64_t>::max()},
    {"ListImports", "ImportSummaryList", "PageSize", 25},
};

rpc::Handler handlerOf(const EmptyList& empty) {
  return rpc::synchronous([&empty](const rpc::Request& request) {
    rpc::RequestReader reader(request);
    reader.fields().integer(empty.limit, {.min = 1, .max = empty.most});
    reader.finish();
    return emptyList(empty.list);
  });
}

// --- Backups, exports, imports ---

std::string listBackups(const Call& call) {
  if (call.fields.has("TableName")) readTableName(call.fields, call.context);
  call.fields.integer("Limit", {.min = 1, .max = 100});
  call.fields.string("BackupType", {.one_of = {"USER", "SYSTEM", "AWS_BACKUP", "ALL"}});
  call.request.finish();
  return emptyList("BackupSummaries");
}

std::string readArnOf(const Call& call, const char* field, const char* what) {
  const std::string arn = call.fields.string(field, {.required = true, .max = kLongestTableArn}).value_or("");
  call.request.finish();
  if (!isArn(arn)) throw validationError(std::string("Invalid ") + what + " ARN");
  return arn;
}

std::string noBackup(const Call& call) {
  throw ApiError("BackupNotFoundException", "Backup not found: " + readArnOf(call, "BackupArn", "Backup"));
}

std::string noExport(const Call& call) {
  throw ApiError("ExportNotFoundException", "Export not found: " + readArnOf(call, "ExportArn", "Export"));
}

std::string noImport(const Call& call) {
  throw ApiError("ImportNotFoundException", "Import not found: " + readArnOf(call, "ImportArn", "Import"));
}

std::string createBackup(const Call& call) {
  const std::string table = readTableName(call.fields, call.context);
  call.fields.string("BackupName",
                     {.required = true, .min = kShortestName, .max = kLongestName, .pattern = kNamePattern});
  call.request.finish();
  backedUpTable(call.reader, call.context, table);
  throw unavailable("Backups are");
}

std::string restoreToTime(const Call& call) {
  const std::string source = call.fields.string("SourceTableName").value_or("");
  call.request.finish();
  if (!source.empty()) backedUpTable(call.reader, call.context, source);
  throw unavailable("Restoring tables is");
}

std::string exportTable(const Call& call) {
  call.fields.string("TableArn", {.required = true});
  call.fields.string("S3Bucket", {.required = true});
  call.request.finish();
  throw unavailable("Exports to S3 are");
}

std::string importTable(const Call& call) {
  call.request.finish();
  throw unavailable("Imports from S3 are");
}

std::string noBulkOperation(const Call& call) {
  const auto arn =
      call.fields.string("BulkOperationArn", {.required = true, .min = kShortestArn, .max = kLongestTableArn});
  call.request.finish();
  throw resourceNotFound("Requested resource not found: Bulk operation: " + *arn + " not found");
}

std::string startBulkPut(const Call& call) {
  const std::string name = readTableName(call.fields, call.context);
  call.fields.object("InputS3Configuration", true);
  call.fields.object("OutputS3Configuration", true);
  call.request.finish();
  describedTable(call.reader, call.context, name);
  throw unavailable("Bulk operations through S3 are");
}

// --- Vector indexes ---

std::string searchVectors(const Call& call) {
  const std::string name = readTableName(call.fields, call.context);
  const std::string index_name = readIndexName(call.fields);
  call.request.finish();
  call.context.catalog.get(call.reader, name);
  throw validationError("The table does not have the specified index: " + index_name);
}

// --- Global tables ---

std::string noSuchGlobalTable(const Call& call) {
  const std::string name = call.fields.string("GlobalTableName", {.required = true}).value_or("");
  call.request.finish();
  if (!hasNameLength(name)) {
    throw validationError("TableName must be at least 3 characters long and at most 255 characters long");
  }
  return "Global table with name: '" + name + "' does not exist.";
}

std::string noGlobalTable(const Call& call) {
  throw ApiError("GlobalTableNotFoundException", "Global table not found: " + noSuchGlobalTable(call));
}

std::string noGlobalTableSettings(const Call& call) {
  throw ApiError("GlobalTableNotFoundException", noSuchGlobalTable(call));
}

std::string legacyGlobalTables(const Call& call) {
  call.fields.string("GlobalTableName", {.required = true});
  call.request.finish();
  throw validationError(
      "One or more parameter values were invalid: DynamoDB global tables version 2017.11.29 is not supported. We "
      "recommend using DynamoDB global tables version 2019.11.21, instead of version 2017.11.29 (Legacy).");
}

std::string noReplicas(const Call& call) {
  const std::string name(tableNameOf(readTableName(call.fields, call.context)));
  call.request.finish();
  throw resourceNotFound("Global table with name: '" + name + "' does not exist.");
}

// --- Kinesis destinations ---

std::string describeKinesis(const Call& call) {
  const std::string name = readTableName(call.fields, call.context);
  call.request.finish();
  const auto table = describedTable(call.reader, call.context, name);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("TableName").value(table->name).key("KinesisDataStreamDestinations");
  json.beginArray().endArray().endObject();
  return out;
}

void readDestination(const Call& call) {
  const std::string name = readTableName(call.fields, call.context);
  call.fields.string("StreamArn", {.required = true, .min = kShortestArn, .max = kLongestTableArn});
  call.request.finish();
  describedTable(call.reader, call.context, name);
}

std::string enableKinesis(const Call& call) {
  readDestination(call);
  throw unavailable("Kinesis data streams are");
}

std::string disableKinesis(const Call& call) {
  readDestination(call);
  throw validationError(
      "Table is not in a valid state to enable Kinesis Streaming Destination: KinesisStreamingDestination must be "
      "ACTIVE to perform DISABLE operation.");
}

// --- Contributor insights ---

std::string listInsights(const Call& call) {
  std::string name;
  if (call.fields.has("TableName")) name = readTableName(call.fields, call.context);
  call.fields.integer("MaxResults", {.max = 100});
  call.request.finish();
  if (!name.empty()) describedTable(call.reader, call.context, name);
  return emptyList("ContributorInsightsSummaries");
}

std::string insightsOf(const Call& call, bool updating) {
  const std::string name = readTableName(call.fields, call.context);
  std::optional<std::string> action;
  if (updating) {
    action = call.fields.string("ContributorInsightsAction", {.required = true, .one_of = {"ENABLE", "DISABLE"}});
  }
  const auto index_name = call.fields.string("IndexName");
  call.request.finish();
  if (index_name && !hasNameLength(*index_name)) {
    throw validationError("IndexName must be at least 3 characters long and at most 255 characters long");
  }
  const auto table = describedTable(call.reader, call.context, name);
  const Index* index = index_name ? table->findIndex(*index_name) : nullptr;
  if (index_name && !(index && index->global)) {
    throw resourceNotFound("Requested resource not found: Index: " + *index_name +
                           " not found for table: " + table->name);
  }
  if (action == "ENABLE") throw unavailable("Contributor insights are");
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("TableName").value(table->name);
  if (index_name) json.key("IndexName").value(*index_name);
  json.key("ContributorInsightsStatus").value("DISABLED").endObject();
  return out;
}

std::string describeInsights(const Call& call) { return insightsOf(call, false); }
std::string updateInsights(const Call& call) { return insightsOf(call, true); }

}  // namespace

void addAbsentFeatures(rpc::JsonApi& service, Context& context) {
  constexpr std::pair<const char*, Answer> kOperations[] = {
      {"CreateBackup", createBackup},
      {"DeleteBackup", noBackup},
      {"DescribeBackup", noBackup},
      {"ListBackups", listBackups},
      {"RestoreTableFromBackup", noBackup},
      {"RestoreTableToPointInTime", restoreToTime},
      {"ExportTableToPointInTime", exportTable},
      {"DescribeExport", noExport},
      {"ImportTable", importTable},
      {"DescribeImport", noImport},
      {"DescribeBulkOperation", noBulkOperation},
      {"CancelBulkOperation", noBulkOperation},
      {"StartBulkPutItems", startBulkPut},
      {"SearchVectors", searchVectors},
      {"CreateGlobalTable", legacyGlobalTables},
      {"UpdateGlobalTable", legacyGlobalTables},
      {"DescribeGlobalTable", noGlobalTable},
      {"DescribeGlobalTableSettings", noGlobalTableSettings},
      {"UpdateGlobalTableSettings", noGlobalTableSettings},
      {"DescribeTableReplicaAutoScaling", noReplicas},
      {"UpdateTableReplicaAutoScaling", noReplicas},
      {"EnableKinesisStreamingDestination", enableKinesis},
      {"UpdateKinesisStreamingDestination", enableKinesis},
      {"DisableKinesisStreamingDestination", disableKinesis},
      {"DescribeKinesisStreamingDestination", describeKinesis},
      {"DescribeContributorInsights", describeInsights},
      {"ListContributorInsights", listInsights},
      {"UpdateContributorInsights", updateInsights},
  };
  for (const auto& [name, answer] : kOperations) service.add(name, handlerOf(context, answer));
  for (const EmptyList& empty : kEmptyLists) service.add(empty.operation, handlerOf(empty));
}

}  // namespace ddblog::dynamodb
