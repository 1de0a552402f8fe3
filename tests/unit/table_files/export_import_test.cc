// The files of DynamoDB's export to S3: written, read again, and refused when something is wrong
// with them.
#include <gmock/gmock.h>

#include "base/base64.h"
#include "base/digests.h"
#include "base/gzip.h"
#include "table_files/export_files.h"
#include "table_files/import_files.h"
#include "unit/support/temporary_directory.h"

namespace ddblog::table_files {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kAllTypes =
    R"({"pk":{"S":"\"\u00e9\n"},"n":{"N":"-1.2345678901234567890123456789012345678E-120"},"b":{"B":"AAEC/w=="},)"
    R"("ss":{"SS":["a","b"]},"ns":{"NS":["1","2.5"]},"bs":{"BS":["AA=="]},"t":{"BOOL":true},"z":{"NULL":true},)"
    R"("m":{"M":{"l":{"L":[{"M":{}},{"L":[]},{"S":""}]}}}})";

ImportKeys keysOfTable() {
  return ImportKeys(parseJson(R"({"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},
                      {"AttributeName":"n","AttributeType":"N"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
                    "GlobalSecondaryIndexes":[{"IndexName":"by-n",
                                               "KeySchema":[{"AttributeName":"n","KeyType":"HASH"}]}]})")
                        .as_object());
}

std::string itemLine(const std::string& item) { return "{\"Item\":" + item + "}\n"; }

class ExportImportTest : public testing::Test {
 protected:
  fs::path exportOf(const std::vector<std::string>& items) {
    ExportWriter writer(folder_.path() / "out",
                        {"arn:aws:dynamodb:us-east-1:000000000000:table/t", "uuid", "2026-01-01T00:00:00.000Z", 77},
                        clock_, ids_);
    for (const std::string& item : items) writer.add(itemLine(item), 1);
    writer.finish();
    return writer.path();
  }
  static std::vector<std::string> itemsOf(const fs::path& path) {
    const ImportFiles files(path, "table");
    const std::uint64_t total = files.check(keysOfTable());
    std::vector<std::string> items;
    files.read(keysOfTable(), [&](const ImportRecord& record) {
      items.push_back((record.is_put ? "" : "-") + json::serialize(record.item));
    });
    EXPECT_EQ(items.size(), total);
    return items;
  }
  static std::string refusalOf(const fs::path& path) {
    try {
      ImportFiles(path, "table").check(keysOfTable());
    } catch (const ImportUnusable& e) {
      return e.what();
    }
    return "not refused";
  }

  TemporaryDirectory folder_;
  AdjustableClock clock_{AdjustableClock::Start::kFrozen};
  Ids ids_{1};
};

TEST_F(ExportImportTest, WhatIsExportedIsImported) {
  const fs::path path = exportOf({kAllTypes, R"({"pk":{"S":"2"}})"});
  const auto expected = ElementsAre(json::serialize(parseJson(kAllTypes)), R"({"pk":{"S":"2"}})");
  EXPECT_THAT(itemsOf(path), expected);
  EXPECT_THAT(itemsOf(path.parent_path()), expected);      // AWSDynamoDB
  EXPECT_THAT(itemsOf(folder_.path() / "out"), expected);  // what holds it
  EXPECT_THAT(itemsOf(path / "data"), expected);           // the data files alone
}

TEST_F(ExportImportTest, WritesTheFilesThatDynamoDbWrites) {
  const fs::path path = exportOf({R"({"pk":{"S":"1"}})"});
  const std::string relative = fs::relative(path, folder_.path()).string();
  EXPECT_EQ(folder_.read(relative + "/_started"), "");
  const json::value summary = parseJson(folder_.read(relative + "/manifest-summary.json"));
  EXPECT_EQ(summary.at("version"), "2020-06-30");
  EXPECT_EQ(summary.at("itemCount"), 1);
  EXPECT_EQ(summary.at("billedSizeBytes"), 77);
  EXPECT_EQ(summary.at("outputFormat"), "DYNAMODB_JSON");
  EXPECT_EQ(summary.at("exportType"), "FULL_EXPORT");
  EXPECT_EQ(summary.at("exportTime"), "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(summary.at("exportArn").as_string(),
            "arn:aws:dynamodb:us-east-1:000000000000:table/t/export/" + path.filename().string());
  EXPECT_THAT(path.filename().string(), testing::MatchesRegex("[0-9]{14}-[0-9a-f]{8}"));
  const std::string manifest = folder_.read(relative + "/manifest-files.json");
  Md5 md5;
  md5.add(manifest);
  EXPECT_EQ(folder_.read(relative + "/manifest-files.md5"), toBase64(bytesOf(md5.finish())));
  const json::value line = parseJson(manifest);
  const std::string key(line.at("dataFileS3Key").as_string());
  EXPECT_THAT(key, testing::StartsWith("AWSDynamoDB/" + path.filename().string() + "/data/"));
  std::string text;
  EXPECT_EQ(gunzip(folder_.read("out/" + key), 1000, text), std::nullopt);
  EXPECT_EQ(text, itemLine(R"({"pk":{"S":"1"}})"));
}

TEST_F(ExportImportTest, AnEmptyTableIsAnExportToo) { EXPECT_THAT(itemsOf(exportOf({})), ElementsAre()); }

TEST_F(ExportImportTest, LeavesNothingOfAnExportThatFailed) {
  {
    ExportWriter writer(folder_.path() / "out", {}, clock_, ids_);
    writer.add(itemLine(kAllTypes), 1);
  }
  EXPECT_TRUE(fs::is_empty(folder_.path() / "out"));
}

TEST_F(ExportImportTest, AnIncrementalExportPutsAndDeletes) {
  const std::string lines =
      R"({"Metadata":{"WriteTimestampMicros":{"N":"1"}},"Keys":{"pk":{"S":"1"}},"NewImage":{"pk":{"S":"1"},"a":{"N":"2"}}})"
      "\n"
      R"({"Metadata":{"WriteTimestampMicros":{"N":"2"}},"Keys":{"pk":{"S":"2"}},"OldImage":{"pk":{"S":"2"},"a":{"N":"1"}}})"
      "\r\n\n"
      R"({"Metadata":{"WriteTimestampMicros":{"N":"3"}},"Keys":{"pk":{"S":"3"}}})";
  // Of an incremental export the data files lie beside the exports.
  folder_.write("in/AWSDynamoDB/data/part.json.gz", gzip(lines));
  folder_.write("in/AWSDynamoDB/0001-ab/manifest-summary.json",
                R"({"outputFormat":"DYNAMODB_JSON","exportType":"INCREMENTAL_EXPORT"})");
  folder_.write("in/AWSDynamoDB/0001-ab/manifest-files.json",
                R"({"itemCount":3,"dataFileS3Key":"some/prefix/AWSDynamoDB/data/part.json.gz"})");
  EXPECT_THAT(itemsOf(folder_.path() / "in"),
              ElementsAre(R"({"pk":{"S":"1"},"a":{"N":"2"}})", R"(-{"pk":{"S":"2"}})", R"(-{"pk":{"S":"3"}})"));
}

TEST_F(ExportImportTest, ReadsDataFilesWithoutAManifest) {
  folder_.write("d/b.json", itemLine(R"({"pk":{"S":"2"}})"));
  folder_.write("d/a.json.gz", gzip(itemLine(R"({"pk":{"S":"1"}})")) + gzip(itemLine(R"({"pk":{"S":"1b"}})")));
  folder_.write("d/readme.txt", "not this");
  EXPECT_THAT(itemsOf(folder_.path() / "d"),
              ElementsAre(R"({"pk":{"S":"1"}})", R"({"pk":{"S":"1b"}})", R"({"pk":{"S":"2"}})"));
  EXPECT_THAT(itemsOf(folder_.path() / "d/b.json"), ElementsAre(R"({"pk":{"S":"2"}})"));
}

TEST_F(ExportImportTest, RefusesWhatIsDamaged) {
  const fs::path path = exportOf({kAllTypes, R"({"pk":{"S":"2"}})"});
  const fs::path data = fs::directory_iterator(path / "data")->path();
  const std::string relative = fs::relative(data, folder_.path()).string();
  const std::string whole = folder_.read(relative);
  folder_.write(relative, gzip(itemLine(R"({"pk":{"S":"1"}})") + itemLine(R"({"pk":{"S":"3"}})")));
  EXPECT_THAT(refusalOf(path), HasSubstr("MD5"));
  folder_.write(relative, whole.substr(0, whole.size() - 9));
  EXPECT_THAT(refusalOf(path), HasSubstr("cut off"));
  std::string changed = whole;
  changed[whole.size() / 2] = static_cast<char>(changed[whole.size() / 2] ^ 0x55);
  folder_.write(relative, changed);
  EXPECT_NE(refusalOf(path), "not refused");
  fs::remove(data);
  EXPECT_THAT(refusalOf(path), HasSubstr("lacks its file"));
}

TEST_F(ExportImportTest, RefusesWhatIsNoExport) {
  EXPECT_THAT(refusalOf(folder_.path() / "none"), HasSubstr("There is no file"));
  fs::create_directory(folder_.path() / "empty");
  EXPECT_THAT(refusalOf(folder_.path() / "empty"), HasSubstr("contains neither a DynamoDB export"));
  folder_.write("begun/_started", "");
  EXPECT_THAT(refusalOf(folder_.path() / "begun"), HasSubstr("not complete"));
  folder_.write("ion/manifest-summary.json", R"({"outputFormat":"ION"})");
  EXPECT_THAT(refusalOf(folder_.path() / "ion"), HasSubstr("ION"));
  folder_.write("broken/manifest-summary.json", "{");
  EXPECT_THAT(refusalOf(folder_.path() / "broken"), HasSubstr("is not a manifest"));
  exportOf({});
  clock_.move(Duration(1));
  exportOf({});
  EXPECT_THAT(refusalOf(folder_.path() / "out"), HasSubstr("contains 2 exports"));
}

TEST_F(ExportImportTest, RefusesLinesThatAreNoItems) {
  const auto of = [&](const std::string& line) {
    return refusalOf(folder_.write("x.json", itemLine(R"({"pk":{"S":"1"}})") + line));
  };
  for (const std::string line :
       {"{", "[]", "7", R"({"Other":{}})", R"({"Item":7})", R"({"Item":{"pk":"1"}})", R"({"Item":{"pk":{"X":"1"}}})",
        R"({"Item":{"n":{"N":"abc"}}})", R"({"Item":{"pk":{"S":"1"},"s":{"SS":[]}}})"}) {
    EXPECT_THAT(of(line), HasSubstr("x.json line 2: ")) << line;
  }
  EXPECT_THAT(of(std::string(17 << 20, ' ')), HasSubstr("too long"));
}

TEST_F(ExportImportTest, ReadsAFileWithAByteOrderMark) {
  const std::string lines = "\xef\xbb\xbf" + itemLine(R"({"pk":{"S":"1"}})") + itemLine(R"({"pk":{"S":"2"}})");
  EXPECT_THAT(itemsOf(folder_.write("a.json", lines)), ElementsAre(R"({"pk":{"S":"1"}})", R"({"pk":{"S":"2"}})"));
}

TEST_F(ExportImportTest, SaysWhatAFileIsThatIsNoDataFile) {
  using namespace std::string_literals;
  struct Case {
    std::string content, what, name = "data.json";
  };
  const Case cases[] = {
      {"", "it is empty."},
      {"\xff\xfe{\0"s, "it is UTF-16 text"},
      {"\xfe\xff\0{"s, "it is UTF-16 text"},
      {"{\0\"\0I\0"s, "it is UTF-16 text"},
      {"{\n  \"Item\": {\n", "its JSON objects are spread over several lines"},
      {"{\"itemCount\":1,\"md5Checksum\":\"x\",\"dataFileS3Key\":\"y\"}\n", "it is the manifest of an export"},
      {"{\"version\":\"2020-06-30\",\"exportArn\":\"arn\"}\n", "it is the manifest of an export"},
      {"hello\n", "it is neither JSON nor CSV with a header"},
      {"\x01\0,"s, "it is a binary file"},
      {"PK\x03\x04", "it is a ZIP file"},
      {"SQLite format 3\0"s, "it is an SQLite file"},
  };
  for (const Case& one : cases) {
    const std::string refusal = refusalOf(folder_.write(one.name, one.content));
    EXPECT_THAT(refusal, HasSubstr(one.name + ": " + one.what)) << one.content;
    EXPECT_THAT(refusal, HasSubstr("Import takes DynamoDB's JSON"));
    EXPECT_EQ(refusal.find('\n'), std::string::npos);
  }
}

TEST_F(ExportImportTest, ReadsArraysOfItems) {
  EXPECT_THAT(
      itemsOf(folder_.write("a.json", "\xef\xbb\xbf[\n  {\"pk\": {\"S\": \"1\"}},\n  {\"pk\": {\"S\": \"2\"}}\n]\n")),
      ElementsAre(R"({"pk":{"S":"1"}})", R"({"pk":{"S":"2"}})"));
  EXPECT_THAT(itemsOf(folder_.write("b.json", R"([{"Item": {"pk": {"S": "1"}}}])")),
              ElementsAre(R"({"pk":{"S":"1"}})"));
  EXPECT_THAT(itemsOf(folder_.write("c.json", "[]")), ElementsAre());
}

TEST_F(ExportImportTest, ReadsPlainJsonWithAllDigits) {
  EXPECT_THAT(itemsOf(folder_.write(
                  "a.json", R"([{"pk": "1", "x": 12345678901234567890.123, "m": {"l": [1, "b", null, true]}}])")),
              ElementsAre(R"({"m":{"M":{"l":{"L":[{"N":"1"},{"S":"b"},{"NULL":true},{"BOOL":true}]}}},"pk":{"S":"1"},)"
                          R"("x":{"N":"12345678901234567890.123"}})"));
}

TEST_F(ExportImportTest, ReadsTheOutputOfScan) {
  const std::string page =
      R"({"Items": [{"pk": {"S": "1"}}], "Count": 1, "ScannedCount": 1, "ConsumedCapacity": null})";
  EXPECT_THAT(itemsOf(folder_.write("a.json", page)), ElementsAre(R"({"pk":{"S":"1"}})"));
  EXPECT_THAT(itemsOf(folder_.write(
                  "b.json", R"({"Count": 1, "LastEvaluatedKey": {"pk": {"S": "1"}}, "Items": [{"pk": {"S": "1"}}]})")),
              ElementsAre(R"({"pk":{"S":"1"}})"));
  EXPECT_THAT(itemsOf(folder_.write("c.json.gz", gzip(page + "\n" + page))),
              ElementsAre(R"({"pk":{"S":"1"}})", R"({"pk":{"S":"1"}})"));
}

TEST_F(ExportImportTest, ReadsFilesForBatchWriteItem) {
  const std::string requests =
      R"({"other": [{"PutRequest": {"Item": {"pk": {"S": "0"}}}}],
          "table": [{"PutRequest": {"Item": {"pk": {"S": "1"}}}}, {"DeleteRequest": {"Key": {"pk": {"S": "2"}}}}]})";
  EXPECT_THAT(itemsOf(folder_.write("a.json", requests)), ElementsAre(R"({"pk":{"S":"1"}})", R"(-{"pk":{"S":"2"}})"));
  EXPECT_THAT(itemsOf(folder_.write("b.json", R"({"RequestItems": )" + requests + "}")),
              ElementsAre(R"({"pk":{"S":"1"}})", R"(-{"pk":{"S":"2"}})"));
  EXPECT_THAT(refusalOf(folder_.write("c.json", R"({"a": [{"PutRequest": {"Item": {"pk": {"S": "0"}}}}]})")),
              HasSubstr("c.json: it has records of the table a only"));
  EXPECT_THAT(refusalOf(folder_.write("d.json", R"([{"PutRequest": {"Item": {"pk": {"S": "0"}}}}])")),
              HasSubstr("d.json: its requests name no table"));
}

TEST_F(ExportImportTest, ReadsCsvWithAHeader) {
  EXPECT_THAT(itemsOf(folder_.write("a.csv", "\xef\xbb\xbfpk,n,note\r\n1,7,\"a, \"\"b\"\"\nc\"\r\n2,,\r\n")),
              ElementsAre(R"({"pk":{"S":"1"},"n":{"N":"7"},"note":{"S":"a, \"b\"\nc"}})", R"({"pk":{"S":"2"}})"));
  EXPECT_THAT(itemsOf(folder_.write("b.csv", "pk;x\n1;2\n")), ElementsAre(R"({"pk":{"S":"1"},"x":{"S":"2"}})"));
  EXPECT_THAT(itemsOf(folder_.write("c.csv.gz", gzip("pk\tx\n\n1\t2"))),
              ElementsAre(R"({"pk":{"S":"1"},"x":{"S":"2"}})"));
}

TEST_F(ExportImportTest, NamesTheLineOfAMistake) {
  const auto of = [&](const std::string& name, const std::string& text) {
    return refusalOf(folder_.write(name, text));
  };
  EXPECT_THAT(of("a.json", "[\n{\"pk\": \"1\"},\n{\"x\": 1}]"),
              HasSubstr("a.json line 3: One or more parameter values"));
  EXPECT_THAT(of("b.json", "[\n{\"pk\": \"1\",}]"), HasSubstr("b.json line 2: "));
  EXPECT_THAT(of("c.json", "[{\"pk\": \"1\"},\n 7]"),
              HasSubstr("c.json line 2: the list has something that is no object"));
  EXPECT_THAT(of("d.json", "[{\"pk\": \"1\"},\n"), HasSubstr("d.json line 2: the file is cut off"));
  EXPECT_THAT(of("e.json", "[{\"pk\": \"1\"}]\n]"), HasSubstr("e.json line 2: the ']' closes nothing"));
  EXPECT_THAT(of("f.csv", "pk,x\n1,2\n1\n"), HasSubstr("f.csv line 3: it has 1 fields; the header has 2"));
  EXPECT_THAT(of("g.csv", "pk,\n1,2\n"), HasSubstr("g.csv line 1: the header has a field without a name"));
  EXPECT_THAT(of("j.csv", "pk,x,x\n1,2,3\n"), HasSubstr("j.csv line 1: the header has the field x twice"));
  EXPECT_THAT(of("h.csv", "pk,x\n1,\"2\n"), HasSubstr("h.csv line 2: a field in quotes is not closed"));
  EXPECT_THAT(of("i.csv", "pk,n\n1,many\n"), HasSubstr("i.csv line 2: "));
}

TEST_F(ExportImportTest, RefusesWhatTheTableCannotHold) {
  const auto of = [&](const std::string& line) { return refusalOf(folder_.write("x.json", line)); };
  EXPECT_THAT(of(R"({"Item":{"n":{"N":"1"}}})"), HasSubstr("x.json line 1: ")) << "the key is missing";
  EXPECT_THAT(of(R"({"Item":{"pk":{"N":"1"}}})"), HasSubstr("Type mismatch for key pk"));
  EXPECT_THAT(of(R"({"Item":{"pk":{"S":""}}})"), HasSubstr("empty string value"));
  EXPECT_THAT(of(R"({"Item":{"pk":{"S":"1"},"n":{"S":"1"}}})"), HasSubstr("IndexName: by-n"));
  EXPECT_THAT(of(R"({"Item":{"pk":{"S":"1"},"x":{"S":")" + std::string(400 << 10, 'x') + R"("}}})"),
              HasSubstr("Item size has exceeded"));
  EXPECT_THAT(of(R"({"Keys":{"pk":{"S":"1"},"n":{"N":"1"}}})"), HasSubstr("does not match the schema"));
}

TEST(ImportKeys, ItemsThatAreOneInTheTableHaveOneIdentity) {
  const ImportKeys keys(parseJson(R"({"AttributeDefinitions":[{"AttributeName":"n","AttributeType":"N"}],
                                     "KeySchema":[{"AttributeName":"n","KeyType":"HASH"}]})")
                            .as_object());
  const auto identityOf = [&](const char* item) { return keys.identityOf(parseJson(item).as_object()); };
  EXPECT_EQ(identityOf(R"({"n":{"N":"1"},"a":{"S":"x"}})"), identityOf(R"({"n":{"N":"1.0"}})"));
  EXPECT_NE(identityOf(R"({"n":{"N":"1"}})"), identityOf(R"({"n":{"N":"2"}})"));
}

TEST(ImportKeys, RefusesADescriptionWithoutAKey) {
  for (const char* description :
       {"{}", R"({"KeySchema":7})", R"({"KeySchema":[7]})", R"({"KeySchema":[{"AttributeName":"a","KeyType":"HASH"}]})",
        R"({"AttributeDefinitions":[{"AttributeName":"a","AttributeType":"M"}],"KeySchema":[]})"}) {
    EXPECT_THROW(ImportKeys(parseJson(description).as_object()), std::invalid_argument) << description;
  }
}

}  // namespace
}  // namespace ddblog::table_files
