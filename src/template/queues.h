// Queues that no resource of the template declares.
//
// Thread safety: none; used while a template is read.
#pragma once

#include <string>

#include "template/resource.h"

namespace ddblog::templates {

// The ARN of the queue here. One of another region or account is made here, and a note says so: nobody
// else can make it.
std::string queueHere(Reading& reading, const std::string& arn, Place place);

}  // namespace ddblog::templates
