#include "services/dynamodb/tables/table_json.h"

#include "services/dynamodb/changes/stored_streams.h"
#include "services/dynamodb/core/table_statistics.h"
#include "services/dynamodb/tables/throughput_request.h"

namespace ddblog::dynamodb {
namespace {

void writeAttributes(JsonWriter& json, const std::vector<KeyAttribute>& attributes) {
  json.beginArray();
  for (const KeyAttribute& attribute : attributes) {
    json.beginObject().key("AttributeName").value(attribute.name);
    json.key("AttributeType").value(typeName(attribute.type)).endObject();
  }
  json.endArray();
}

void writeThroughput(JsonWriter& json, const Throughput& throughput) {
  json.key("NumberOfDecreasesToday").value(0);
  json.key("ReadCapacityUnits").value(throughput.read).key("WriteCapacityUnits").value(throughput.write);
}

void writeTableThroughput(JsonWriter& json, const Table& table) {
  json.key("ProvisionedThroughput").beginObject();
  if (table.throughput_increased_at != Timestamp()) {
    json.key("LastIncreaseDateTime").value(toEpochSeconds(table.throughput_increased_at));
  }
  if (table.throughput_decreased_at != Timestamp()) {
    json.key("LastDecreaseDateTime").value(toEpochSeconds(table.throughput_decreased_at));
  }
  writeThroughput(json, table.throughput);
  json.endObject();
}

void writeBillingMode(JsonWriter& json, const Table& table, Described described) {
  if (table.billing_changed_at == Timestamp()) return;  // AWS describes it once the table has been on demand
  json.key("BillingModeSummary").beginObject();
  json.key("BillingMode").value(table.on_demand ? "PAY_PER_REQUEST" : "PROVISIONED");
  if (described == Described::kWhole) {
    json.key("LastUpdateToPayPerRequestDateTime").value(toEpochSeconds(table.billing_changed_at));
  }
  json.endObject();
}

void writeOnDemandThroughput(JsonWriter& json, const CapacityUnits& units) {
  if (units.empty()) return;
  json.key("OnDemandThroughput").beginObject();
  if (units.read) json.key("MaxReadRequestUnits").value(*units.read);
  if (units.write) json.key("MaxWriteRequestUnits").value(*units.write);
  json.endObject();
}

void writeWarmThroughput(JsonWriter& json, bool on_demand, const Throughput& throughput, const CapacityUnits& kept,
                         Described described) {
  if (described == Described::kCreated && kept.empty()) return;
  const Throughput warm = warmThroughputOf(on_demand, throughput, kept);
  json.key("WarmThroughput").beginObject().key("ReadUnitsPerSecond").value(warm.read);
  json.key("WriteUnitsPerSecond").value(warm.write).key("Status").value("ACTIVE").endObject();
}

void writeProjection(JsonWriter& json, const Index& index) {
  json.key("Projection").beginObject().key("ProjectionType");
  switch (index.projection) {
    case ProjectionType::kAll:
      json.value("ALL");
      break;
    case ProjectionType::kKeysOnly:
      json.value("KEYS_ONLY");
      break;
    case ProjectionType::kInclude:
      json.value("INCLUDE").key("NonKeyAttributes").beginArray();
      for (const std::string& name : index.non_key_attributes) json.value(name);
      json.endArray();
      break;
  }
  json.endObject();
}

void writeIndex(JsonWriter& json, const Reader& reader, const Table& table, const Index& index, Described described) {
  const TableStatistics statistics = statisticsOf(reader, table, index);
  json.beginObject().key("IndexName").value(index.name).key("KeySchema");
  writeKeySchema(json, index.key);
  writeProjection(json, index);
  if (index.global) {
    json.key("IndexStatus").value("ACTIVE").key("ProvisionedThroughput").beginObject();
    writeThroughput(json, index.throughput);
    json.endObject();
  }
  json.key("IndexSizeBytes").value(statistics.bytes).key("ItemCount").value(statistics.items);
  json.key("IndexArn").value(table.arn + "/index/" + index.name);
  writeOnDemandThroughput(json, index.on_demand_throughput);
  if (index.global) writeWarmThroughput(json, table.on_demand, index.throughput, index.warm_throughput, described);
  json.endObject();
}

void writeIndexes(JsonWriter& json, const Reader& reader, const Table& table, bool global, Described described) {
  bool begun = false;
  for (const Index& index : table.indexes) {
    if (index.global != global) continue;
    if (!begun) json.key(global ? "GlobalSecondaryIndexes" : "LocalSecondaryIndexes").beginArray();
    begun = true;
    writeIndex(json, reader, table, index, described);
  }
  if (begun) json.endArray();
}

void writeStream(JsonWriter& json, const Table& table) {
  if (table.stream) {
    json.key("StreamSpecification").beginObject().key("StreamEnabled").value(true);
    json.key("StreamViewType").value(streamViewName(*table.stream)).endObject();
  }
  if (table.latest_stream_label.empty()) return;
  json.key("LatestStreamLabel").value(table.latest_stream_label);
  json.key("LatestStreamArn").value(table.latest_stream_arn);
}

void writeTableClass(JsonWriter& json, const Table& table) {
  if (table.table_class.empty()) return;
  json.key("TableClassSummary").beginObject().key("TableClass").value(table.table_class);
  if (table.table_class_changed_at != Timestamp()) {
    json.key("LastUpdateDateTime").value(toEpochSeconds(table.table_class_changed_at));
  }
  json.endObject();
}

void writeTableDescription(JsonWriter& json, const Reader& reader, const Table& table, Described described) {
  const TableStatistics statistics = statisticsOf(reader, table);
  json.beginObject().key("AttributeDefinitions");
  writeAttributes(json, table.attribute_definitions);
  json.key("TableName").value(table.name).key("KeySchema");
  writeKeySchema(json, table.key);
  json.key("TableStatus").value("ACTIVE");
  json.key("CreationDateTime").value(toEpochSeconds(table.created_at));
  writeTableThroughput(json, table);
  json.key("TableSizeBytes").value(statistics.bytes).key("ItemCount").value(statistics.items);
  json.key("TableArn").value(table.arn).key("TableId").value(table.uuid);
  writeBillingMode(json, table, described);
  writeIndexes(json, reader, table, false, described);
  writeIndexes(json, reader, table, true, described);
  writeStream(json, table);
  if (!table.sse_specification.empty()) json.key("SSEDescription").raw(table.sse_specification);
  writeTableClass(json, table);
  json.key("DeletionProtectionEnabled").value(table.deletion_protection);
  writeOnDemandThroughput(json, table.on_demand_throughput);
  writeWarmThroughput(json, table.on_demand, table.throughput, table.warm_throughput, described);
  json.endObject();
}

}  // namespace

void writeKeySchema(JsonWriter& json, const KeySchema& key) {
  json.beginArray();
  for (const auto* attributes : {&key.hash, &key.range}) {
    for (const KeyAttribute& attribute : *attributes) {
      json.beginObject().key("AttributeName").value(attribute.name);
      json.key("KeyType").value(attributes == &key.hash ? "HASH" : "RANGE").endObject();
    }
  }
  json.endArray();
}

std::string tableAnswer(std::string_view member, const Reader& reader, const Table& table, Described described) {
  std::string out;
  JsonWriter json(out);
  json.beginObject().key(member);
  writeTableDescription(json, reader, table, described);
  json.endObject();
  return out;
}

void writeDeletedTable(JsonWriter& json, const Table& table) {
  json.beginObject().key("TableName").value(table.name).key("TableStatus").value("DELETING");
  writeTableThroughput(json, table);
  json.key("TableSizeBytes").value(0).key("ItemCount").value(0);
  json.key("TableArn").value(table.arn).key("TableId").value(table.uuid);
  writeBillingMode(json, table, Described::kWhole);
  if (!table.latest_stream_label.empty()) writeStream(json, table);
  if (!table.sse_specification.empty()) json.key("SSEDescription").raw(table.sse_specification);
  json.key("DeletionProtectionEnabled").value(false).endObject();
}

}  // namespace ddblog::dynamodb
