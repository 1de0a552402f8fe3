// Translates the errors of the AWS client (aws/) to the library's (include/ddblog/errors.h).
//
// Thread safety: a stateless function.
#pragma once

#include "aws/client.h"
#include "ddblog/errors.h"

namespace ddblog {

template <class Call>
auto withLibraryErrors(const Call& call) {
  try {
    return call();
  } catch (const aws::ServiceError& e) {
    throw ServiceError(e.type(), e.message(), e.status(), e.body(), e.attempts());
  } catch (const aws::ConnectionError& e) {
    throw NotReachable(e.what());
  } catch (const aws::CredentialsError& e) {
    throw ConfigurationError(e.what());
  }
}

}  // namespace ddblog
