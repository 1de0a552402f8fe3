#include "services/dynamodb/items/legacy_updates.h"

#include "base/api_error.h"
#include "services/dynamodb/core/refusals.h"

namespace ddblog::dynamodb {
namespace {

using Type = AttributeValue::Type;

bool isSet(Type type) { return type == Type::kStringSet || type == Type::kNumberSet || type == Type::kBinarySet; }

void refuseType(const std::string& action_words, Type type) {
  throw invalidParameters(action_words + " is not supported for the type " + std::string(typeName(type)));
}

UpdateAction translate(const std::string& attribute, const std::string& action, AttributeValue value) {
  const DocumentPath path{attribute, {}};
  const Type type = value.type();
  if (action == "DELETE") {
    if (!isSet(type)) refuseType("DELETE action with value", type);
    return UpdateAction::deleteFrom(path, std::move(value));
  }
  if (action == "ADD") {
    if (!isSet(type) && type != Type::kNumber && type != Type::kList) refuseType("ADD action", type);
    return UpdateAction::add(path, std::move(value));
  }
  return UpdateAction::setTo(path, SetValue::of(std::move(value)));
}

}  // namespace

LegacyUpdates::LegacyUpdates(rpc::ObjectReader& fields) {
  auto members = fields.objectMap("AttributeUpdates", {.element = java::kUpdateOfAttribute});
  given_ = members.has_value();
  if (!members) return;
  for (auto& [attribute, update] : *members) {
    Entry entry;
    entry.attribute = attribute;
    if (update.object("Value", false, java::kAttributeValue)) entry.held = deferValue(*update.value("Value"));
    entry.action = update.string("Action").value_or("PUT");
    entries_.push_back(std::move(entry));
  }
}

void LegacyUpdates::checkValues() {
  for (Entry& entry : entries_) {
    checkAttributeName(entry.attribute);
    if (entry.held) entry.value = entry.held->take();
  }
  for (const Entry& entry : entries_) {
    if (entry.action == "PUT" || entry.action == "ADD" || entry.action == "DELETE") continue;
    // The unmatched quote is AWS's.
    throw validationError("Member must satisfy enum value set: [ADD, DELETE, PUT]' for Action");
  }
}

std::optional<Update> LegacyUpdates::update() {
  if (!given_) return std::nullopt;
  Update update;
  update.legacy = true;
  for (Entry& entry : entries_) {
    if (entry.value) {
      update.actions.push_back(translate(entry.attribute, entry.action, std::move(*entry.value)));
    } else if (entry.action == "DELETE") {
      update.actions.push_back(UpdateAction::remove(DocumentPath{entry.attribute, {}}));
    } else {
      throw invalidParameters("Only DELETE action is allowed when no attribute value is specified");
    }
  }
  return update;
}

}  // namespace ddblog::dynamodb
