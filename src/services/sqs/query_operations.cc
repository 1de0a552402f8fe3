// How the query protocol writes SQS's requests and answers.
//
// Source: botocore's API model of 2012-11-05 before it named the JSON protocol; answers of SQS.
#include "services/sqs/operations.h"

namespace ddblog::sqs {

namespace {

using Kind = rpc::QueryMember::Kind;
using Member = rpc::QueryMember;
using Members = std::vector<rpc::QueryMember>;

Member text(const char* name) { return {name, name, Kind::kText}; }
Member number(const char* name) { return {name, name, Kind::kNumber}; }
Member texts(const char* json, const char* query) { return {json, query, Kind::kTexts}; }
Member attributes(const char* json, const char* query) { return {json, query, Kind::kTextMap}; }
Member tags(const char* json) { return {json, "Tag", Kind::kTextMap, {}, "Key"}; }
Member structures(const char* json, const char* query, Members members) {
  return {json, query, Kind::kStructures, std::move(members)};
}
Member messageAttributes(const char* json, const char* query) {
  return {json, query, Kind::kStructureMap, {text("StringValue"), text("BinaryValue"), text("DataType")}};
}

Member queueUrl() { return text("QueueUrl"); }

// What a message consists of in SendMessage and in an entry of SendMessageBatch.
Members messageMembers(Members first) {
  for (Member member :
       {text("MessageBody"), number("DelaySeconds"), messageAttributes("MessageAttributes", "MessageAttribute"),
        messageAttributes("MessageSystemAttributes", "MessageSystemAttribute"), text("MessageDeduplicationId"),
        text("MessageGroupId")}) {
    first.push_back(std::move(member));
  }
  return first;
}

Members sentMembers(Members first) {
  for (const char* name :
       {"MD5OfMessageBody", "MD5OfMessageAttributes", "MD5OfMessageSystemAttributes", "MessageId", "SequenceNumber"}) {
    first.push_back(text(name));
  }
  return first;
}

Member failed() {
  return structures("Failed", "BatchResultErrorEntry",
                    {text("Id"), text("Code"), text("Message"), text("SenderFault")});
}

Members batchAnswer(const char* entry, Members members) {
  return {structures("Successful", entry, std::move(members)), failed()};
}

Members receivedMessage() {
  return {text("MessageId"),
          text("ReceiptHandle"),
          text("MD5OfBody"),
          text("Body"),
          attributes("Attributes", "Attribute"),
          text("MD5OfMessageAttributes"),
          messageAttributes("MessageAttributes", "MessageAttribute")};
}

void addQueueOperations(rpc::QueryApi& api) {
  api.add("CreateQueue",
          {{text("QueueName"), attributes("Attributes", "Attribute"), tags("tags")}, {queueUrl()}, true});
  api.add("DeleteQueue", {{queueUrl()}, {}, false});
  api.add("GetQueueAttributes",
          {{queueUrl(), texts("AttributeNames", "AttributeName")}, {attributes("Attributes", "Attribute")}, true});
  api.add("GetQueueUrl", {{text("QueueName"), text("QueueOwnerAWSAccountId")}, {queueUrl()}, true});
  api.add("ListDeadLetterSourceQueues", {{queueUrl(), text("NextToken"), number("MaxResults")},
                                         {texts("queueUrls", "QueueUrl"), text("NextToken")},
                                         true});
  api.add("ListQueueTags", {{queueUrl()}, {tags("Tags")}, true});
  api.add("ListQueues", {{text("QueueNamePrefix"), text("NextToken"), number("MaxResults")},
                         {texts("QueueUrls", "QueueUrl"), text("NextToken")},
                         true});
  api.add("PurgeQueue", {{queueUrl()}, {}, false});
  api.add("SetQueueAttributes", {{queueUrl(), attributes("Attributes", "Attribute")}, {}, false});
  api.add("TagQueue", {{queueUrl(), tags("Tags")}, {}, false});
  api.add("UntagQueue", {{queueUrl(), texts("TagKeys", "TagKey")}, {}, false});
  api.add(
      "AddPermission",
      {{queueUrl(), text("Label"), texts("AWSAccountIds", "AWSAccountId"), texts("Actions", "ActionName")}, {}, false});
  api.add("RemovePermission", {{queueUrl(), text("Label")}, {}, false});
}

void addMessageOperations(rpc::QueryApi& api) {
  api.add("SendMessage", {messageMembers({queueUrl()}), sentMembers({}), true});
  api.add("SendMessageBatch",
          {{queueUrl(), structures("Entries", "SendMessageBatchRequestEntry", messageMembers({text("Id")}))},
           batchAnswer("SendMessageBatchResultEntry", sentMembers({text("Id")})),
           true});
  api.add("ReceiveMessage", {{queueUrl(), texts("AttributeNames", "AttributeName"),
                              texts("MessageSystemAttributeNames", "MessageSystemAttributeName"),
                              texts("MessageAttributeNames", "MessageAttributeName"), number("MaxNumberOfMessages"),
                              number("VisibilityTimeout"), number("WaitTimeSeconds"), text("ReceiveRequestAttemptId")},
                             {structures("Messages", "Message", receivedMessage())},
                             true});
  api.add("DeleteMessage", {{queueUrl(), text("ReceiptHandle")}, {}, false});
  api.add("DeleteMessageBatch",
          {{queueUrl(), structures("Entries", "DeleteMessageBatchRequestEntry", {text("Id"), text("ReceiptHandle")})},
           batchAnswer("DeleteMessageBatchResultEntry", {text("Id")}),
           true});
  api.add("ChangeMessageVisibility", {{queueUrl(), text("ReceiptHandle"), number("VisibilityTimeout")}, {}, false});
  api.add("ChangeMessageVisibilityBatch",
          {{queueUrl(), structures("Entries", "ChangeMessageVisibilityBatchRequestEntry",
                                   {text("Id"), text("ReceiptHandle"), number("VisibilityTimeout")})},
           batchAnswer("ChangeMessageVisibilityBatchResultEntry", {text("Id")}),
           true});
}

void addMoveTaskOperations(rpc::QueryApi& api) {
  api.add("StartMessageMoveTask", {{text("SourceArn"), text("DestinationArn"), number("MaxNumberOfMessagesPerSecond")},
                                   {text("TaskHandle")},
                                   true});
  api.add("CancelMessageMoveTask", {{text("TaskHandle")}, {text("ApproximateNumberOfMessagesMoved")}, true});
  api.add("ListMessageMoveTasks",
          {{text("SourceArn"), number("MaxResults")},
           {structures("Results", "ListMessageMoveTasksResultEntry",
                       {text("TaskHandle"), text("Status"), text("SourceArn"), text("DestinationArn"),
                        text("MaxNumberOfMessagesPerSecond"), text("ApproximateNumberOfMessagesMoved"),
                        text("ApproximateNumberOfMessagesToMove"), text("FailureReason"), text("StartedTimestamp")})},
           true});
}

}  // namespace

void addQueryOperations(rpc::QueryApi& api) {
  addQueueOperations(api);
  addMessageOperations(api);
  addMoveTaskOperations(api);
}

}  // namespace ddblog::sqs
