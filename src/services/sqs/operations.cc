#include "services/sqs/operations.h"

#include <algorithm>

#include "services/sqs/queues/errors.h"

namespace ddblog::sqs {

// Each operation's file in operations/ ends with the function that adds it.
using AddOperation = void(rpc::JsonApi&, Context&);
AddOperation addGetQueueAttributes, addGetQueueUrl, addListDeadLetterSourceQueues, addListMessageMoveTasks,
    addListQueueTags, addListQueues;
AddOperation addAddPermission, addCancelMessageMoveTask, addChangeMessageVisibility, addChangeMessageVisibilityBatch,
    addCreateQueue, addDeleteMessage, addDeleteMessageBatch, addDeleteQueue, addPurgeQueue, addReceiveMessage,
    addRemovePermission, addSendMessage, addSendMessageBatch, addSetQueueAttributes, addStartMessageMoveTask,
    addTagQueue, addUntagQueue;

rpc::JsonProtocol protocol() {
  return rpc::JsonProtocol({.target_prefix = "AmazonSQS",
                            .content_type = "application/x-amz-json-1.0",
                            .signing_name = "sqs",
                            .error_namespace = "com.amazonaws.sqs#",
                            .front_end_errors = {"InvalidParameterValueException", "MissingRequiredParameterException"},
                            .error_headers = queryErrorHeader,
                            .throttling_error = [](std::string_view) { return requestThrottled(); }});
}

rpc::QueryProtocol queryProtocol() {
  return rpc::QueryProtocol({.signing_name = "sqs",
                             .xml_namespace = "http://queue.amazonaws.com/doc/2012-11-05/",
                             .describe = queryError,
                             .throttling_error = [](std::string_view) { return requestThrottled(); }});
}

void addOperations(rpc::JsonApi& api, Context& context) {
  constexpr AddOperation* kReads[] = {addGetQueueAttributes,   addGetQueueUrl,   addListDeadLetterSourceQueues,
                                      addListMessageMoveTasks, addListQueueTags, addListQueues};
  constexpr AddOperation* kWrites[] = {
      addAddPermission,    addCancelMessageMoveTask, addChangeMessageVisibility, addChangeMessageVisibilityBatch,
      addCreateQueue,      addDeleteMessage,         addDeleteMessageBatch,      addDeleteQueue,
      addPurgeQueue,       addReceiveMessage,        addRemovePermission,        addSendMessage,
      addSendMessageBatch, addSetQueueAttributes,    addStartMessageMoveTask,    addTagQueue,
      addUntagQueue};
  for (AddOperation* add : kReads) add(api, context);
  for (AddOperation* add : kWrites) add(api, context);
}

bool isQueuePath(std::string_view path) {
  if (path == "/") return true;
  const std::size_t slash = path.find('/', 1);
  if (slash == std::string_view::npos || path.size() == slash + 1) return false;
  const std::string_view account = path.substr(1, slash - 1);
  return !account.empty() && path.find('/', slash + 1) == std::string_view::npos &&
         std::all_of(account.begin(), account.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void addQueueUrl(const rpc::Request& request, json::object& fields) {
  if (request.path != "/" && !fields.contains("QueueUrl")) fields["QueueUrl"] = request.path;
}

}  // namespace ddblog::sqs
