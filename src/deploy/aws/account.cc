#include "deploy/aws/account.h"

#include "aws/partition.h"
#include "aws/query_client.h"

namespace ddblog::deploy {

Account accountOf(aws::Session& session) {
  const aws::QueryClient sts(session, aws::kSts);
  const aws::XmlElement identity = sts.call("GetCallerIdentity", {});
  const std::string region = sts.endpoint().region;
  return {identity.textOf("Account"), identity.textOf("Arn"), region, std::string(aws::partitionOf(region).name)};
}

}  // namespace ddblog::deploy
