#include "services/lambda/operations/tagged_resource.h"

#include <algorithm>

#include "services/lambda/functions/errors.h"

namespace ddblog::lambda {

namespace {

constexpr std::string_view kTaggablePattern =
    R"(arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}))";

bool isTaggable(std::string_view arn) {
  return arn.starts_with("arn:") && arn.find(":lambda:") != std::string_view::npos;
}

}  // namespace

std::string readTaggedResource(rpc::RequestReader& request) {
  return request.pathParameter("Resource",
                               {.min = 1, .max = 256, .pattern = kTaggablePattern, .fits_pattern = isTaggable});
}

FunctionPointer findTaggedFunction(const Context& context, const Reader& reader, const std::string& arn) {
  if (arn.find(":function:") == std::string::npos) {
    throw invalidParameterValue("only functions have tags offline, not " + arn);
  }
  if (std::ranges::count(arn, ':') > 6) {
    throw invalidParameterValue(
        "Tags on function aliases and versions are not supported. Please specify a function ARN.");
  }
  return context.functions.get(reader, arn);
}

}  // namespace ddblog::lambda
