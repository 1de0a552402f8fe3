// Maps ARNs of other accounts and regions to the resources of this template.
//
// Many templates are written for one account, and hold its number and its region. Here there is one
// account: the queue, table, function or bus of that name which the template declares is meant.
//
// Thread safety: none; used while a template is read.
#pragma once

#include <string>

#include "template/resource.h"

namespace ddblog::templates {

// The ARN of the resource here, if this stack declares it; of a stream, that of the table's current one.
// Every other text is returned unchanged.
std::string localArn(Reading& reading, const std::string& arn);

// An ARN of this account and region: "arn:aws:sqs:us-east-1:000000000000:orders".
std::string arnHere(const PseudoParameters& pseudo, const std::string& service, const std::string& resource);

}  // namespace ddblog::templates
