// ReceiveMessage: up to ten messages, which are in flight then. If there are none, it waits for as
// long as the request or the queue says.
//
// Errors: numbers that are out of range; unknown attributes; a queue that does not exist; too
// many messages in flight (only if it would not wait).
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"
#include "services/sqs/operations/received_message.h"
#include "services/sqs/queues/errors.h"
#include "services/sqs/queues/limits.h"
#include "services/sqs/queues/message_checks.h"

namespace ddblog::sqs {
namespace {

class ReceiveMessage {
 public:
  ReceiveMessage(rpc::RequestReader& request, Context& context);

  // The answer; std::nullopt: it waits, and `waiting` was added.
  std::optional<std::string> run(Transaction& transaction, WaitingReceivePointer& waiting,
                                 const rpc::Callback& respond) const;

 private:
  std::string answer(const std::vector<ReceivedMessage>& messages) const;

  Context& context_;
  std::string name_;
  ReceiveOptions options_;
  std::optional<std::chrono::seconds> wait_;
  WantedAttributes wanted_;
};

ReceiveMessage::ReceiveMessage(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  name_ = readQueueName(fields);
  wanted_ = readWanted(fields);
  const auto most = fields.integer("MaxNumberOfMessages");
  if (most && (*most < 1 || *most > static_cast<std::int64_t>(limits::kBatch))) {
    throw invalidParameter(std::to_string(*most), "MaxNumberOfMessages", "Must be between 1 and 10, if provided.");
  }
  options_.most = static_cast<std::size_t>(most.value_or(1));
  options_.visibility = readSeconds(fields, "VisibilityTimeout", limits::kVisibilitySeconds);
  wait_ = readSeconds(fields, "WaitTimeSeconds", limits::kWaitSeconds);
  options_.attempt_id = fields.string("ReceiveRequestAttemptId").value_or("");
  checkFifoId(options_.attempt_id, "ReceiveRequestAttemptId");
  request.finish();
}

std::string ReceiveMessage::answer(const std::vector<ReceivedMessage>& messages) const {
  std::string out;
  JsonWriter json(out);
  json.beginObject();
  if (!messages.empty()) {
    json.key("Messages").beginArray();
    for (const ReceivedMessage& message : messages) writeReceived(json, name_.ends_with(".fifo"), message, wanted_);
    json.endArray();
  }
  json.endObject();
  return out;
}

std::optional<std::string> ReceiveMessage::run(Transaction& transaction, WaitingReceivePointer& waiting,
                                               const rpc::Callback& respond) const {
  const Queue queue = context_.catalog.get(transaction, name_);
  const std::vector<ReceivedMessage> messages = context_.messages.receive(transaction, queue, options_);
  if (!messages.empty()) return answer(messages);
  const std::chrono::seconds wait = wait_.value_or(queue.seconds("ReceiveMessageWaitTimeSeconds"));
  if (wait == std::chrono::seconds(0)) {
    if (!queue.isFifo() && messageCounts(transaction, queue.number).in_flight >= limits::kInFlight) {
      throw tooManyInFlight();
    }
    return answer(messages);
  }
  waiting = std::make_shared<WaitingReceive>(
      WaitingReceive{name_, options_, context_.clock.runningTime() + wait,
                     [of = *this, respond](const std::vector<ReceivedMessage>& later, std::exception_ptr error) {
                       respond(error ? rpc::Outcome(error) : rpc::Outcome::ofBody(of.answer(later)));
                     }});
  if (context_.waiting_receives.add(waiting)) return std::nullopt;
  return answer(messages);
}

void receive(Context& context, const rpc::Request& request, const rpc::Callback& respond) {
  struct Receive {
    std::optional<ReceiveMessage> operation;
    WaitingReceivePointer waiting;
    std::optional<std::string> answer;
  };
  auto receive = std::make_shared<Receive>();
  try {
    rpc::RequestReader reader(request);
    receive->operation.emplace(reader, context);
  } catch (...) {
    return respond(std::current_exception());
  }
  context.store.write(
      [receive, respond](Transaction& transaction) {
        receive->answer = receive->operation->run(transaction, receive->waiting, respond);
      },
      [&context, receive, respond](std::exception_ptr error) {
        if (error) {
          // One that waits may have been answered already.
          if (!receive->waiting || context.waiting_receives.remove(receive->waiting)) respond(error);
        } else if (receive->answer) {
          respond(rpc::Outcome::ofBody(*std::move(receive->answer)));
        }
      });
}

}  // namespace

void addReceiveMessage(rpc::JsonApi& api, Context& context) {
  api.add("ReceiveMessage", [&context](const rpc::Request& request, const rpc::Callback& respond) {
    receive(context, request, respond);
  });
  api.setWaits("ReceiveMessage");
}

}  // namespace ddblog::sqs
