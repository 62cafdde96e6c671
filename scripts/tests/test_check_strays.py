import subprocess

from support import ScriptTest


class CheckStraysTests(ScriptTest):
    def setUp(self):
        super().setUp()
        subprocess.run(["git", "init", "--quiet", str(self.root)], check=True)

    def check(self):
        return self.run_script("check-strays", self.root)

    def assert_stray(self, path, text, said, mode=0o644):
        file = self.write(path, text, mode)
        result = self.check()
        file.unlink()
        self.assertEqual(result.returncode, 1, f"{path}: {text!r} passed")
        self.assertIn(said, result.stderr)

    def test_strays_fail_with_their_line(self):
        # In pieces, so that this file has no strays itself.
        swift = "Sources/LucidNN/A.swift"
        self.assert_stray(swift, "let a = 1\n// TO" + "DO: more\n", f"{swift}:2: a note to oneself: TO" + "DO")
        self.assert_stray("a.py", "# FIX" + "ME\n", "a.py:1: a note to oneself")
        self.assert_stray("README.md", "see /wor" + "k/shared\n", "README.md:1: a path of one machine: /wor" + "k/shared")
        self.assert_stray(swift, 'let p = "/hom' + 'e/me/x"\n', f"{swift}:1: a path of one machine")
        self.assert_stray("run", "/tm" + "p/venv/bin/python x\n", "run:1: a path of one machine")
        self.assert_stray("run", "pip --inde" + "x-url http://x\n", "run:1: a package registry")
        self.assert_stray("a.md", "<" * 7 + " HEAD\n", "a.md:1: a merge conflict")
        self.assert_stray(swift, 'func f() {\n  print("x")\n}\n', f"{swift}:2: a debugging print")
        self.assert_stray("Tests/LucidNNTests/A.swift", "@Test(.disab" + "led())\n", "A.swift:1: a disabled test")
        self.assert_stray("a.md", "one\r\n", "a.md:1: a carriage return")

    def test_files_that_do_not_belong_fail(self):
        self.assert_stray("big.txt", "x" * (1 << 20) + "x", "do not belong")
        self.assert_stray("Tests/X/Fixtures/big.bin", bytes((1 << 20) + 1), "do not belong")
        self.assert_stray("a.bin", b"\xff\xfe\x00", "a.bin:1: not text")
        self.assert_stray("run", "#!/bin/sh\n", "run:1: starts with #! but is not executable")

    def test_a_clean_tree_passes(self):
        self.write("run", "#!/usr/bin/env bash\ncat /etc/os-release /proc/self/maps /usr/include/a.h\n", 0o755)
        self.write("Sources/LucidCLI/A.swift", '  print("hello")\n')
        self.write("Sources/LucidNN/A.swift", 'blueprint(1)\nlet python = """\n  print(1)\n  """\n')
        self.write("Tests/X/FileFixtures/a.bin", b"\xff\xfe\x00TO" + b"DO")
        self.write(".gitignore", ".build/\n")
        self.write(".build/a", "TO" + "DO")
        result = self.check()
        self.assertEqual((result.returncode, result.stderr), (0, ""))
