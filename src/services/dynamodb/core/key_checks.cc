#include "services/dynamodb/core/key_checks.h"

#include <functional>
#include <optional>
#include <string>

#include "base/api_error.h"
#include "item/limits.h"
#include "services/dynamodb/core/refusals.h"

namespace ddblog::dynamodb {
namespace {

using Type = AttributeValue::Type;

std::size_t keyBytes(const AttributeValue& value) {
  if (const auto* text = value.getIf<std::string>()) return text->size();
  if (const auto* binary = value.getIf<AttributeValue::Binary>()) return binary->bytes.size();
  return 1;  // numbers always fit
}

// "string" or "binary" if the value is an empty one; otherwise std::nullopt.
std::optional<std::string> emptyKind(const AttributeValue& value) {
  if (keyBytes(value) > 0) return std::nullopt;
  return value.type() == Type::kString ? "string" : "binary";
}

void checkKeySize(const std::vector<KeyAttribute>& attributes, const Item& item, bool hash) {
  std::size_t bytes = 0;
  for (const KeyAttribute& attribute : attributes) {
    auto found = item.find(attribute.name);
    if (found != item.end() && attribute.type != Type::kNumber) bytes += keyBytes(found->second);
  }
  if (hash && bytes > limits::kPartitionKeyBytes) {
    throw invalidParameters("Size of hashkey has exceeded the maximum size limit of2048 bytes");
  }
  if (!hash && bytes > limits::kSortKeyBytes) {
    throw invalidParameters("Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
  }
}

void checkKeyValue(const KeyAttribute& attribute, const AttributeValue& value) {
  if (auto empty = emptyKind(value)) {
    throw EmptyKeyValue(
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty " +
        *empty + " value. Key: " + attribute.name);
  }
}

// Visits the key attributes of all indexes in the order in which DynamoDB reports errors: global
// indexes, then local ones, each from last to first.
void forEachIndexKey(const Table& table,
                     const std::function<void(const Index&, const KeyAttribute&, bool hash)>& visit) {
  for (bool global : {true, false}) {
    for (auto index = table.indexes.rbegin(); index != table.indexes.rend(); ++index) {
      if (index->global != global) continue;
      if (global) {
        for (const KeyAttribute& attribute : index->key.hash) visit(*index, attribute, true);
      }
      for (const KeyAttribute& attribute : index->key.range) visit(*index, attribute, false);
    }
  }
}

ApiError indexTypeMismatch(const Index& index, const KeyAttribute& attribute, Type actual) {
  return invalidParameters("Type mismatch for Index Key " + attribute.name +
                           " Expected: " + std::string(typeName(attribute.type)) +
                           " Actual: " + std::string(typeName(actual)) + " IndexName: " + index.name);
}

void checkIndexKeySizes(const Table& table, const Item& item) {
  for (const Index& index : table.indexes) {
    checkKeySize(index.key.hash, item, true);
    checkKeySize(index.key.range, item, false);
  }
}

void checkIndexKeys(const Table& table, const Item& item) {
  if (table.indexes.empty()) return;
  forEachIndexKey(table, [&](const Index& index, const KeyAttribute& attribute, bool) {
    auto found = item.find(attribute.name);
    if (found == item.end()) return;
    if (found->second.type() != attribute.type) throw indexTypeMismatch(index, attribute, found->second.type());
    if (auto empty = emptyKind(found->second)) {
      throw EmptyKeyValue(
          "One or more parameter values are not valid. A value specified for a secondary index key is not supported. "
          "The AttributeValue for a key attribute cannot contain an empty " +
          *empty + " value. IndexName: " + index.name + ", IndexKey: " + attribute.name);
    }
  });
  checkIndexKeySizes(table, item);
}

// The type that an action gives its path, if it does not depend on the item.
std::optional<Type> typeGiven(const UpdateAction& action) {
  if (action.kind == UpdateAction::Kind::kAdd || action.kind == UpdateAction::Kind::kDelete)
    return action.value->type();
  if (action.kind != UpdateAction::Kind::kSet) return std::nullopt;
  switch (action.set.kind) {
    case SetValue::Kind::kValue:
      return action.set.value->type();
    case SetValue::Kind::kPlus:
    case SetValue::Kind::kMinus:
      return Type::kNumber;
    case SetValue::Kind::kListAppend:
      return Type::kList;
    default:
      return std::nullopt;
  }
}

void checkPath(const Table& table, const DocumentPath& path) {
  if (path.steps.empty()) return;
  const std::string words =
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ";
  for (const auto* part : {&table.key.hash, &table.key.range}) {
    for (const KeyAttribute& attribute : *part) {
      if (attribute.name == path.attribute) throw validationError(words + "Key: " + attribute.name);
    }
  }
  forEachIndexKey(table, [&](const Index&, const KeyAttribute& attribute, bool) {
    if (attribute.name == path.attribute) throw validationError(words + "IndexKey: " + attribute.name);
  });
}

void checkPaths(const Table& table, const SetValue& value) {
  if (value.kind == SetValue::Kind::kPath || value.kind == SetValue::Kind::kIfNotExists) checkPath(table, value.path);
  for (const SetValue& operand : value.operands) checkPaths(table, operand);
}

}  // namespace

bool hasKey(const Table& table, const Item& item) {
  for (const auto* part : {&table.key.hash, &table.key.range}) {
    for (const KeyAttribute& attribute : *part) {
      const auto found = item.find(attribute.name);
      if (found == item.end() || found->second.type() != attribute.type) return false;
    }
  }
  return true;
}

bool hasKeyOfOtherType(const Table& table, const Item& item) {
  for (const auto* part : {&table.key.hash, &table.key.range}) {
    for (const KeyAttribute& attribute : *part) {
      const auto found = item.find(attribute.name);
      if (found != item.end() && found->second.type() != attribute.type) return true;
    }
  }
  return false;
}

void checkKey(const Table& table, const Item& key) {
  if (key.size() != table.key.hash.size() + table.key.range.size()) throw keyMismatch();
  for (const auto* part : {&table.key.hash, &table.key.range}) {
    for (const KeyAttribute& attribute : *part) {
      auto found = key.find(attribute.name);
      if (found == key.end() || found->second.type() != attribute.type) throw keyMismatch();
      checkKeyValue(attribute, found->second);
    }
    checkKeySize(*part, key, part == &table.key.hash);
  }
}

void checkItem(const Table& table, const Item& item) {
  for (const auto* part : {&table.key.hash, &table.key.range}) {
    for (const KeyAttribute& attribute : *part) {
      auto found = item.find(attribute.name);
      if (found == item.end()) throw invalidParameters("Missing the key " + attribute.name + " in the item");
      if (found->second.type() != attribute.type) {
        throw invalidParameters("Type mismatch for key " + attribute.name +
                                " expected: " + std::string(typeName(attribute.type)) +
                                " actual: " + std::string(typeName(found->second.type())));
      }
      checkKeyValue(attribute, found->second);
    }
    checkKeySize(*part, item, part == &table.key.hash);
  }
  checkIndexKeys(table, item);
}

void checkUpdatedIndexKeys(const Table& table, const Item& item) {
  if (table.indexes.empty()) return;
  forEachIndexKey(table, [&](const Index&, const KeyAttribute& attribute, bool) {
    auto found = item.find(attribute.name);
    if (found == item.end()) return;
    if (found->second.type() != attribute.type) {
      throw validationError("The update expression attempted to update the secondary index key to unsupported type");
    }
    if (auto empty = emptyKind(found->second)) {
      throw EmptyKeyValue(
          "One or more parameter values are not valid. The update expression attempted to update a secondary index key "
          "to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty " +
          *empty + " value.");
    }
  });
  checkIndexKeySizes(table, item);
}

void checkUpdate(const Table& table, const Update& update) {
  for (const auto* part : {&table.key.hash, &table.key.range}) {
    for (const KeyAttribute& attribute : *part) {
      if (touches(update, attribute.name)) {
        throw invalidParameters("Cannot update attribute " + attribute.name + ". This attribute is part of the key");
      }
    }
  }
  if (!table.indexes.empty()) {
    forEachIndexKey(table, [&](const Index& index, const KeyAttribute& attribute, bool) {
      for (const UpdateAction& action : update.actions) {
        if (action.path.attribute != attribute.name || !action.path.steps.empty()) continue;
        const auto type = typeGiven(action);
        if (type && *type != attribute.type) throw indexTypeMismatch(index, attribute, *type);
      }
    });
  }
  for (const UpdateAction& action : update.actions) {
    checkPath(table, action.path);
    if (action.kind == UpdateAction::Kind::kSet) checkPaths(table, action.set);
  }
}

void checkPaths(const Table& table, const Condition& condition) {
  for (const Operand& operand : condition.operands) {
    if (const auto* path = std::get_if<DocumentPath>(&operand.what)) checkPath(table, *path);
    if (const auto* size = std::get_if<Operand::Size>(&operand.what)) checkPath(table, size->path);
  }
  for (const Condition& child : condition.children) checkPaths(table, child);
}

void checkPaths(const Table& table, const Projection& projection) {
  for (const DocumentPath& path : projection.paths) checkPath(table, path);
}

}  // namespace ddblog::dynamodb
