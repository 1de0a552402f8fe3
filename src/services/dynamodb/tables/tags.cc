#include "services/dynamodb/tables/tags.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string_view>

#include "base/api_error.h"
#include "services/dynamodb/core/limits.h"

namespace ddblog::dynamodb {
namespace {

constexpr std::size_t kLongestKey = 128;  // characters
constexpr std::size_t kLongestValue = 256;

// Takes the first character off `text`, which is valid UTF-8.
std::uint32_t takeCharacter(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  std::uint32_t character = size == 1 ? lead : lead & (0xffu >> (size + 1));
  for (std::size_t i = 1; i < size && i < text.size(); ++i) {
    character = character << 6 | (static_cast<unsigned char>(text[i]) & 0x3fu);
  }
  text.remove_prefix(std::min(size, text.size()));
  return character;
}

// Whether a character beyond ASCII is neither letter, digit nor space: an approximation by Unicode
// blocks (https://unicode.org/charts).
bool isSign(std::uint32_t character) {
  struct Block {
    std::uint32_t first;
    std::uint32_t last;
  };
  constexpr Block kSigns[] = {
      {0x80, 0x9f},     {0xa1, 0xa9},     {0xab, 0xb1},     {0xb4, 0xb4},       {0xb6, 0xb8},       {0xbb, 0xbb},
      {0xbf, 0xbf},     {0xd7, 0xd7},     {0xf7, 0xf7},     {0x200b, 0x2027},   {0x202a, 0x202e},   {0x2030, 0x205e},
      {0x2060, 0x206f}, {0x20a0, 0x20cf}, {0x2190, 0x245f}, {0x2500, 0x2bff},   {0x3001, 0x3004},   {0x3008, 0x3020},
      {0xd800, 0xf8ff}, {0xfe00, 0xfe6f}, {0xfff0, 0xffff}, {0x1f000, 0x1faff}, {0xe0000, 0x10ffff}};
  return std::any_of(std::begin(kSigns), std::end(kSigns),
                     [&](const Block& block) { return character >= block.first && character <= block.last; });
}

bool isTagCharacter(std::uint32_t character) {
  if (character >= 0x80) return !isSign(character);
  const char letter = static_cast<char>(character);
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
         std::string_view(" +-=._:/@").find(letter) != std::string_view::npos;
}

bool isTagText(std::string_view text, std::size_t longest) {
  for (std::size_t length = 0; !text.empty(); ++length) {
    if (length == longest || !isTagCharacter(takeCharacter(text))) return false;
  }
  return true;
}

void checkKey(const std::optional<std::string>& key) {
  if (!key || key->empty() || !isTagText(*key, kLongestKey)) {
    throw validationError("The Tag Key provided is invalid, Key: " + key.value_or("null"));
  }
  std::string prefix = key->substr(0, 4);
  std::transform(prefix.begin(), prefix.end(), prefix.begin(),
                 [](char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter; });
  if (prefix == "aws:") throw validationError("Tag Key cannot be prefixed with aws:, Key: " + *key);
}

void checkValue(const std::optional<std::string>& value) {
  if (value && isTagText(*value, kLongestValue)) return;
  throw validationError("The Tag Value provided is invalid, Value: " + value.value_or("null"));
}

}  // namespace

std::optional<std::vector<TagRequest>> readTags(rpc::ObjectReader& fields, bool required) {
  auto elements = fields.objects("Tags", {.required = required, .element = "com.amazonaws.dynamodb.v20120810.Tag"});
  if (!elements) return std::nullopt;
  std::vector<TagRequest> tags;
  for (rpc::ObjectReader& element : *elements) {
    TagRequest& tag = tags.emplace_back();
    tag.key = element.string("Key");
    tag.value = element.string("Value");
  }
  return tags;
}

std::vector<Tag> checkTags(const std::vector<TagRequest>& tags) {
  std::vector<Tag> checked;
  std::set<std::string> keys;
  for (const TagRequest& tag : tags) {
    checkKey(tag.key);
    checkValue(tag.value);
    if (!keys.insert(*tag.key).second) {
      throw validationError("Duplicate Tag Keys provided as input: Duplicate Tag Key found " + *tag.key);
    }
    checked.push_back({*tag.key, *tag.value});
  }
  checkTagCount(checked.size());
  return checked;
}

void checkTagKeys(const std::vector<std::string>& keys) {
  for (const std::string& key : keys) checkKey(key);
  checkTagCount(keys.size());
}

void checkTagCount(std::size_t count) {
  if (count > limits::kTagsPerResource) {
    throw validationError("Number of Tags exceed the current limit for the provided ResourceArn");
  }
}

}  // namespace ddblog::dynamodb
