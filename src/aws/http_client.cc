#include "aws/http_client.h"

#include <curl/curl.h>

#include <mutex>

#include "aws/endpoint.h"
#include "base/text.h"

namespace ddblog::aws {

namespace {

// What libcurl's callbacks fill.
struct Receiving {
  HttpAnswer answer;
  std::size_t max_body = 0;
  bool too_large = false;
};

std::size_t onBody(char* bytes, std::size_t, std::size_t size, void* to) {
  auto& receiving = *static_cast<Receiving*>(to);
  if (receiving.answer.body.size() + size > receiving.max_body) {
    receiving.too_large = true;
    return 0;
  }
  receiving.answer.body.append(bytes, size);
  return size;
}

std::size_t onHeader(char* bytes, std::size_t, std::size_t size, void* to) {
  auto& headers = static_cast<Receiving*>(to)->answer.headers;
  const std::string_view line(bytes, size);
  if (line.starts_with("HTTP/")) headers.clear();  // a 100 Continue came before
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  headers.insert_or_assign(lowerCase(line.substr(0, colon)), std::string(trim(line.substr(colon + 1))));
  return size;
}

class HeaderList {
 public:
  ~HeaderList() { curl_slist_free_all(list_); }
  void add(const std::string& line) {
    curl_slist* longer = curl_slist_append(list_, line.c_str());
    if (!longer) throw std::bad_alloc();
    list_ = longer;
  }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

void initialise() {
  static const CURLcode kInitialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (kInitialised != CURLE_OK) throw std::runtime_error("libcurl cannot be initialised");
}

}  // namespace

// One libcurl handle: a connection that is kept alive, used by one call at a time.
class HttpClient::Handle {
 public:
  Handle() : curl_(curl_easy_init()) {
    if (!curl_) throw std::bad_alloc();
    curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl_, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(curl_, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl_, CURLOPT_USERAGENT, "dynamodb-log");
    curl_easy_setopt(curl_, CURLOPT_ERRORBUFFER, error_);
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, onBody);
    curl_easy_setopt(curl_, CURLOPT_HEADERFUNCTION, onHeader);
  }
  ~Handle() { curl_easy_cleanup(curl_); }
  Handle(const Handle&) = delete;

  HttpAnswer send(const HttpRequest& request) {
    Receiving receiving;
    receiving.max_body = request.max_body;
    HeaderList headers;
    prepare(request, headers, receiving);
    error_[0] = '\0';
    const CURLcode code = curl_easy_perform(curl_);
    // These two point into the caller's data.
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, nullptr);
    curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, nullptr);
    if (receiving.too_large) {
      throw ConnectionError("The answer of " + request.url + " is larger than " + std::to_string(request.max_body) +
                            " bytes");
    }
    if (code != CURLE_OK) {
      throw ConnectionError("Could not connect to the endpoint URL \"" + request.url +
                            "\": " + (error_[0] ? error_ : curl_easy_strerror(code)));
    }
    long status = 0;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
    receiving.answer.status = static_cast<int>(status);
    return std::move(receiving.answer);
  }

 private:
  void prepare(const HttpRequest& request, HeaderList& headers, Receiving& receiving) {
    bool has_content_type = false;
    for (const auto& [name, value] : request.headers) {
      // A header with an empty value is written with a semicolon in libcurl's list.
      headers.add(value.empty() ? name + ';' : name + ": " + value);
      has_content_type = has_content_type || curl_strequal(name.c_str(), "content-type");
    }
    headers.add("Expect:");
    headers.add("Accept:");
    if (!has_content_type) headers.add("Content-Type:");

    const bool sends_body = !request.body.empty() || request.method == "POST" || request.method == "PUT";
    curl_easy_setopt(curl_, CURLOPT_NOBODY, 0L);
    if (sends_body) {
      curl_easy_setopt(curl_, CURLOPT_POST, 1L);
      curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.data());
    } else if (request.method == "HEAD") {
      curl_easy_setopt(curl_, CURLOPT_NOBODY, 1L);
    } else {
      curl_easy_setopt(curl_, CURLOPT_HTTPGET, 1L);
    }
    curl_easy_setopt(curl_, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    curl_easy_setopt(curl_, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl_, CURLOPT_PROXY, isProxyless(request.url) ? "" : nullptr);
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
    curl_easy_setopt(curl_, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &receiving);
    curl_easy_setopt(curl_, CURLOPT_HEADERDATA, &receiving);
  }

  // A proxy in the environment is for the world outside, not for this machine nor for what only this machine can reach.
  static bool isProxyless(const std::string& url) {
    const std::size_t start = url.find("://") + 3;
    if (url[start] == '[') return url.compare(start, 5, "[::1]") == 0;
    const std::string_view host = std::string_view(url).substr(start, url.find_first_of(":/?", start) - start);
    return isLoopbackHost(host) || host.starts_with("169.254.");
  }

  CURL* const curl_;
  char error_[CURL_ERROR_SIZE] = "";
};

struct HttpClient::Pool {
  std::mutex mutex;
  std::vector<std::unique_ptr<Handle>> idle;

  std::unique_ptr<Handle> take() {
    {
      std::lock_guard lock(mutex);
      if (!idle.empty()) {
        // The one used last: its connection is the warmest.
        std::unique_ptr<Handle> handle = std::move(idle.back());
        idle.pop_back();
        return handle;
      }
    }
    return std::make_unique<Handle>();
  }

  void giveBack(std::unique_ptr<Handle> handle) {
    std::lock_guard lock(mutex);
    if (idle.size() < limits::kClientConnections) idle.push_back(std::move(handle));
  }
};

HttpClient::HttpClient() : pool_(std::make_unique<Pool>()) { initialise(); }
HttpClient::~HttpClient() = default;

HttpAnswer HttpClient::send(const HttpRequest& request) {
  std::unique_ptr<Handle> handle = pool_->take();
  // After an exception the handle is not given back: its state is not known.
  HttpAnswer answer = handle->send(request);
  pool_->giveBack(std::move(handle));
  return answer;
}

}  // namespace ddblog::aws
