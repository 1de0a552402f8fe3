// ListQueues: the URLs of the queues, in the order of their names.
#include <string>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"

namespace ddblog::sqs {
namespace {

class ListQueues {
 public:
  ListQueues(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string host_;
  std::string prefix_;
  PageStart page_;
};

ListQueues::ListQueues(rpc::RequestReader& request, Context& context)
    : context_(context), host_(request.request().host) {
  prefix_ = request.fields().string("QueueNamePrefix").value_or("");
  page_ = readPage(request.fields());
  request.finish();
}

std::string ListQueues::run(const Reader& reader) const {
  const QueuePage page = context_.catalog.list(reader, prefix_, page_.after, page_.most);
  std::string out;
  JsonWriter json(out);
  json.beginObject();
  if (!page.queues.empty()) {
    json.key("QueueUrls").beginArray();
    for (const Queue& queue : page.queues) json.value(context_.catalog.urlOf(host_, queue.name));
    json.endArray();
  }
  if (page.has_more && page_.is_limited) json.key("NextToken").value(pageToken(page.queues.back().name));
  json.endObject();
  return out;
}

}  // namespace

void addListQueues(rpc::JsonApi& api, Context& context) { rpc::addRead<ListQueues>(api, "ListQueues", context); }

}  // namespace ddblog::sqs
