#include "cli/terminal/exit_report.h"

#include <algorithm>
#include <stdexcept>

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

ExitReport serviceReport(const ServiceError& error) {
  std::string advice;
  if (error.message().starts_with("Function not found")) {
    advice = ". `dynamodb-log functions` lists the functions.";
  } else if (error.type() == "ResourceNotFoundException") {
    advice = " Does the table exist at this endpoint? Check --stage and --endpoint-url.";
  }
  return {kRefused, std::string("The service returned an error: ") + error.what() + advice};
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
    return {kNotReachable,
            sentence(e.what()) +
                " Is the offline cloud running (dynamodb-log offline)? Use --endpoint-url for another endpoint."};
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
