"""The house rules themselves: a small tree that keeps all of them, and each rule broken once in it."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import house_rules  # noqa: E402

TREE = {
    "rooms.txt": "low  |     |\nhigh | low | Some::library\nheader sqlite3.h | low\n",
    "CMakeLists.txt": "include(cmake/rooms.cmake)\n",
    "cmake/rooms.cmake": "",
    "src/main.cc": '#include "high/high.h"\n',
    "src/low/low.h": "struct LowOptions {\n  int size = 1;\n};\ninline constexpr int kMost = 3;\n"
                     "enum class KeySpace : int { kFormat = 0x01 };\n"
                     "inline constexpr KeySpace kItems{0x11};\n",
    "src/low/low.cc": '#include "low/low.h"\n#include <sqlite3.h>\n'
                      "int low(LowOptions options) { return options.size + kMost + int(KeySpace::kFormat) +\n"
                      "  int(key_spaces::kItems); }\n",
    "src/high/high.h": '#include "low/low.h"\nvoid addPut();\n',
    "src/high/high.cc": '#include "high/high.h"\n',
    "src/high/put.cc": "void addPut() {}\n",
    "clients/cpp/include/ddblog/log.h": "#include <string>\n",
    "tests/CMakeLists.txt": "wire/runner/*.cc\nfuzzer(item low)\n",
    "tests/unit/high/high_test.cc": '#include "high/high.h"\n#include "ddblog/log.h"\n',
    "tests/wire/runner/runner.cc": "int main() {}\n",
    "tests/wire/dynamodb/get_item/plain.wire": "@include ../../common/table.wire\n",
    "tests/wire/common/table.wire": "",
    "tests/e2e/some_test.py": "import cloud\n",
    "tests/e2e/cloud.py": "",
    "tests/fuzz/item_fuzzer.cc": "",
    "tests/fuzz/item.dict": "",
    "tests/fuzz/corpus/item/one": "",
}
TREE["rooms.txt"] += "clients/cpp | |\n"


class HouseRulesTest(unittest.TestCase):
    def breaches(self, changes):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in {**TREE, **changes}.items():
                if text is None:
                    continue
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            tree = house_rules.Tree(root)
            return [breach for check in house_rules.CHECKS for breach in check(tree)]

    def assert_breach(self, expected, changes):
        self.assertEqual(self.breaches(changes), [expected])

    def test_a_tree_that_keeps_them_all(self):
        self.assertEqual(self.breaches({}), [])

    def test_a_long_file(self):
        self.assert_breach("src/high/high.cc: 501 lines, more than 500: two files in one?",
                           changes={"src/high/high.cc": "\n" * 501})
        self.assert_breach("src/high/script.mjs: 501 lines, more than 500: two files in one?",
                           changes={"src/high/script.mjs": "\n" * 501})

    def test_a_room_without_permission(self):
        self.assert_breach("src/high/high.h:1: high may not include low (rooms.txt)",
                           changes={"rooms.txt": TREE["rooms.txt"].replace("high | low |", "high |     |")})

    def test_a_permission_that_nobody_needs(self):
        rooms = TREE["rooms.txt"].replace("low  |     |", "low  | high |")
        self.assert_breach("rooms.txt: low may include high: includes nothing of it", changes={"rooms.txt": rooms})
        rooms = TREE["rooms.txt"].replace("low  |     |", "low  | hihg |")
        self.assert_breach("rooms.txt: low may include hihg: there is no such room", changes={"rooms.txt": rooms})

    def test_a_file_in_no_room(self):
        self.assert_breach("src/else/main.cc: in no room of rooms.txt",
                           changes={"src/else/main.cc": "void addPut();\n"})

    def test_a_header_from_outside(self):
        self.assert_breach("src/high/high.cc:1: only low may include sqlite3.h (rooms.txt)",
                           changes={"src/high/high.cc": "#include <sqlite3.h>\n"})

    def test_a_public_header_that_shows_what_is_inside(self):
        self.assert_breach("clients/cpp/include/ddblog/log.h:1: a public header includes sqlite3.h",
                           changes={"clients/cpp/include/ddblog/log.h": "#include <sqlite3.h>\n",
                                    "rooms.txt": TREE["rooms.txt"].replace("sqlite3.h | low", "sqlite3.h | low clients/cpp")})

    def test_a_header_of_which_only_its_own_source_and_test_know(self):
        self.assert_breach("src/high/idle.h: nothing includes it",
                           changes={"src/high/idle.h": "", "src/high/idle.cc": '#include "high/idle.h"\n',
                                    "tests/unit/high/idle_test.cc": '#include "high/idle.h"\n'})

    def test_a_source_of_which_nothing_is_used(self):
        self.assert_breach("src/high/get.cc: nothing uses what it defines",
                           changes={"src/high/get.cc": "void addGet() {}\n"})

    def test_a_unit_test_that_no_program_builds(self):
        self.assert_breach(
            "tests/unit/gone/gone_test.cc: no program of unit tests builds it (its folder is no room's)",
            changes={"tests/unit/gone/gone_test.cc": ""})

    def test_a_source_that_no_target_builds(self):
        self.assert_breach("tests/model/model.cc: no target builds it", changes={"tests/model/model.cc": ""})

    def test_wire_steps_that_no_file_includes(self):
        self.assert_breach("tests/wire/common/idle.wire: nothing runs or reads it",
                           changes={"tests/wire/common/idle.wire": ""})

    def test_a_python_file_that_no_test_imports(self):
        self.assert_breach("tests/e2e/idle.py: nothing runs or reads it", changes={"tests/e2e/idle.py": ""})

    def test_the_inputs_of_a_fuzzer_that_is_gone(self):
        self.assert_breach("tests/fuzz/corpus/gone: there is no fuzzer of this name",
                           changes={"tests/fuzz/corpus/gone/one": ""})
        self.assert_breach("tests/fuzz/gone: there is no fuzzer of this name", changes={"tests/fuzz/gone.dict": ""})

    def test_a_key_space_that_nothing_uses(self):
        header = TREE["src/low/low.h"] + "inline constexpr KeySpace kIdle{0x12};\n"
        self.assertIn("src/low/low.h: nothing uses the key space kIdle", self.breaches({"src/low/low.h": header}))

    def test_two_key_spaces_of_one_byte(self):
        source = TREE["src/high/put.cc"] + "inline constexpr KeySpace kOther{0x11};\nint use = int(key_spaces::kOther);\n"
        # The order of the files decides which of the two is told.
        breaches = self.breaches({"src/high/put.cc": source})
        self.assertEqual(breaches, ["src/low/low.h: key space 0x11 is kOther in src/high/put.cc already"])

    def test_a_limit_that_nothing_reads(self):
        header = TREE["src/low/low.h"] + "inline constexpr std::size_t kIdle = 3;  // kIdle\n"
        self.assert_breach("src/low/low.h: nothing reads kIdle", changes={"src/low/low.h": header})

    def test_an_option_that_is_set_and_never_read(self):
        header = TREE["src/low/low.h"].replace("  int size = 1;\n", "  int size = 1;\n  std::string idle;\n")
        source = TREE["src/low/low.cc"] + 'void set(LowOptions& options) { options.idle = "x"; }\n'
        self.assert_breach("src/low/low.h: nothing reads LowOptions::idle",
                           changes={"src/low/low.h": header, "src/low/low.cc": source})


if __name__ == "__main__":
    unittest.main()
