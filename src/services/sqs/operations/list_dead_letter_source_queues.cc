// ListDeadLetterSourceQueues: the URLs of the queues whose redrive policy names this one, in the
// order of their names.
#include <string>
#include <vector>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"

namespace ddblog::sqs {
namespace {

class ListDeadLetterSourceQueues {
 public:
  ListDeadLetterSourceQueues(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string host_;
  std::string name_;
  PageStart page_;
};

ListDeadLetterSourceQueues::ListDeadLetterSourceQueues(rpc::RequestReader& request, Context& context)
    : context_(context), host_(request.request().host) {
  name_ = readQueueName(request.fields());
  page_ = readPage(request.fields());
  request.finish();
}

std::string ListDeadLetterSourceQueues::run(const Reader& reader) const {
  const Queue target = context_.catalog.get(reader, name_);
  std::vector<std::string> names;
  bool has_more = false;
  for (const Queue& queue : context_.catalog.all(reader)) {
    const auto policy = redrivePolicy(queue);
    if (!policy || policy->target_arn != target.arn || queue.name <= page_.after) continue;
    has_more = names.size() == page_.most;
    if (has_more) break;
    names.push_back(queue.name);
  }
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("queueUrls").beginArray();
  for (const std::string& name : names) json.value(context_.catalog.urlOf(host_, name));
  json.endArray();
  if (has_more && page_.is_limited) json.key("NextToken").value(pageToken(names.back()));
  json.endObject();
  return out;
}

}  // namespace

void addListDeadLetterSourceQueues(rpc::JsonApi& api, Context& context) {
  rpc::addRead<ListDeadLetterSourceQueues>(api, "ListDeadLetterSourceQueues", context);
}

}  // namespace ddblog::sqs
