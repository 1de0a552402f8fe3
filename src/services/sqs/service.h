// The SQS service: queues, their messages and operations in both of SQS's protocols, queues as
// recipients of messages, and the threads that make messages visible and remove old ones.
#pragma once

#include <memory>

#include "base/sweeper.h"
#include "rpc/query_api.h"
#include "rpc/service.h"
#include "services/sqs/queues/context.h"
#include "services/sqs/queues/queue_recipient.h"
#include "services/sqs/queues/queue_source.h"
#include "services/sqs/queues/timer.h"

namespace ddblog::sqs {

class Service : public rpc::Service {
 public:
  explicit Service(const rpc::ServiceEnvironment& environment);
  ~Service() override;

  void addOperations(rpc::Apis& apis) override;
  void start() override;
  void stop() override;
  rpc::Activity activity() const override { return timer_.activity(); }

  Context& context() { return context_; }

 private:
  Context context_;
  QueueRecipient recipient_;
  QueueSources sources_;
  Timer timer_;
  rpc::JsonApi api_;
  rpc::TransactedJsonOperations operations_;
  rpc::QueryApi query_api_;
  std::unique_ptr<Sweeper> sweeper_;
};

}  // namespace ddblog::sqs
