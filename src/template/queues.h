// Queues that no resource of the template declares.
//
// Thread safety: none; used while a template is read.
#pragma once

#include <string>
#include <string_view>

#include "template/resource.h"

namespace ddblog::templates {

// The ARN of a queue, of whatever region and account.
bool isQueueArn(std::string_view arn);

// The ARN of the queue here. A queue that the template does not declare is of another stack, region or
// account: it is made here, and a note says so, because nobody else can make it.
std::string needQueue(Reading& reading, const std::string& arn, Place place);

// The ARN here of what messages are sent to: of a queue as needQueue, of something else as localArn.
std::string localTarget(Reading& reading, const std::string& arn, Place place);

}  // namespace ddblog::templates
