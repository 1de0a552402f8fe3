#include "cli/replays/aws_end.h"

#include <stdexcept>

#include "aws/json_client.h"
#include "base/json.h"
#include "cli/cloud/local_cloud.h"
#include "ddblog/errors.h"
#include "ddblog/event.h"

namespace ddblog::cli {
namespace {

ConnectionFlags withoutEndpoint(ConnectionFlags flags) {
  if (flags.stage == "local") {
    throw std::invalid_argument("name the stage in AWS (--stage dev): the stage local is the offline cloud's");
  }
  flags.endpoint_url.clear();
  return flags;
}

ConnectionFlags localConnection(const ReplayFlags& flags) {
  ConnectionFlags local = flags.connection;
  local.stage = flags.local_stage;
  if (local.endpoint_url.empty()) local.endpoint_url = local.offline_endpoint;
  return local;
}

bool isSame(const aws::Endpoint& one, const aws::Endpoint& other) {
  return one.port == other.port && (one.host == other.host || (one.isLoopback() && other.isLoopback()));
}

void checkIsAnother(const AwsEnd& aws, const std::string& local_url) {
  const aws::Endpoint local = aws::parseEndpoint(local_url);
  for (const aws::Service& service : {aws::kDynamoDb, aws::kEventBridge, aws::kSqs}) {
    if (!isSame(aws.session().endpoint(service), local)) continue;
    throw std::invalid_argument(
        "the configured endpoint of AWS (AWS_ENDPOINT_URL, or in the profile) is the offline cloud " + local_url +
        ", into which the events are to go: unset it, or name another cloud with --endpoint-url");
  }
}

// Whether `operation` finds `name`.
bool finds(Transport& transport, Api api, const std::string& operation, const char* member, const std::string& name) {
  try {
    transport.call(api, operation, json::serialize(json::object{{member, name}}));
    return true;
  } catch (const ServiceError& error) {
    if (error.type() != "ResourceNotFoundException") throw;
    return false;
  }
}

}  // namespace

AwsEnd::AwsEnd(const ConnectionFlags& flags) : flags_(withoutEndpoint(flags)) {
  try {
    session_ = std::make_unique<aws::Session>(
        aws::ClientOptions{.endpoint_url = {}, .region = flags.region, .profile = profileOf(flags)}, clock_, ids_);
    session_->endpoint(aws::kEventBridge);
  } catch (const std::exception& e) {
    throw ConfigurationError(e.what());
  }
}

std::shared_ptr<Transport> AwsEnd::tables() const {
  return connect({.endpoint_url = {}, .region = flags_.region, .profile = profileOf(flags_)});
}

LocalEnd localEnd(const ReplayFlags& flags, const AwsEnd& aws) {
  const ConnectionFlags local = localConnection(flags);
  const LocalCloud cloud(local, "--target aws-bus");
  checkIsAnother(aws, cloud.url());
  if (!cloud.runId()) throw NotReachable("Nothing listens at " + cloud.url());
  const std::shared_ptr<Transport> transport = connectAs(local);
  if (flags.target == "bus") {
    if (!finds(*transport, Api::kEventBridge, "DescribeEventBus", "Name", flags.bus)) {
      throw std::invalid_argument("the offline cloud has no bus " + flags.bus + ": name one with --event-bus");
    }
    return {"the bus " + flags.bus + " at " + cloud.url(),
            incomingBus(connectOptions(local), flags.bus, replayName(flags))};
  }
  const std::string table = logTableName(local.stage);
  if (!finds(*transport, Api::kDynamoDb, "DescribeTable", "TableName", table)) {
    throw std::invalid_argument("the offline cloud has no log table " + table + ": name its stage with --local-stage");
  }
  return {"the table " + table + " at " + cloud.url(), incomingTable(transport, table)};
}

}  // namespace ddblog::cli
