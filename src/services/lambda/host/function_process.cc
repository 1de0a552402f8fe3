#include "services/lambda/host/function_process.h"

#include <system_error>

#include "services/lambda/functions/limits.h"
#include "services/lambda/host/function_error.h"

namespace ddblog::lambda {

namespace {

// Whether the machine has run out of a resource, so the function is not to blame.
bool lacksResources(const std::error_code& error) {
  return error == std::errc::too_many_files_open || error == std::errc::too_many_files_open_in_system ||
         error == std::errc::not_enough_memory || error == std::errc::resource_unavailable_try_again ||
         error == std::errc::no_buffer_space;
}

}  // namespace

FunctionProcess::FunctionProcess(const ProcessDependencies& dependencies, std::weak_ptr<ProcessOwner> owner,
                                 FunctionPointer function, const std::string& name)
    : dependencies_(dependencies),
      owner_(std::move(owner)),
      function_(std::move(function)),
      tag_("lambda/" + name),
      access_key_(processKey(tag_)) {}

void FunctionProcess::prepare() {
  process_ = std::make_shared<Process>(
      dependencies_.supervisor,
      [prefix = function_->reference() + ": ", &log = dependencies_.log](std::string_view line) {
        log(prefix + std::string(line));
      },
      [weak = std::weak_ptr(shared_from_this())](ExitStatus status) {
        if (const auto self = weak.lock()) self->ended(status, {});
      },
      [weak = std::weak_ptr(shared_from_this())](const std::system_error& error) {
        if (const auto self = weak.lock()) self->ended(std::nullopt, {error.what(), lacksResources(error.code())});
      });
}

void FunctionProcess::start() {
  try {
    files_ = dependencies_.runtimes.files(*function_);
  } catch (const NotBuilt& error) {
    files_failed_ = {.reason = error.what(), .is_not_built = true};
  } catch (const std::exception& error) {
    files_failed_ = {.reason = error.what()};
  }
  dependencies_.supervisor.post([self = shared_from_this()] { self->startNow(); });
}

void FunctionProcess::startNow() {
  if (files_failed_) return ended(std::nullopt, *files_failed_);
  try {
    dependencies_.runtime_api.add(tag_, weak_from_this());
    const std::string address =
        dependencies_.listeners.listen(dependencies_.runtime_api.service(), tag_,
                                       [weak = weak_from_this()](std::uint16_t peer_port, std::uint16_t own_port) {
                                         const auto self = weak.lock();
                                         return self && self->admits(peer_port, own_port);
                                       });
    process_->spawn(dependencies_.runtimes.commandLine(*function_, files_, address, tag_));
  } catch (const std::system_error& error) {
    ended(std::nullopt, {error.what(), lacksResources(error.code())});
  } catch (const NotBuilt& error) {
    ended(std::nullopt, {.reason = error.what(), .is_not_built = true});
  } catch (const std::exception& error) {
    ended(std::nullopt, {.reason = error.what()});
  }
}

bool FunctionProcess::admits(std::uint16_t peer_port, std::uint16_t own_port) {
  return dependencies_.peers.admits(*process_, function_->name, peer_port, own_port, has_refused_);
}

void FunctionProcess::ended(std::optional<ExitStatus> status, const StartFailure& failure) {
  dependencies_.runtime_api.remove(tag_);
  dependencies_.listeners.close(tag_);
  if (const auto owner = owner_.lock()) owner->gone(*this, status, failure);
}

void FunctionProcess::next(rpc::Callback respond) {
  // Without an owner, the host is stopping: there is no response (asksNext explains why).
  if (const auto owner = owner_.lock()) owner->asksNext(*this, std::move(respond));
}

RuntimeProcess::Reply FunctionProcess::answer(const std::string& request_id, std::string payload) {
  const auto owner = owner_.lock();
  if (!owner) return Reply::kWrongState;
  if (payload.size() <= limits::kInvokeBytes) {
    return owner->ends(*this, request_id, {InvocationResult::Kind::kAnswer, std::move(payload), {}});
  }
  const Reply reply = owner->ends(*this, request_id, {InvocationResult::Kind::kFunctionError, responseTooLarge(), {}});
  return reply == Reply::kAccepted ? Reply::kTooLarge : reply;
}

void FunctionProcess::stream(const std::string& request_id, std::shared_ptr<rpc::BodyPipe> answer,
                             rpc::Callback respond) {
  if (const auto owner = owner_.lock()) return owner->streams(*this, request_id, std::move(answer), std::move(respond));
  respond(RuntimeApi::refusal(Reply::kWrongState));
}

RuntimeProcess::Reply FunctionProcess::fail(const std::string& request_id, std::string error) {
  const auto owner = owner_.lock();
  if (!owner) return Reply::kWrongState;
  return owner->ends(*this, request_id, {InvocationResult::Kind::kFunctionError, std::move(error), {}});
}

RuntimeProcess::Reply FunctionProcess::failInit(std::string error) {
  const auto owner = owner_.lock();
  return owner ? owner->failsInit(*this, std::move(error)) : Reply::kWrongState;
}

}  // namespace ddblog::lambda
