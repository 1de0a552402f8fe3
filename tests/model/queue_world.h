// Queues of its own, the model of them, and a connection over which both are kept the same: messages are sent, received,
// given back and deleted at random, and what is answered must be what the model says.
//
// Time is counted in windows (conductor.h): visibility timeouts, delays and retention end in the middle of one, so the
// model knows exactly what is visible. A FIFO queue's calls can be repeated (deduplication ids, attempt ids), so the
// world repeats what has no answer until it has one. A standard queue's send without an answer may have been carried
// out or not; so may a receive. The world then receives everything that is visible: what it does not get was taken by
// the receive that had no answer, or was never sent.
//
// Thread safety: none; a world lives on one thread.
#pragma once

#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/conductor.h"
#include "model/wire.h"

namespace ddblog::model {

class QueueWorld {
 public:
  QueueWorld(Conductor& conductor, int port, std::uint64_t seed, int number);
  void run();
  // The last requests and answers: what to read when something is wrong.
  std::string history() const;

 private:
  struct Message {
    std::string body;                // no other message of this world has it
    std::string id;                  // empty: its send had no answer
    std::string group;               // of a FIFO queue
    std::string deduplication_id;    // the same
    bool may_be_missing = false;     // its send had no answer, and nobody has seen it since
    int sent_in = 0;                 // the window
    int visible_from = 0;            // the window
    int receives = 0;                // in this queue
    int receives_before = 0;         // in the queue that it was moved from
    int received_in = 0;             // the window of the latest receive
    std::string receipt;             // of the latest receive; empty: not known
    std::string older_receipt = {};  // of one before
  };
  struct Queue {
    std::string name;
    bool is_fifo = false;
    bool deduplicates_content = false;
    int retention = 0;                 // windows; 0: longer than the test
    int most_receives = 0;             // then the message moves to dead_letters; 0: never
    Queue* dead_letters = nullptr;     // must be created before
    std::list<Message> messages = {};  // in the order in which they were sent, or moved here
  };
  // A message that was sent to a FIFO queue lately.
  struct Recent {
    Queue* queue;
    Message message;
    std::chrono::steady_clock::time_point sent_at;
  };
  using Pointers = std::vector<Message*>;

  // --- steps (queue_world.cc) ---
  void createQueues();
  void step();
  void send(Queue& queue);
  void sendBatch(Queue& queue);
  void sendAgain();
  void remove(Queue& queue);
  void removeWithOlderReceipt(Queue& queue);
  void changeVisibility(Queue& queue);
  void giveBack(Queue& queue, Message& message);
  void checkCounts(const Queue& queue);
  void audit();
  void afterClockMove();
  Message newMessage(const Queue& queue);
  std::string entryOf(const Queue& queue, const Message& message) const;

  // --- receives (queue_receives.cc) ---
  void receive(Queue& queue);
  void drain(Queue& queue, int windows, int unanswered);
  Pointers take(Queue& queue, const Answer& answer, int most, int windows, bool has_lost_some);
  Message& find(Queue& queue, const std::string& body);
  void checkOrder(Queue& queue, const Message& message, const std::set<const Message*>& taken);
  void endReceive(Queue& queue, const std::set<std::string>& closed, const std::set<const Message*>& taken,
                  bool has_lost_some);
  void moveToDeadLetters(Queue& queue, const Message& message);
  bool isVisible(const Message& message) const { return message.visible_from <= window_; }
  bool isDead(const Queue& queue, const Message& message) const;  // the next receive moves it
  std::set<std::string> closedGroups(const Queue& queue) const;

  // --- calls (queue_world.cc) ---
  std::optional<Answer> ask(const std::string& operation, const std::string& body);
  Answer askUntilAnswered(const std::string& operation, const std::string& body);
  std::string urlOf(const Queue& queue) const;

  Conductor& conductor_;
  const std::uint64_t seed_;
  const int number_;
  const int port_;
  Rng rng_;
  Connection connection_;
  int restarts_;
  int window_ = 0;
  bool needs_audit_ = false;
  std::uint64_t step_ = 0;
  int messages_ = 0;
  int attempts_ = 0;
  std::vector<std::unique_ptr<Queue>> queues_;
  std::deque<Recent> recent_;
  std::deque<std::string> history_;
};

}  // namespace ddblog::model
