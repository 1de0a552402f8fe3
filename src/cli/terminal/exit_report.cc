#include "cli/terminal/exit_report.h"

#include <algorithm>
#include <initializer_list>
#include <stdexcept>
#include <string_view>

#include "cli/terminal/exit_status.h"
#include "cli/terminal/printable.h"
#include "ddblog/errors.h"
#include "services/eventbridge/archive/archive_file.h"
#include "store/directory_lock.h"

namespace ddblog::cli {
namespace {

// With a full stop at the end.
std::string sentence(std::string text) {
  if (!text.ends_with('.')) text += '.';
  return text;
}

bool isOneOf(std::string_view type, std::initializer_list<std::string_view> types) {
  return std::ranges::find(types, type) != types.end();
}

bool saysThatTheTimeIsWrong(const ServiceError& error) {
  const std::string& message = error.message();
  return error.type() == "RequestTimeTooSkewed" || message.find("Signature expired") != std::string::npos ||
         message.find("Signature not yet current") != std::string::npos;
}

// What to do about an error of a service; empty: its message has to do.
std::string adviceOn(const ServiceError& error) {
  const std::string& type = error.type();
  if (saysThatTheTimeIsWrong(error)) return " Check the clock of this machine: AWS compares it with its own.";
  if (error.message().starts_with("Function not found")) return " `dynamodb-log functions` lists the functions.";
  if (type == "ResourceNotFoundException") {
    return " Does the table exist at this endpoint? Check --stage and --endpoint-url.";
  }
  if (isOneOf(type, {"ExpiredToken", "ExpiredTokenException", "RequestExpired"})) {
    return " Get new credentials: with `aws sso login`, or as you got these.";
  }
  if (isOneOf(type, {"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId",
                     "SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure"})) {
    return " Check the credentials: the environment's come first, then those of the profile (--profile).";
  }
  return {};
}

ExitReport serviceReport(const ServiceError& error) {
  const std::string line = std::string("The service returned an error: ") + error.what();
  const std::string advice = adviceOn(error);
  return {kRefused, advice.empty() ? line : sentence(line) + advice};
}

// Whether the text names an address of this machine, where the offline cloud listens.
bool namesThisMachine(const std::string& text) {
  constexpr std::string_view kHosts[] = {"://localhost", "://127.", "://[::1]"};
  return std::ranges::any_of(kHosts, [&text](std::string_view host) { return text.find(host) != std::string::npos; });
}

ExitReport unreachableReport(const NotReachable& error) {
  const char* advice = namesThisMachine(error.what())
                           ? " Is the offline cloud running (dynamodb-log offline)? Use --endpoint-url for another "
                             "endpoint."
                           : " Check the network, the region, and what is configured as the endpoint.";
  return {kNotReachable, sentence(error.what()) + advice};
}

ExitReport damageReport(const std::exception& error) {
  return {kDamaged, sentence(error.what()) +
                        " Load the last snapshot (dynamodb-log snapshot load FILE --data DIRECTORY), or go on without "
                        "what is lost (dynamodb-log offline --recover)."};
}

}  // namespace

std::string oneLine(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::string errorLine(const ExitReport& report) { return printable("dynamodb-log: " + oneLine(report.line)); }

ExitReport exitReportOf(std::exception_ptr thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const VersionConflict& e) {
    return {kVersionConflict, std::string(e.what()) + " Read the stream and decide again."};
  } catch (const AppendRefused& e) {
    return {kVersionConflict, e.what()};
  } catch (const ServiceError& e) {
    return serviceReport(e);
  } catch (const NotReachable& e) {
    return unreachableReport(e);
  } catch (const ConfigurationError& e) {
    return {kConfiguration, e.what()};
  } catch (const StoreInUse& e) {
    return {kInUse, std::string(e.what()) + ". Stop that process first, or choose another directory with --data."};
  } catch (const StoreDamaged& e) {
    return damageReport(e);
  } catch (const eventbridge::ArchiveDamaged& e) {
    return damageReport(e);
  } catch (const std::invalid_argument& e) {
    return {kUsage, e.what()};
  } catch (const std::exception& e) {
    return {kFailure, e.what()};
  } catch (...) {
    return {kFailure, "An unknown error occurred."};
  }
}

}  // namespace ddblog::cli
