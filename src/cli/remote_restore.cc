#include "cli/remote_restore.h"

#include <stdexcept>

#include "base/json.h"
#include "base/json_writer.h"
#include "clients/cpp/src/response.h"
#include "ddblog/errors.h"

namespace ddblog::cli {
namespace {

// The cloud's words are the whole line where they are about the snapshot.
template <class Call>
auto withItsWords(const Call& call) {
  try {
    return call();
  } catch (const ServiceError& e) {
    if (e.type() == "SnapshotUnusable" || e.type() == "SnapshotNotLoaded") throw std::runtime_error(e.message());
    throw;
  }
}

// A file's name is any bytes, JSON is UTF-8.
std::string beginning(const std::string& name) {
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
  const json::object response =
      withItsWords([&] { return parseResponse(cloud_.send("POST", "/_local/restores", {}, beginning(name)).body); });
  path_ = "/_local/restores/" + std::string(response.at("restore").as_string());
}

RemoteRestore::~RemoteRestore() {
  if (is_loaded_) return;
  try {
    cloud_.send("DELETE", path_);
  } catch (const std::exception&) {
    // The server forgets it by itself.
  }
}

void RemoteRestore::send(std::uint64_t offset, std::string_view piece) const {
  try {
    withItsWords([&] { return cloud_.send("PUT", path_, {{"offset", std::to_string(offset)}}, piece); });
  } catch (const NotReachable& e) {
    throw NotReachable(std::string(e.what()) + ", before all of the snapshot was sent: nothing was changed");
  }
}

bool RemoteRestore::finish(std::uint64_t& read) {
  try {
    const json::object response =
        withItsWords([&] { return parseResponse(cloud_.send("POST", path_ + "/finish").body); });
    read = static_cast<std::uint64_t>(response.at("read").as_int64());
    is_loaded_ = response.at("loaded").as_bool();
    return is_loaded_;
  } catch (const NotReachable& e) {
    throw NotReachable(std::string(e.what()) +
                       ", before it was said that the snapshot is loaded: the next start shows the old state whole, or "
                       "the new one");
  }
}

}  // namespace ddblog::cli
