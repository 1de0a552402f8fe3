// The queue at the end of a route: its messages are the replayed events.
//
// A message that was received and not deleted comes again after limits::kReplayVisibility, so an event is deleted only
// when it was written. Errors: those of aws::Client. Thread safety: none; it uses threads of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "aws/json_client.h"

namespace ddblog::replays {

struct QueuedMessage {
  std::string body;
  std::string receipt;
};

class ReplayQueue {
 public:
  ReplayQueue(aws::Session& session, std::string url) : sqs_(session, aws::kSqs), url_(std::move(url)) {}

  // Waits for messages for `wait` at most. When there are many, it receives several times ten.
  std::vector<QueuedMessage> receive(std::chrono::seconds wait) const;
  // One that SQS does not delete comes again.
  void remove(const std::vector<QueuedMessage>& messages) const;
  // About how many there are, in flight ones included.
  std::uint64_t size() const;

 private:
  std::vector<QueuedMessage> receiveOnce(std::chrono::seconds wait) const;

  const aws::Client sqs_;
  const std::string url_;
};

}  // namespace ddblog::replays
