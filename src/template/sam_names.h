// The resources that SAM generates and that templates refer to: FnRole, FnEvent, FnAliaslive, FnUrl,
// ServerlessRestApi …, and the references Fn.Alias, Fn.Version, Api.Stage.
//
// Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
// Thread safety: as Intrinsics.
#pragma once

#include <optional>
#include <string>

#include "template/intrinsics.h"

namespace ddblog::templates {

// The type of a resource that SAM generates; empty: it generates none with this logical id.
std::string generatedType(const Intrinsics& intrinsics, const std::string& logical_id);
// Its physical name; empty: one made of the logical id.
std::string generatedName(Intrinsics& intrinsics, const std::string& logical_id);
// What `!Ref Fn.Alias` and the like return; std::nullopt: this is no such reference.
std::optional<std::string> qualifiedReference(Intrinsics& intrinsics, const std::string& name);

// A property of a SAM resource, or of the Globals for its type; not evaluated. nullptr: neither has it.
const Node* samProperty(const Intrinsics& intrinsics, const Node& resource, std::string_view name);
// The name in AutoPublishAlias; empty: none.
std::string aliasOf(Intrinsics& intrinsics, const std::string& logical_id);

}  // namespace ddblog::templates
