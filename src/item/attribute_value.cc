#include "item/attribute_value.h"

namespace ddblog {

std::string_view typeName(AttributeValue::Type type) {
  switch (type) {
    case AttributeValue::Type::kString:
      return "S";
    case AttributeValue::Type::kNumber:
      return "N";
    case AttributeValue::Type::kBinary:
      return "B";
    case AttributeValue::Type::kStringSet:
      return "SS";
    case AttributeValue::Type::kNumberSet:
      return "NS";
    case AttributeValue::Type::kBinarySet:
      return "BS";
    case AttributeValue::Type::kMap:
      return "M";
    case AttributeValue::Type::kList:
      return "L";
    case AttributeValue::Type::kBool:
      return "BOOL";
    case AttributeValue::Type::kNull:
      return "NULL";
  }
  return "";
}

}  // namespace ddblog
