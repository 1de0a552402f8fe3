// A resource of a template, and the reading of one: what the files of resources/ are given.
//
// A resource type is one file of resources/ that defines a ResourceType, and a line of the table in
// resource_types.cc.
//
// Thread safety: none; used while a template is read.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "template/app.h"
#include "template/intrinsics.h"
#include "template/properties.h"

namespace ddblog::templates {

// What the resources of one template are read into.
struct Reading {
  App& app;
  Intrinsics& intrinsics;
  const json::object& document;           // the whole template
  const std::filesystem::path directory;  // the template's: CodeUri is relative to it
  // Steps that need the whole application; run when every resource has been read.
  std::vector<std::function<void(App&)>> when_complete;
};

struct Resource {
  std::string logical_id;
  std::string name;                 // its explicit name, else its logical id
  const json::object& declaration;  // as it stands in the template, with its Metadata
  Properties properties;
};

// Adds a resource to `reading.app`. Throws TemplateError; the caller puts the resource's logical id
// in front.
using ReadResource = void(Reading& reading, const Resource& resource);

struct ResourceType {
  std::string_view type;           // "AWS::DynamoDB::Table"
  std::string_view name_property;  // the property with the explicit name; empty: it has none
  std::string_view arn_service;    // "dynamodb"; empty: it has no ARN
  std::string_view arn_prefix;     // what stands before the name in the ARN: "table/"
  ReadResource* read = nullptr;    // absent: not served offline, but others may refer to it
};

// nullptr: a type that this program does not know.
const ResourceType* findResourceType(std::string_view type);
// Whether a type is about permissions or keeping the code: offline it needs neither work nor a
// note.
bool isIrrelevantOffline(std::string_view type);

}  // namespace ddblog::templates
