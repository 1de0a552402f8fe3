// The client's errors (aws/) as the library's own (include/ddblog/errors.h).
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
