#include "expression/update_charge.h"

#include <string>

#include "item/item_size.h"

namespace ddblog {
namespace {

constexpr std::size_t kExpression = 3;
constexpr std::size_t kWritten = 19;
constexpr std::size_t kCleared = 1;
constexpr std::size_t kTargetStep = 4;
constexpr std::size_t kPath = 1;
constexpr std::size_t kPathStep = 14;
constexpr std::size_t kPlus = 34;
constexpr std::size_t kMinus = 37;
constexpr std::size_t kIfNotExists = 39;
constexpr std::size_t kListAppend = 37;

std::size_t lengthOf(const PathStep& step) {
  if (const std::string* name = std::get_if<std::string>(&step)) return name->size();
  return std::to_string(std::get<std::size_t>(step)).size();
}

std::size_t targetCharge(const DocumentPath& path) {
  std::size_t charge = path.attribute.size();
  for (const PathStep& step : path.steps) charge += kTargetStep + lengthOf(step);
  return charge;
}

std::size_t pathCharge(const DocumentPath& path) {
  std::size_t charge = kPath + kPathStep + path.attribute.size();
  for (const PathStep& step : path.steps) charge += kPathStep + lengthOf(step);
  return charge;
}

std::size_t valueCharge(const SetValue& value) {
  std::size_t charge = 0;
  switch (value.kind) {
    case SetValue::Kind::kValue:
      return attributeValueSize(*value.value);
    case SetValue::Kind::kPath:
      return pathCharge(value.path);
    case SetValue::Kind::kIfNotExists:
      charge = kIfNotExists + pathCharge(value.path);
      break;
    case SetValue::Kind::kListAppend:
      charge = kListAppend;
      break;
    case SetValue::Kind::kPlus:
      charge = kPlus;
      break;
    case SetValue::Kind::kMinus:
      charge = kMinus;
      break;
  }
  for (const SetValue& operand : value.operands) charge += valueCharge(operand);
  return charge;
}

}  // namespace

std::size_t requestCharge(const Update& update) {
  std::size_t charge = kExpression;
  for (const UpdateAction& action : update.actions) {
    charge += targetCharge(action.path);
    switch (action.kind) {
      case UpdateAction::Kind::kSet:
        charge += kWritten + valueCharge(action.set);
        break;
      case UpdateAction::Kind::kAdd:
        charge += kWritten + attributeValueSize(*action.value);
        break;
      case UpdateAction::Kind::kRemove:
      case UpdateAction::Kind::kDelete:
        charge += kCleared;
        break;
    }
  }
  return charge;
}

}  // namespace ddblog
