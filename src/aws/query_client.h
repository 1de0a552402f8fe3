// A client of a service that speaks the AWS query protocol: a form in, XML out (CloudFormation, STS).
//
//   aws::QueryClient stacks(session, aws::kCloudFormation);
//   aws::XmlElement result = stacks.call("DescribeStacks", {{"StackName", "users-dev"}});
//   for (const aws::XmlElement& stack : result.listOf("Stacks")) … stack.textOf("StackStatus")
//
// A list's elements are numbered from 1: {"Capabilities.member.1", "CAPABILITY_IAM"}.
// Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
//
// Thread safety: as Client's.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/client.h"
#include "aws/xml.h"

namespace ddblog::aws {

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

// The form of a request.
std::string encodeQuery(std::string_view action, std::string_view version, const QueryParameters& parameters);

// The element <Action>Result of an answer; an empty one if the operation returns nothing. Throws
// std::runtime_error if the answer is not the operation's.
XmlElement resultOf(std::string_view action, std::string_view answer);

class QueryClient {
 public:
  QueryClient(Session& session, const Service& service) : client_(session, service), version_(service.version) {}

  // Throws ServiceError, ConnectionError, CredentialsError; std::runtime_error for an answer that is
  // none.
  XmlElement call(std::string_view action, const QueryParameters& parameters) const;

  const Endpoint& endpoint() const { return client_.endpoint(); }

 private:
  const Client client_;
  const std::string_view version_;
};

}  // namespace ddblog::aws
