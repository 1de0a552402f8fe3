// What CreateAlias and UpdateAlias have in common: the fields of the request, and their rules.
//
// Errors: the constructor collects broken constraints; check() throws InvalidParameterValueException
// and ResourceNotFoundException, in AWS's words.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html
// Thread safety: none; belongs to one request.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "rpc/request_reader.h"
#include "services/lambda/functions/aliases.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

rpc::StringRule aliasNameRule();
// Of FunctionVersion.
rpc::StringRule versionRule();

class AliasSettings {
 public:
  AliasSettings(rpc::RequestReader& request, bool is_new);
  // Changes what the request mentions.
  void applyTo(Alias& alias) const;

 private:
  std::optional<std::string> version_;
  std::optional<std::string> description_;
  std::optional<std::map<std::string, double>> weights_;
};

// Throws if the alias points to versions that do not exist, or to two in a way that is not allowed.
void checkAlias(const Context& context, const Reader& reader, const Function& function, const Alias& alias);

// Throws ResourceNotFoundException "Cannot find alias arn: …".
Alias getAlias(const Reader& reader, const Function& function, const std::string& name);

}  // namespace ddblog::lambda
