// A resource of a template that is uploaded: what is read of it, and what is written.
//
// Thread safety: stateless functions.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "template/node.h"

namespace ddblog::deploy {

std::string typeOf(const templates::Node& resource);

// A member of Metadata.DynamodbLog (`section`), or of Metadata itself (an empty `section`). nullptr: there is none.
const templates::Node* metadataOf(const templates::Node& resource, const char* section, const char* name);
// The same if it is a text; empty: there is none.
std::string metadataText(const templates::Node& resource, const char* section, const char* name);
// Metadata.DynamodbLog.Exclude.
std::vector<std::string> excludesOf(const templates::Node& resource);

// Whether it leads to S3 or another server.
bool isAddress(std::string_view text);
// The directory or file that a property names, which is evaluated; empty: nothing here.
std::string localPath(const std::optional<templates::Node>& property);
// A path of a template in `directory`, without the "/" at its end.
std::filesystem::path localFile(const std::filesystem::path& directory, const std::string& path);

// The properties of a resource as it is uploaded.
json::object& propertiesOf(json::object& declared);

}  // namespace ddblog::deploy
