// GetQueueUrl: the URL of a queue, with the host by which the client reaches this server.
#include <string>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"
#include "services/sqs/queues/errors.h"

namespace ddblog::sqs {
namespace {

class GetQueueUrl {
 public:
  GetQueueUrl(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string host_;
  std::string name_;
  std::string owner_;
};

GetQueueUrl::GetQueueUrl(rpc::RequestReader& request, Context& context)
    : context_(context), host_(request.request().host) {
  name_ = request.fields().string("QueueName").value_or("");
  owner_ = request.fields().string("QueueOwnerAWSAccountId").value_or(context.account_id);
  request.finish();
  if (name_.empty()) throw invalidParameter(name_, "QueueName", "Must specify a queue name.");
}

std::string GetQueueUrl::run(const Reader& reader) const {
  if (owner_ != context_.account_id) throw queueDoesNotExist();
  context_.catalog.get(reader, name_);
  std::string out;
  JsonWriter(out).beginObject().key("QueueUrl").value(context_.catalog.urlOf(host_, name_)).endObject();
  return out;
}

}  // namespace

void addGetQueueUrl(rpc::JsonApi& api, Context& context) { rpc::addRead<GetQueueUrl>(api, "GetQueueUrl", context); }

}  // namespace ddblog::sqs
