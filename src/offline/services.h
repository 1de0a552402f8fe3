// The offline cloud's services. This is the one list of them.
#pragma once

#include <memory>
#include <vector>

#include "rpc/background_work.h"
#include "rpc/listeners.h"
#include "rpc/service.h"
#include "services/eventbridge/service.h"
#include "services/lambda/service.h"
#include "services/sqs/service.h"

namespace ddblog::offline {

struct ServiceSettings {
  eventbridge::ServiceOptions eventbridge;
  lambda::ServiceOptions lambda;
};

// Thread safety: as rpc::Service.
class Services {
 public:
  // All references must stay valid while this exists. `listeners`: for the Runtime API of function
  // processes.
  Services(const rpc::ServiceEnvironment& environment, rpc::Listeners& listeners, ServiceSettings settings);
  ~Services();

  const rpc::Apis& apis() const { return apis_; }
  void start();
  void stop();
  // As stop(), but the processes of functions stay, for other services on another store.
  std::shared_ptr<lambda::FunctionHost> retire();
  rpc::Activity activity() const;
  rpc::Delays delays() const;
  void hurry();
  rpc::WorkCounts workCounts() const;
  rpc::Backlog backlog(const Reader& reader) const;

  eventbridge::Archive* archive() { return eventbridge_->archive(); }

 private:
  template <class Service, class... Arguments>
  Service& add(Arguments&&... arguments);

  std::vector<std::unique_ptr<rpc::Service>> services_;  // later ones may use earlier ones
  rpc::Apis apis_;
  eventbridge::Service* eventbridge_ = nullptr;
  lambda::Service* lambda_ = nullptr;
  sqs::Service* sqs_ = nullptr;
  std::vector<rpc::BackgroundWork*> working_;  // of the services, those with work of that kind
};

}  // namespace ddblog::offline
