// CreateQueue: creates a queue. If it exists with the same attributes, its URL is the answer.
//
// Errors: an invalid name; unknown attributes, or invalid values of attributes; the name of a
// queue that has other attributes, or of one that was deleted less than 60 seconds ago.
#include <algorithm>
#include <string>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"
#include "services/sqs/queues/attributes.h"
#include "services/sqs/queues/errors.h"
#include "services/sqs/queues/limits.h"

namespace ddblog::sqs {
namespace {

class CreateQueue {
 public:
  CreateQueue(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  void checkName() const;
  std::string answer() const;

  Context& context_;
  std::string host_;
  std::string name_;
  Texts attributes_;
  Texts tags_;
};

CreateQueue::CreateQueue(rpc::RequestReader& request, Context& context)
    : context_(context), host_(request.request().host) {
  rpc::ObjectReader& fields = request.fields();
  name_ = fields.string("QueueName").value_or("");
  attributes_ = readTexts(fields, "Attributes");
  tags_ = readTags(fields, "tags");
  request.finish();
  checkName();
  checkAttributes(attributes_, name_.ends_with(".fifo"), true);
  if (tags_.size() > limits::kTags) throw invalidParameter("Too many tags added for queue " + name_ + ".");
}

void CreateQueue::checkName() const {
  if (name_.empty()) throw invalidParameter(name_, "QueueName", "Must specify a queue name.");
  const auto flag = attributes_.find("FifoQueue");
  const bool is_fifo = flag != attributes_.end() && flag->second == "true";
  if (is_fifo && !name_.ends_with(".fifo")) {
    throw invalidParameter(
        "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with "
        ".fifo suffix and be 1 to 80 in length");
  }
  const std::string_view letters = is_fifo ? std::string_view(name_).substr(0, name_.size() - 5) : name_;
  const bool is_valid =
      !letters.empty() && name_.size() <= limits::kQueueName && std::all_of(letters.begin(), letters.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
      });
  if (!is_valid) {
    throw invalidParameter("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
  }
}

std::string CreateQueue::answer() const {
  std::string out;
  JsonWriter(out).beginObject().key("QueueUrl").value(context_.catalog.urlOf(host_, name_)).endObject();
  return out;
}

std::string CreateQueue::run(Transaction& transaction) const {
  if (const auto present = context_.catalog.find(transaction, name_)) {
    const std::string differing = differingAttribute(*present, attributes_);
    if (!differing.empty()) throw queueNameExists(differing);
    return answer();
  }
  Queue queue;
  queue.name = name_;
  queue.arn = context_.catalog.arnOf(name_);
  queue.created_at = context_.clock.now();
  queue.modified_at = queue.created_at;
  queue.tags = tags_;
  setAttributes(queue, attributes_);
  checkRedriveTarget(context_, transaction, queue);
  context_.catalog.create(transaction, queue, context_.clock);
  return answer();
}

}  // namespace

void addCreateQueue(rpc::JsonApi& api, Context& context) { rpc::addWrite<CreateQueue>(api, "CreateQueue", context); }

}  // namespace ddblog::sqs
