// A queue as the source of an event source mapping (rpc/queue_source.h).
//
// A message's record is as Lambda passes it to functions: {"messageId", "receiptHandle", "body",
// "attributes": {…}, "messageAttributes": {NAME: {"stringValue" or "binaryValue", "stringListValues": [],
// "binaryListValues": [], "dataType"}}, "md5OfMessageAttributes", "md5OfBody", "eventSource": "aws:sqs",
// "awsRegion"}; eventSourceARN is added by the mapping.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
// Thread safety: as rpc::QueueSource.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rpc/queue_source.h"
#include "services/sqs/queues/context.h"

namespace ddblog::sqs {

class QueueSource : public rpc::QueueSource {
 public:
  // `arn` must be the ARN of a queue of this account and region. `context` must outlive this.
  QueueSource(Context& context, std::string arn);

  const std::string& arn() const override { return arn_; }
  std::string name() const override { return name_; }
  std::optional<Properties> properties(const Reader& reader) const override;
  std::uint64_t count(const Reader& reader) const override;
  std::vector<Message> receive(Transaction& transaction, std::size_t most) override;
  void remove(Transaction& transaction, const Message& message) override;
  void giveBack(Transaction& transaction, const Message& message) override;
  bool keep(Transaction& transaction, const Message& message, Duration time) override;
  CommitNotifier& becameVisible() override { return context_.messages.becameVisible(); }

 private:
  Context& context_;
  const std::string arn_;
  const std::string name_;
};

class QueueSources : public rpc::QueueSourceProvider {
 public:
  // `context` must outlive this.
  explicit QueueSources(Context& context) : context_(context) {}
  std::unique_ptr<rpc::QueueSource> openQueue(const std::string& arn) override;

 private:
  Context& context_;
};

}  // namespace ddblog::sqs
