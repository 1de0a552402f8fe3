// A resource of a template, and the interface for reading one, which the files in resources/
// implement.
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

// The state while the resources of one template are read.
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
  std::string name;                 // the explicit name, otherwise the logical id
  const json::object& declaration;  // the template's declaration, including Metadata
  Properties properties;
};

// Adds a resource to `reading.app`. Throws TemplateError; the caller prefixes the message with the
// resource's logical id.
using ReadResource = void(Reading& reading, const Resource& resource);

struct ResourceType {
  std::string_view type;           // "AWS::DynamoDB::Table"
  std::string_view name_property;  // the property with the explicit name; empty: none
  std::string_view arn_service;    // "dynamodb"; empty: it has no ARN
  std::string_view arn_prefix;     // the part of the ARN before the name: "table/"
  ReadResource* read = nullptr;    // nullptr: ignored, but other resources may refer to it
  // The name without an explicit one; nullptr: the logical id.
  std::string (*default_name)(const std::string& logical_id, const Properties& unresolved) = nullptr;
  // What Ref returns; nullptr: the name.
  std::string (*reference)(const PseudoParameters& pseudo, const std::string& name) = nullptr;
};

// A rule's target whose RetryPolicy has numbers, even if the template gives them as strings.
json::object withRetryNumbers(json::object target);

// nullptr: an unknown type.
const ResourceType* findResourceType(std::string_view type);
// Whether a type is only about permissions or stored code, so that it needs neither work nor a
// note.
bool isIrrelevantOffline(std::string_view type);

}  // namespace ddblog::templates
