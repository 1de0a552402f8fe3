#include "deploy/local/provision_tables.h"

#include <map>
#include <optional>
#include <set>

#include "deploy/local/key_spaces.h"
#include "store/key_space.h"

namespace ddblog::deploy {

namespace {

constexpr const char* kElsewhere = ": use another template, or other data (--data, `dynamodb-log clean`)";

json::array listOf(const json::object& object, const char* name) {
  const json::value* found = object.if_contains(name);
  return found && found->is_array() ? found->get_array() : json::array();
}

std::map<std::string, std::string> attributeTypes(const json::object& table) {
  std::map<std::string, std::string> types;
  for (const json::value& definition : listOf(table, "AttributeDefinitions")) {
    if (!definition.is_object()) continue;
    types[textOf(definition.get_object(), "AttributeName")] = textOf(definition.get_object(), "AttributeType");
  }
  return types;
}

// A table's key or an index, for comparison: attributes, roles, types, projection.
struct Shape {
  std::vector<std::string> key;
  std::string projection;
  std::set<std::string> non_key_attributes;
  bool operator==(const Shape&) const = default;
};

Shape shapeOf(const json::object& keyed, const std::map<std::string, std::string>& types) {
  Shape shape;
  for (const json::value& element : listOf(keyed, "KeySchema")) {
    if (!element.is_object()) continue;
    const std::string name = textOf(element.get_object(), "AttributeName");
    const auto type = types.find(name);
    shape.key.push_back(textOf(element.get_object(), "KeyType") + " " + (type == types.end() ? "?" : type->second) +
                        " " + name);
  }
  if (const json::object* projection = objectOf(keyed, "Projection")) {
    shape.projection = textOf(*projection, "ProjectionType");
    for (const json::value& attribute : listOf(*projection, "NonKeyAttributes")) {
      if (attribute.is_string()) shape.non_key_attributes.emplace(attribute.get_string());
    }
  }
  return shape;
}

std::map<std::string, Shape> indexShapes(const json::object& table, const char* kind) {
  const auto types = attributeTypes(table);
  std::map<std::string, Shape> shapes;
  for (const json::value& index : listOf(table, kind)) {
    if (index.is_object()) shapes[textOf(index.get_object(), "IndexName")] = shapeOf(index.get_object(), types);
  }
  return shapes;
}

// The indexes of a table that the last template declared: kApplication text("") text(table)
// text(index). No bus has an empty name, so these are not among the rules (provision.cc).
std::string declaredPrefix(const std::string& table) {
  return KeyBuilder(key_spaces::kApplication).text("").text(table).str();
}

std::set<std::string> formerIndexes(const Store& store, const std::string& table) {
  const std::string prefix = declaredPrefix(table);
  const auto snapshot = store.snapshot();
  std::set<std::string> names;
  for (auto cursor = snapshot->cursor(prefix, endOfPrefix(prefix)); cursor->valid(); cursor->next()) {
    KeyParser parser(cursor->key());
    parser.text();
    parser.text();
    names.insert(parser.text());
  }
  return names;
}

void rememberIndexes(Store& store, const std::string& table, const std::map<std::string, Shape>& declared) {
  std::set<std::string> names;
  for (const auto& [name, shape] : declared) names.insert(name);
  const std::set<std::string> former = formerIndexes(store, table);
  if (former == names) return;
  const auto key = [&](const std::string& name) {
    return KeyBuilder(key_spaces::kApplication).text("").text(table).text(name).str();
  };
  store.writeAndWait([&](Transaction& transaction) {
    for (const std::string& name : former) transaction.erase(key(name));
    for (const std::string& name : names) transaction.put(key(name), "");
  });
}

// Changes a table that exists already.
class Reconciliation {
 public:
  Reconciliation(const rpc::JsonApi& dynamodb, const json::object& declared, std::string name, Refusals& refusals)
      : dynamodb_(dynamodb),
        refusals_(refusals),
        declared_(declared),
        name_(std::move(name)),
        actual_(call(dynamodb, "DescribeTable", {{"TableName", name_}}).at("Table").as_object()) {}

  void run(const std::set<std::string>& former_indexes) {
    checkKeys();
    changeIndexes(former_indexes);
    changeStream();
  }

 private:
  void update(json::object change) {
    change["TableName"] = name_;
    provision(refusals_, dynamodb_, "UpdateTable", change, "table " + name_);
  }

  void checkKeys() const {
    const Shape declared = shapeOf(declared_, attributeTypes(declared_));
    const Shape actual = shapeOf(actual_, attributeTypes(actual_));
    if (declared.key != actual.key) {
      throw ProvisionError("the table " + name_ + " exists with another key schema" + kElsewhere);
    }
    if (indexShapes(declared_, "LocalSecondaryIndexes") != indexShapes(actual_, "LocalSecondaryIndexes")) {
      throw ProvisionError("the table " + name_ +
                           " exists with other local secondary indexes, which cannot be changed" + kElsewhere);
    }
  }

  // DynamoDB takes one new or deleted index a call. Deletions come first: a new index may give their
  // attributes another type.
  void changeIndexes(const std::set<std::string>& former_indexes) {
    const auto declared = indexShapes(declared_, "GlobalSecondaryIndexes");
    const auto actual = indexShapes(actual_, "GlobalSecondaryIndexes");
    for (const auto& [name, shape] : actual) {
      const auto wanted = declared.find(name);
      const bool goes = wanted == declared.end() ? former_indexes.contains(name) : wanted->second != shape;
      if (goes) {
        update({{"GlobalSecondaryIndexUpdates", {json::object{{"Delete", json::object{{"IndexName", name}}}}}}});
      }
    }
    for (const json::value& value : listOf(declared_, "GlobalSecondaryIndexes")) {
      if (!value.is_object()) continue;
      const json::object& index = value.get_object();
      const std::string name = textOf(index, "IndexName");
      const auto found = actual.find(name);
      if (found == actual.end() || found->second != declared.at(name)) createIndex(index);
    }
  }

  void createIndex(const json::object& index) {
    std::set<std::string> used;
    for (const json::value& element : listOf(index, "KeySchema")) {
      if (element.is_object()) used.insert(textOf(element.get_object(), "AttributeName"));
    }
    json::array definitions;
    for (const json::value& definition : listOf(declared_, "AttributeDefinitions")) {
      if (definition.is_object() && used.contains(textOf(definition.get_object(), "AttributeName"))) {
        definitions.push_back(definition);
      }
    }
    update({{"AttributeDefinitions", std::move(definitions)},
            {"GlobalSecondaryIndexUpdates", {json::object{{"Create", index}}}}});
  }

  // A stream that the template does not declare (any more) stays unchanged.
  void changeStream() {
    const json::object* wanted = objectOf(declared_, "StreamSpecification");
    if (!wanted) return;
    const json::object* actual = objectOf(actual_, "StreamSpecification");
    const json::value* enabled = wanted->if_contains("StreamEnabled");
    const bool is_wanted = enabled && enabled->is_bool() && enabled->get_bool();
    if (actual && is_wanted && textOf(*actual, "StreamViewType") == textOf(*wanted, "StreamViewType")) return;
    if (actual) update({{"StreamSpecification", {{"StreamEnabled", false}}}});
    if (is_wanted) update({{"StreamSpecification", *wanted}});
  }

  const rpc::JsonApi& dynamodb_;
  Refusals& refusals_;
  const json::object& declared_;
  const std::string name_;
  const json::object actual_;
};

void provisionTimeToLive(Refusals& refusals, const rpc::JsonApi& dynamodb, const json::object& update,
                         const std::string& name) {
  const json::object described = call(dynamodb, "DescribeTimeToLive", {{"TableName", name}});
  const json::object& description = described.at("TimeToLiveDescription").as_object();
  const json::object* wanted = objectOf(update, "TimeToLiveSpecification");
  const json::value* enabled = wanted ? wanted->if_contains("Enabled") : nullptr;
  if (enabled && enabled->is_bool()) {
    const bool is_on = textOf(description, "TimeToLiveStatus") == "ENABLED";
    const std::string attribute = textOf(description, "AttributeName");
    const bool is_same = attribute == textOf(*wanted, "AttributeName");
    if (enabled->get_bool() == is_on && (is_same || !is_on)) return;
    if (is_on) {
      const json::object off{{"Enabled", false}, {"AttributeName", attribute}};
      provision(refusals, dynamodb, "UpdateTimeToLive", {{"TableName", name}, {"TimeToLiveSpecification", off}},
                "table " + name);
      if (!enabled->get_bool()) return;
    }
  }
  provision(refusals, dynamodb, "UpdateTimeToLive", update, "table " + name);
}

}  // namespace

std::set<std::string> provisionTables(const templates::App& app, const rpc::JsonApi& dynamodb, Store& store,
                                      Refusals& refusals) {
  Calls calls(refusals);
  for (const templates::App::Table& table : app.tables) {
    calls.start(dynamodb, "CreateTable", table.create_table, "table " + textOf(table.create_table, "TableName"),
                "ResourceInUseException");
  }
  const std::vector<Provisioned> created = calls.finish();
  std::set<std::string> names;  // of those that are new
  for (std::size_t i = 0; i < app.tables.size(); ++i) {
    if (created[i] == Provisioned::kRefused) continue;
    const templates::App::Table& table = app.tables[i];
    const std::string name = textOf(table.create_table, "TableName");
    try {
      if (created[i] == Provisioned::kDone) {
        names.insert(name);
      } else {
        Reconciliation(dynamodb, table.create_table, name, refusals).run(formerIndexes(store, name));
      }
      rememberIndexes(store, name, indexShapes(table.create_table, "GlobalSecondaryIndexes"));
      if (table.update_time_to_live) provisionTimeToLive(refusals, dynamodb, *table.update_time_to_live, name);
    } catch (const ProvisionError& e) {
      refusals.add(e);
    }
  }
  return names;
}

}  // namespace ddblog::deploy
