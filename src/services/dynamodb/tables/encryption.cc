#include "services/dynamodb/tables/encryption.h"

#include "base/api_error.h"
#include "base/digests.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "services/dynamodb/core/refusals.h"

namespace ddblog::dynamodb {
namespace {

constexpr std::string_view kOwnAlias = "alias/aws/dynamodb";  // the key that KMS manages for DynamoDB

// A key's id, derived from its alias, in the form of a version 4 UUID.
std::string keyIdOf(std::string_view alias, const Context& context) {
  std::string hex = sha256Hex(context.region + ":" + context.account_id + ":" + std::string(alias)).substr(0, 32);
  hex[12] = '4';
  hex[16] = 'a';
  for (const std::size_t dash : {8, 13, 18, 23}) hex.insert(dash, 1, '-');
  return hex;
}

std::string keyArnOf(const EncryptionRequest& request, const Context& context) {
  const std::string here = "arn:aws:kms:" + context.region + ":" + context.account_id + ":";
  std::string key = request.key_id.value_or(std::string(kOwnAlias));
  if (key.starts_with(here)) key.erase(0, here.size());
  if (key.starts_with("arn:")) return key;
  if (key.starts_with("alias/")) return here + "key/" + keyIdOf(key, context);
  return here + (key.starts_with("key/") ? "" : "key/") + key;
}

}  // namespace

std::optional<EncryptionRequest> readEncryption(rpc::ObjectReader& fields) {
  auto object = fields.object("SSESpecification", false, "com.amazonaws.dynamodb.v20120810.SSESpecification");
  if (!object) return std::nullopt;
  EncryptionRequest encryption;
  encryption.enabled = object->boolean("Enabled");
  encryption.type = object->string("SSEType", {.one_of = {"AES256", "KMS"}});
  encryption.key_id = object->string("KMSMasterKeyId", {.min = 1});
  return encryption;
}

void checkEncryption(const EncryptionRequest& request) {
  if (request.enabled == false) {
    if (request.type) throw invalidParameters("SSEType can not be specified if Enabled is false");
    if (request.key_id) throw invalidParameters("KMSMasterKeyId can not be specified if Enabled is false");
    return;
  }
  if (request.type == "AES256") throw invalidParameters("SSEType AES256 is not supported");
  if (request.key_id && !request.type)
    throw invalidParameters("SSEType KMS is required if KMSMasterKeyId is specified");
}

void checkEncryptionChange(const EncryptionRequest& request, const Table& table) {
  if (!request.isOn()) {
    if (table.sse_specification.empty()) throw invalidParameters("Table is already encrypted by default");
    return;
  }
  if (table.sse_specification.empty() || !request.key_id) return;
  const json::value described = parseJson(table.sse_specification);
  // AWS compares the ARN only: it accepts the same key again by its id or alias.
  if (described.as_object().at("KMSMasterKeyArn") == json::value(*request.key_id)) {
    throw invalidParameters(
        "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId parameter if you want to change "
        "Master Key");
  }
}

std::string describeEncryption(const EncryptionRequest& request, const Context& context) {
  if (!request.isOn()) return {};
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("Status").value("ENABLED").key("SSEType").value("KMS");
  json.key("KMSMasterKeyArn").value(keyArnOf(request, context)).endObject();
  return out;
}

}  // namespace ddblog::dynamodb
