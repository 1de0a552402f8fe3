// What a table is: the description that every operation looks things up in.
//
// An immutable value once it is in the catalog; operations hold it as std::shared_ptr<const Table>.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "item/attribute_value.h"

namespace ddblog::dynamodb {

// One attribute of a key, and the type it must have: kString, kNumber or kBinary.
struct KeyAttribute {
  std::string name;
  AttributeValue::Type type;
  bool operator==(const KeyAttribute&) const = default;
};

// A table has one hash attribute and at most one range attribute. A global index may have up to
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

// CapacityUnits of reading and of writing, each if it was asked for.
struct CapacityUnits {
  std::optional<std::int64_t> read;
  std::optional<std::int64_t> write;
  bool empty() const { return !read && !write; }
};

struct Index {
  std::uint32_t id = 0;  // never used again within the table
  std::string name;
  bool global = true;
  KeySchema key;
  ProjectionType projection = ProjectionType::kAll;
  std::vector<std::string> non_key_attributes;  // with kInclude
  Throughput throughput;
  CapacityUnits on_demand_throughput;
  CapacityUnits warm_throughput;  // what was asked for or had before; empty: what the billing mode gives
};

enum class StreamView { kKeysOnly, kNewImage, kOldImage, kNewAndOldImages };

struct Table {
  std::uint64_t id = 0;  // of its keys in the store: never used again, so a deleted table's rest is never seen
  std::string name;
  std::string arn;
  std::string uuid;  // TableId
  KeySchema key;
  std::vector<KeyAttribute> attribute_definitions;  // in the order they were given
  std::vector<Index> indexes;                       // global and local
  bool on_demand = true;
  Throughput throughput;
  Timestamp created_at;
  std::optional<StreamView> stream;  // while it is on
  std::string latest_stream_label;   // empty: there never was one
  std::string latest_stream_arn;
  std::string ttl_attribute;  // empty: no TTL
  bool deletion_protection = false;
  std::string table_class;        // empty: STANDARD, never set
  std::string sse_specification;  // the JSON of SSEDescription as it is given back; empty: none
  Timestamp billing_changed_at;   // the last change to on-demand; the epoch: never
  CapacityUnits on_demand_throughput;
  CapacityUnits warm_throughput;     // what was asked for or had before; empty: what the billing mode gives
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
