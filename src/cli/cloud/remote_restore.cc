#include "cli/cloud/remote_restore.h"

#include <stdexcept>

#include "aws/json_response.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "ddblog/errors.h"

namespace ddblog::cli {
namespace {

// Errors about the snapshot itself are reported with the cloud's message only.
template <class Call>
auto withCloudsWords(const Call& call) {
  try {
    return call();
  } catch (const ServiceError& e) {
    if (e.type() == "SnapshotUnusable" || e.type() == "SnapshotNotLoaded") throw std::runtime_error(e.message());
    throw;
  }
}

// A file's name may not be UTF-8; JSON is.
std::string beginRequest(const std::string& name) {
  std::string body;
  JsonWriter(body).beginObject().key("name").value(name).endObject();
  try {
    parseJson(body);
    return body;
  } catch (const std::invalid_argument&) {
    return R"({"name": "file"})";
  }
}

}  // namespace

RemoteRestore::RemoteRestore(const LocalCloud& cloud, const std::string& name) : cloud_(cloud) {
  const json::object response = withCloudsWords(
      [&] { return aws::parseResponse(cloud_.send("POST", "/_local/restores", {}, beginRequest(name)).body); });
  path_ = "/_local/restores/" + std::string(response.at("restore").as_string());
}

RemoteRestore::~RemoteRestore() {
  if (is_loaded_) return;
  try {
    cloud_.send("DELETE", path_);
  } catch (const std::exception&) {
    // The upload expires.
  }
}

void RemoteRestore::send(std::uint64_t offset, std::string_view piece) const {
  try {
    withCloudsWords([&] { return cloud_.send("PUT", path_, {{"offset", std::to_string(offset)}}, piece); });
  } catch (const NotReachable& e) {
    throw NotReachable(std::string(e.what()) + ", before the whole snapshot was sent. Nothing was changed");
  }
}

bool RemoteRestore::finish(std::uint64_t& read) {
  try {
    const json::object response =
        withCloudsWords([&] { return aws::parseResponse(cloud_.send("POST", path_ + "/finish").body); });
    read = static_cast<std::uint64_t>(response.at("read").as_int64());
    is_loaded_ = response.at("loaded").as_bool();
    return is_loaded_;
  } catch (const NotReachable& e) {
    throw NotReachable(std::string(e.what()) +
                       ", before it was known whether the snapshot is loaded. After the next start the state is either "
                       "the old one or the new one, complete");
  }
}

}  // namespace ddblog::cli
