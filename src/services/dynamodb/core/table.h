// A table's description, which every operation reads.
//
// Immutable once it is in the catalog; operations hold it as std::shared_ptr<const Table>.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "item/attribute_value.h"

namespace ddblog::dynamodb {

// A key attribute and its required type: kString, kNumber or kBinary.
struct KeyAttribute {
  std::string name;
  AttributeValue::Type type;
  bool operator==(const KeyAttribute&) const = default;
};

// A table has one hash attribute and at most one range attribute. A global index can have up to
// four of each.
struct KeySchema {
  std::vector<KeyAttribute> hash;
  std::vector<KeyAttribute> range;
};

enum class ProjectionType { kAll, kKeysOnly, kInclude };

struct Throughput {
  std::int64_t read = 0;
  std::int64_t write = 0;
};

// Read and write capacity units, each if the request gave it.
struct CapacityUnits {
  std::optional<std::int64_t> read;
  std::optional<std::int64_t> write;
  bool empty() const { return !read && !write; }
};

struct Index {
  std::uint32_t id = 0;  // never reused within the table
  std::string name;
  bool global = true;
  KeySchema key;
  ProjectionType projection = ProjectionType::kAll;
  std::vector<std::string> non_key_attributes;  // with kInclude
  Throughput throughput;
  CapacityUnits on_demand_throughput;
  CapacityUnits warm_throughput;  // as requested or kept from before; empty: the billing mode's default
};

enum class StreamView { kKeysOnly, kNewImage, kOldImage, kNewAndOldImages };

struct Table {
  std::uint64_t id = 0;  // part of its keys in the store; never reused, so remains of a deleted table are never seen
  std::string name;
  std::string arn;
  std::string uuid;  // TableId
  KeySchema key;
  std::vector<KeyAttribute> attribute_definitions;  // in the order of the request
  std::vector<Index> indexes;                       // global and local
  bool on_demand = true;
  Throughput throughput;
  Timestamp created_at;
  std::optional<StreamView> stream;  // set while the stream is enabled
  std::string latest_stream_label;   // empty: the table never had a stream
  std::string latest_stream_arn;
  std::string ttl_attribute;  // empty: no TTL
  bool deletion_protection = false;
  std::string table_class;        // empty: STANDARD, never set
  std::string sse_specification;  // SSEDescription as JSON, as responses show it; empty: none
  Timestamp billing_changed_at;   // last change to on-demand; the epoch: never
  CapacityUnits on_demand_throughput;
  CapacityUnits warm_throughput;     // as requested or kept from before; empty: the billing mode's default
  Timestamp table_class_changed_at;  // the epoch: never
  Timestamp throughput_increased_at;
  Timestamp throughput_decreased_at;
  std::uint32_t next_index_id = 1;
  Timestamp ttl_changed_at;  // the epoch: never

  const Index* findIndex(std::string_view index_name) const {
    for (const Index& index : indexes) {
      if (index.name == index_name) return &index;
    }
    return nullptr;
  }
};

}  // namespace ddblog::dynamodb
