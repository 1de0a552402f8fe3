#include "services/dynamodb/core/table_name.h"

#include <string>

#include "base/api_error.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {
namespace {

constexpr std::string_view kTable = "table/";

ApiError broken(const std::string& what) { return validationError("1 validation error detected: " + what); }

ApiError brokenArn(std::string_view arn, const std::string& constraint) {
  return broken("Value '" + std::string(arn) + "' at 'tableName' failed to satisfy constraint: " + constraint);
}

ApiError noTableArn(std::string_view arn) {
  return brokenArn(
      arn,
      "Valid ARN format is 'arn:<awsPartition>:<vendor>:<region>:<subscriber>:resourceType/resourceName', where "
      "Resource name must have length less than or equal to 255, Resource name must have length greater than or equal "
      "to 3, Resource name must satisfy regular expression pattern: " +
          std::string(kNamePattern));
}

}  // namespace

std::string_view tableNameOf(std::string_view name_or_arn) {
  constexpr std::string_view kBefore = ":table/";
  if (!isArn(name_or_arn)) return name_or_arn;
  const std::size_t at = name_or_arn.find(kBefore);
  return at == std::string_view::npos ? name_or_arn : name_or_arn.substr(at + kBefore.size());
}

Arn parseArn(std::string_view text) {
  if (!isArn(text)) return {};
  Arn arn;
  std::string_view rest = text.substr(std::string_view("arn:").size());
  for (std::string_view* part : {&arn.partition, &arn.service, &arn.region, &arn.account_id}) {
    const std::size_t colon = rest.find(':');
    if (colon == std::string_view::npos) return {};
    *part = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
  }
  arn.resource = rest;
  return arn;
}

void checkTableArn(std::string_view text, const Context& context) {
  const Arn arn = parseArn(text);
  const std::string quoted = "'" + std::string(text) + "'";
  if (arn.resource.find('/') == std::string_view::npos) throw noTableArn(text);
  if (arn.partition != "aws") throw broken("Invalid AWS partition in " + quoted);
  if (arn.service != "dynamodb" || !arn.resource.starts_with(kTable))
    throw broken("Invalid resource type in " + quoted);
  const std::string_view name = arn.resource.substr(kTable.size());
  if (name.size() < kShortestName) {
    throw brokenArn(text, "Table name of ARN must have length greater than or equal to 3");
  }
  if (!isName(name)) throw noTableArn(text);
  if (arn.region != context.region) throw broken("Invalid AWS region in " + quoted);
  if (arn.account_id != context.account_id) throw ApiError("AccessDeniedException", "Access is denied");
}

}  // namespace ddblog::dynamodb
