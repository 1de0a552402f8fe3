// Long polls: receives that found nothing and wait until a message becomes visible, or until their
// time is over. The command that finds nothing adds the receive, so no commit between the two is missed.
//
// The service's timer (timer.h) serves them, in the order in which they came to a queue. Before it
// runs, and when it has stopped, no receive waits.
//
// Thread safety: may be used from any thread. Answers are given on the timer's thread, with no lock
// held.
#pragma once

#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/thread_annotations.h"
#include "services/sqs/queues/catalog.h"
#include "services/sqs/queues/messages.h"
#include "store/commit_notifier.h"
#include "store/store.h"

namespace ddblog::sqs {

struct WaitingReceive {
  // The messages, or why there are none: nullptr with no messages if the time is over.
  using Answer = std::function<void(std::vector<ReceivedMessage> messages, std::exception_ptr error)>;

  std::string queue_name;
  ReceiveOptions options;
  RunningTime deadline;
  Answer answer;
};
using WaitingReceivePointer = std::shared_ptr<const WaitingReceive>;

class WaitingReceives {
 public:
  // False: nobody would serve it.
  bool add(WaitingReceivePointer receive);
  // False: it was not there (any more).
  bool remove(const WaitingReceivePointer& receive);

  void open();
  // Answers all that wait, with no messages; later ones do not wait.
  void close();
  // Answers those whose time is over. Returns when the next one's is.
  RunningTime endLate(RunningTime now);
  // Gives what has become visible in the queues to those that wait for it.
  void serve(Store& store, const Catalog& catalog, Messages& messages, const std::set<std::string>& queue_names);

  // Notified when a receive was added.
  CommitNotifier& added() { return added_; }

 private:
  struct Served {
    WaitingReceivePointer receive;
    std::vector<ReceivedMessage> messages;
    std::exception_ptr error;
  };
  using Waiting = std::deque<WaitingReceivePointer>;

  std::vector<WaitingReceivePointer> ofQueues(const std::set<std::string>& queue_names);

  CommitNotifier added_;
  Mutex mutex_;
  bool is_open_ GUARDED_BY(mutex_) = false;
  std::map<std::string, Waiting> waiting_ GUARDED_BY(mutex_);  // by queue
};

}  // namespace ddblog::sqs
