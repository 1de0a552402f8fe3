#include "services/dynamodb/tables/resource_arn.h"

#include "base/api_error.h"
#include "services/dynamodb/changes/stored_streams.h"
#include "services/dynamodb/core/refusals.h"
#include "services/dynamodb/core/table_name.h"

namespace ddblog::dynamodb {
namespace {

constexpr std::size_t kLongest = 1283;  // of ResourceArnString, by the API model
constexpr std::string_view kStream = "/stream/";

ApiError invalid(std::string_view what, std::string_view arn) {
  return invalidParameters(std::string(what) + std::string(arn));
}

// Accepts "table/NAME" and "table/NAME/stream/LABEL"; throws otherwise.
Arn checkResource(std::string_view text) {
  if (!isArn(text)) throw invalid("ARNs must start with 'arn:': ", text);
  const Arn arn = parseArn(text);
  const std::size_t slash = arn.resource.find('/');
  const bool is_table = arn.service == "dynamodb" && slash != std::string_view::npos &&
                        arn.resource.substr(0, slash) == "table" && arn.resource.size() > slash + 1;
  if (!is_table) throw invalid("Provided Arn is not a DynamoDB resource arn: ", text);
  const std::string_view rest = arn.resource.substr(slash + 1);
  const std::size_t end = rest.find('/');
  const std::string_view below = end == std::string_view::npos ? std::string_view() : rest.substr(end);
  if (below.starts_with("/index/")) {
    throw invalid("Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ", text);
  }
  if (!below.empty() && !(below.starts_with(kStream) && below.size() > kStream.size())) {
    throw invalid("Provided Arn is not a DynamoDB resource arn: ", text);
  }
  return arn;
}

bool isElsewhere(const Arn& arn, const Context& context) {
  return arn.partition != "aws" || arn.region != context.region;
}

}  // namespace

std::string readTaggedArn(rpc::ObjectReader& fields, const Context& context) {
  const std::string text = fields.string("ResourceArn", {.max = kLongest}).value_or("");
  if (text.size() > kLongest) return text;  // finish() reports it with the other constraints
  fields.check([&] {
    if (text.empty()) throw validationError("Invalid TableArn");
    const Arn arn = checkResource(text);
    if (isElsewhere(arn, context)) {
      throw validationError("Invalid TableArn: Invalid ResourceArn provided as input " + text);
    }
    if (arn.account_id != context.account_id) throw ApiError("AccessDeniedException", "Access is denied");
  });
  return text;
}

std::string readPolicyArn(rpc::ObjectReader& fields, const Context& context) {
  const auto text = fields.string("ResourceArn", {.required = true, .min = 1, .max = kLongest});
  if (!text || text->empty() || text->size() > kLongest) return {};  // finish() reports it with the other constraints
  fields.check([&] {
    const Arn arn = checkResource(*text);
    if (isElsewhere(arn, context)) throw invalid("Invalid resource Arn: ", *text);
    if (arn.account_id != context.account_id) {
      throw validationError("This action is only supported by accounts that match the resource owner’s account.");
    }
  });
  return *text;
}

std::shared_ptr<const Table> taggedTable(const Reader& reader, const Context& context, std::string_view arn) {
  auto table = context.catalog.find(reader, arn);
  if (!table) {
    throw resourceNotFound("Requested resource not found: ResourceArn: " + std::string(arn) + " not found");
  }
  return table;
}

std::shared_ptr<const Table> tableOfPolicy(const Reader& reader, const Context& context, std::string_view arn) {
  const std::size_t stream = arn.find(kStream);
  const std::string_view table_arn = arn.substr(0, stream);
  const std::string name(tableNameOf(table_arn));
  auto table = context.catalog.find(reader, table_arn);
  if (!table) throw resourceNotFound("Requested resource not found: Table: " + name + " not found");
  if (stream != std::string_view::npos && !reader.get(streamKey(arn))) {
    throw resourceNotFound("Requested resource not found: Stream: " + std::string(arn.substr(stream + kStream.size())) +
                           " not found for Table: " + name);
  }
  return table;
}

}  // namespace ddblog::dynamodb
