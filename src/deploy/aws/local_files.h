// Properties of resources that name a file beside the template, which CloudFormation reads from S3:
// definitions of APIs and of state machines, schemas, scripts.
//
// Source: https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html
// Thread safety: stateless functions.
#pragma once

#include <string_view>
#include <vector>

namespace ddblog::deploy {

struct FileProperty {
  std::string_view type;  // of the resource
  std::string_view path;  // of the property: "Command.ScriptLocation"
  // The names of a map with the bucket and the key; empty: the property becomes an s3:// address.
  std::string_view bucket, key;
};

const std::vector<FileProperty>& fileProperties();

}  // namespace ddblog::deploy
