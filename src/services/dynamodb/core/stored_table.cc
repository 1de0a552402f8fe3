#include "services/dynamodb/core/stored_table.h"

#include <boost/json/parse.hpp>
#include <stdexcept>

#include "base/json.h"
#include "base/json_fields.h"

namespace ddblog::dynamodb {
namespace {

constexpr char kVersion = 1;

std::int64_t toMilliseconds(Timestamp time) { return time.time_since_epoch().count(); }

AttributeValue::Type keyType(std::string_view name) {
  for (const auto type :
       {AttributeValue::Type::kString, AttributeValue::Type::kNumber, AttributeValue::Type::kBinary}) {
    if (typeName(type) == name) return type;
  }
  throw std::runtime_error("a stored table has a key attribute of no key type");
}

json::array encodeAttributes(const std::vector<KeyAttribute>& attributes) {
  json::array out;
  for (const KeyAttribute& attribute : attributes) {
    out.push_back(json::object{{"name", attribute.name}, {"type", typeName(attribute.type)}});
  }
  return out;
}

json::object encodeKey(const KeySchema& key) {
  return {{"hash", encodeAttributes(key.hash)}, {"range", encodeAttributes(key.range)}};
}

json::array encodeThroughput(const Throughput& throughput) { return {throughput.read, throughput.write}; }

// JSON text inside the JSON, with the members named as in requests: earlier versions stored the
// request's value unchanged (including 1.5 units).
constexpr std::string_view kOnDemandUnits[] = {"MaxReadRequestUnits", "MaxWriteRequestUnits"};
constexpr std::string_view kWarmUnits[] = {"ReadUnitsPerSecond", "WriteUnitsPerSecond"};

std::string encodeUnits(const CapacityUnits& units, const std::string_view (&names)[2]) {
  if (units.empty()) return {};
  json::object out;
  if (units.read) out[json::string_view(names[0].data(), names[0].size())] = *units.read;
  if (units.write) out[json::string_view(names[1].data(), names[1].size())] = *units.write;
  return json::serialize(out);
}

json::object encodeIndex(const Index& index) {
  json::object out{{"id", index.id},
                   {"name", index.name},
                   {"global", index.global},
                   {"key", encodeKey(index.key)},
                   {"projection", static_cast<int>(index.projection)},
                   {"throughput", encodeThroughput(index.throughput)},
                   {"onDemandThroughput", encodeUnits(index.on_demand_throughput, kOnDemandUnits)},
                   {"warmThroughput", encodeUnits(index.warm_throughput, kWarmUnits)}};
  json::array& names = out["nonKeyAttributes"].emplace_array();
  for (const std::string& name : index.non_key_attributes) names.emplace_back(name);
  return out;
}

// Members by name; a missing one has its default.
class Stored {
 public:
  explicit Stored(const json::value& value) : object_(value.as_object()) {}

  const json::value& operator[](std::string_view name) const {
    static const json::value kNull;
    const json::value* found = object_.if_contains(name);
    return found ? *found : kNull;
  }
  std::string text(std::string_view name) const {
    const json::value& value = (*this)[name];
    return value.is_string() ? std::string(value.get_string()) : std::string();
  }
  template <class Number>
  Number number(std::string_view name, Number otherwise = 0) const {
    const json::value& value = (*this)[name];
    return value.is_null() ? otherwise : value.to_number<Number>();
  }
  bool truth(std::string_view name) const {
    const json::value& value = (*this)[name];
    return value.is_bool() && value.get_bool();
  }
  Timestamp time(std::string_view name) const { return Timestamp(Duration(number<std::int64_t>(name))); }
  Throughput throughput(std::string_view name) const {
    const json::array& pair = (*this)[name].as_array();
    return {pair.at(0).to_number<std::int64_t>(), pair.at(1).to_number<std::int64_t>()};
  }
  CapacityUnits units(std::string_view name, const std::string_view (&names)[2]) const {
    const std::string encoded = text(name);
    if (encoded.empty()) return {};
    const json::value value = boost::json::parse(encoded);
    const auto number = [&](std::string_view member) -> std::optional<std::int64_t> {
      const json::value* found = memberOf(value.as_object(), member);
      if (!found || !found->is_number()) return std::nullopt;
      return found->is_double() ? static_cast<std::int64_t>(found->get_double()) : found->to_number<std::int64_t>();
    };
    return {number(names[0]), number(names[1])};
  }

 private:
  const json::object& object_;
};

std::vector<KeyAttribute> decodeAttributes(const json::value& value) {
  std::vector<KeyAttribute> out;
  for (const json::value& element : value.as_array()) {
    const Stored attribute(element);
    out.push_back({attribute.text("name"), keyType(attribute.text("type"))});
  }
  return out;
}

KeySchema decodeKey(const json::value& value) {
  const Stored key(value);
  return {decodeAttributes(key["hash"]), decodeAttributes(key["range"])};
}

Index decodeIndex(const json::value& value) {
  const Stored stored(value);
  Index index;
  index.id = stored.number<std::uint32_t>("id");
  index.name = stored.text("name");
  index.global = stored.truth("global");
  index.key = decodeKey(stored["key"]);
  index.projection = static_cast<ProjectionType>(stored.number<int>("projection"));
  for (const json::value& name : stored["nonKeyAttributes"].as_array()) {
    index.non_key_attributes.emplace_back(name.as_string());
  }
  index.throughput = stored.throughput("throughput");
  index.on_demand_throughput = stored.units("onDemandThroughput", kOnDemandUnits);
  index.warm_throughput = stored.units("warmThroughput", kWarmUnits);
  return index;
}

Table decodeMembers(const json::value& value) {
  const Stored stored(value);
  Table table;
  table.id = stored.number<std::uint64_t>("id");
  table.name = stored.text("name");
  table.arn = stored.text("arn");
  table.uuid = stored.text("uuid");
  table.key = decodeKey(stored["key"]);
  table.attribute_definitions = decodeAttributes(stored["attributeDefinitions"]);
  for (const json::value& index : stored["indexes"].as_array()) table.indexes.push_back(decodeIndex(index));
  table.on_demand = stored.truth("onDemand");
  table.throughput = stored.throughput("throughput");
  table.created_at = stored.time("createdAt");
  if (!stored["stream"].is_null()) table.stream = static_cast<StreamView>(stored.number<int>("stream"));
  table.latest_stream_label = stored.text("latestStreamLabel");
  table.latest_stream_arn = stored.text("latestStreamArn");
  table.ttl_attribute = stored.text("ttlAttribute");
  table.deletion_protection = stored.truth("deletionProtection");
  table.table_class = stored.text("tableClass");
  table.sse_specification = stored.text("sseSpecification");
  table.billing_changed_at = stored.time("billingChangedAt");
  table.on_demand_throughput = stored.units("onDemandThroughput", kOnDemandUnits);
  table.warm_throughput = stored.units("warmThroughput", kWarmUnits);
  table.table_class_changed_at = stored.time("tableClassChangedAt");
  table.throughput_increased_at = stored.time("throughputIncreasedAt");
  table.throughput_decreased_at = stored.time("throughputDecreasedAt");
  table.next_index_id = stored.number<std::uint32_t>("nextIndexId", 1);
  table.ttl_changed_at = stored.time("ttlChangedAt");
  return table;
}

}  // namespace

std::string encodeTable(const Table& table) {
  json::object out{{"id", table.id},
                   {"name", table.name},
                   {"arn", table.arn},
                   {"uuid", table.uuid},
                   {"key", encodeKey(table.key)},
                   {"attributeDefinitions", encodeAttributes(table.attribute_definitions)},
                   {"onDemand", table.on_demand},
                   {"throughput", encodeThroughput(table.throughput)},
                   {"createdAt", toMilliseconds(table.created_at)},
                   {"latestStreamLabel", table.latest_stream_label},
                   {"latestStreamArn", table.latest_stream_arn},
                   {"ttlAttribute", table.ttl_attribute},
                   {"deletionProtection", table.deletion_protection},
                   {"tableClass", table.table_class},
                   {"sseSpecification", table.sse_specification},
                   {"billingChangedAt", toMilliseconds(table.billing_changed_at)},
                   {"onDemandThroughput", encodeUnits(table.on_demand_throughput, kOnDemandUnits)},
                   {"warmThroughput", encodeUnits(table.warm_throughput, kWarmUnits)},
                   {"tableClassChangedAt", toMilliseconds(table.table_class_changed_at)},
                   {"throughputIncreasedAt", toMilliseconds(table.throughput_increased_at)},
                   {"throughputDecreasedAt", toMilliseconds(table.throughput_decreased_at)},
                   {"nextIndexId", table.next_index_id},
                   {"ttlChangedAt", toMilliseconds(table.ttl_changed_at)}};
  if (table.stream) out["stream"] = static_cast<int>(*table.stream);
  json::array& indexes = out["indexes"].emplace_array();
  for (const Index& index : table.indexes) indexes.push_back(encodeIndex(index));
  return kVersion + json::serialize(out);
}

Table decodeTable(std::string_view stored) {
  if (stored.empty() || stored[0] != kVersion) throw std::runtime_error("a stored table has an unknown format");
  try {
    return decodeMembers(boost::json::parse(stored.substr(1)));
  } catch (const std::exception& error) {
    throw std::runtime_error(std::string("a stored table cannot be read: ") + error.what());
  }
}

}  // namespace ddblog::dynamodb
