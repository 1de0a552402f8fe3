// A resource of a template, and the interface for reading one, which the files in resources/
// implement.
//
// A resource type is one file of resources/ that defines a ResourceType, and a line of the table in
// resource_types.cc. What Ref and Fn::GetAtt return for it is a line of resource_types.txt.
//
// Thread safety: none; used while a template is read.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "template/app.h"
#include "template/findings.h"
#include "template/intrinsics.h"
#include "template/properties.h"

namespace ddblog::templates {

// A resource that findings say runs: where it is declared, and the line about it.
struct Declared {
  Place place;
  std::string what;
};

// What the stacks of one application have in common while they are read.
struct Collected {
  App app;
  std::map<std::string, std::filesystem::path> layers;  // directories of local layers, by their ARNs
  std::set<std::string> absent_functions;               // names of functions that are declared, but do not run here
  std::size_t left_out = 0;                             // resources of other types that do not run here, as notes say
  std::vector<Place> rule_places;                       // where the app's rules are declared, in their order
  std::vector<Place> mapping_places;                    // the same of its event source mappings
  // The resources that declare a mapping or an alias and nothing else, by its index in the app.
  std::map<std::size_t, Declared> declared_mappings, declared_aliases;
  std::map<std::string, Place> function_places;  // by the functions' names
  std::set<std::string> checked_functions;       // logical ids of functions whose module need not be looked for
  // Steps that need the whole application; run when every resource has been read.
  std::vector<std::function<void(App&)>> when_complete;
  // Where the app's tables, buses, archives, queues and functions are declared first, by "table users".
  std::map<std::string, Place> named_places;
};

// The state while the resources of one stack are read.
struct Reading {
  Collected& collected;
  App& app;
  Intrinsics& intrinsics;
  Findings& findings;
  const std::filesystem::path& directory;  // the template's: CodeUri is relative to it
};

struct Resource {
  std::string logical_id;
  std::string name;         // the explicit name, otherwise one made of the logical id
  const Node& declaration;  // the template's declaration, including Metadata
  Properties properties;

  Place place() const { return declaration.place; }
};

// Adds a resource to `reading.app`. Throws TemplateError; the caller prefixes the message with the
// resource's logical id.
using ReadResource = void(Reading& reading, const Resource& resource);

struct ResourceType {
  std::string_view type;  // "AWS::DynamoDB::Table"
  ReadResource* read;
  // The name without an explicit one; nullptr: `name`, which is made of the logical id.
  std::string (*default_name)(const std::string& name, const Node& properties) = nullptr;
};

// nullptr: a type that does not run here.
const ResourceType* findResourceType(std::string_view type);
// Whether a type is only about permissions, stored code or the template itself, so that it needs
// neither work nor a note.
bool isIrrelevantOffline(std::string_view type);

}  // namespace ddblog::templates
