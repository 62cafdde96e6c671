"""Runs scripts/setup with stand-ins for the system's package manager, and looks at what it asks of them."""
import os
import shutil

from support import ScriptTest

PACKAGES = "libdnnl-dev libcurl4-openssl-dev libssl-dev zlib1g-dev libjpeg-dev libpng-dev libwebp-dev".split()


class SetupTests(ScriptTest):
    def setUp(self):
        super().setUp()
        self.log = self.root / "log"
        self.log.write_text("")
        for tool in "bash env sed sort head grep cat".split():
            (self.root / "bin").mkdir(exist_ok=True)
            (self.root / "bin" / tool).symlink_to(shutil.which(tool))
        self.write("os-release", 'PRETTY_NAME="Ubuntu 24.04"\nID=ubuntu\nID_LIKE=debian\n')
        self.tool("python3", "exit 0")
        self.tool("swift", "echo 'Swift version 6.1.2 (swift-6.1.2-RELEASE)'")
        self.tool("sudo", 'echo "sudo $*" >>"$LOG"; exec "$@"')
        self.tool("apt-cache", '[[ " $UNKNOWN " != *" $2 "* ]]')
        self.tool(
            "apt-get",
            'echo "apt-get $*" >>"$LOG"\n'
            '[[ $1 == update ]] && echo yes >"$LOG.updated"\n'
            '[[ $1 == update || -z $STALE || -e $LOG.updated ]]',
        )
        self.tool("dpkg-query", '[[ " $INSTALLED " == *" $3 "* ]] && echo installed || exit 1')

    def tool(self, name, body):
        self.write(f"bin/{name}", f"#!{shutil.which('bash')}\n{body}\n", 0o755)

    def setup_with(self, installed=PACKAGES, unknown=(), stale=""):
        environment = {
            "PATH": str(self.root / "bin"),
            "LOG": str(self.log),
            "LUCID_OS_RELEASE": str(self.root / "os-release"),
            "INSTALLED": " ".join(installed),
            "UNKNOWN": " ".join(unknown),
            "STALE": stale,
        }
        result = self.run_script("setup", env=environment)
        asked = [line for line in self.log.read_text().splitlines() if line.startswith("apt-get")]
        return result, asked

    def test_nothing_missing_says_and_does_nothing(self):
        result, asked = self.setup_with()
        self.assertEqual((result.returncode, result.stdout, result.stderr, asked), (0, "", "", []))

    def test_only_what_is_missing_is_installed_and_nothing_upgraded(self):
        result, asked = self.setup_with([name for name in PACKAGES if name not in ("libdnnl-dev", "libpng-dev")])
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("setup: installing libdnnl-dev libpng-dev\n", result.stderr)
        self.assertEqual(len(asked), 1, asked)
        self.assertTrue(asked[0].startswith("apt-get install") and asked[0].endswith(" libdnnl-dev libpng-dev"), asked)
        self.assertIn("--no-upgrade", asked[0])

    def test_lists_are_updated_only_when_they_do_not_know_a_package(self):
        result, asked = self.setup_with(PACKAGES[1:], unknown=["libdnnl-dev"])
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual([line.split()[1] for line in asked], ["update", "install"])

    def test_lists_are_updated_and_the_installation_tried_again_when_it_fails(self):
        result, asked = self.setup_with(PACKAGES[1:], stale="yes")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual([line.split()[1] for line in asked], ["install", "update", "install"])

    def test_an_installation_that_fails_is_a_failure(self):
        self.tool("apt-get", 'echo "apt-get $*" >>"$LOG"; [[ $1 == update ]]')
        result, asked = self.setup_with(PACKAGES[1:])
        self.assertEqual(result.returncode, 1)
        self.assertIn("could not install libdnnl-dev", result.stderr)

    def test_python_and_pip_are_installed_where_missing(self):
        self.tool("python3", "exit 1")
        _, asked = self.setup_with()
        self.assertTrue(asked[0].endswith(" python3-pip"), asked)
        (self.root / "bin/python3").unlink()
        self.log.write_text("")
        _, asked = self.setup_with()
        self.assertTrue(asked[0].endswith(" python3 python3-pip"), asked)

    def test_sudo_is_used_by_users_and_not_by_root(self):
        self.setup_with(PACKAGES[1:])
        self.assertEqual("sudo " in self.log.read_text(), os.geteuid() != 0)

    def test_swift_missing_or_too_old_is_said(self):
        for body, said in [
            ("echo 'Swift version 6.0.3 (swift-6.0.3-RELEASE)'", "Swift 6.0.3 is too old"),
            ("echo 'Swift version 5.10 (swift-5.10-RELEASE)'", "Swift 5.10 is too old"),
            ("exit 1", "does not tell its version"),
            (None, "the Swift toolchain is missing"),
        ]:
            with self.subTest(said=said):
                (self.root / "bin/swift").unlink()
                if body:
                    self.tool("swift", body)
                result, asked = self.setup_with()
                self.assertEqual((result.returncode, asked), (1, []))
                self.assertIn(said, result.stderr)
                self.assertIn("https://www.swift.org/install", result.stderr)

    def test_newer_swift_passes(self):
        for version in ("6.1", "6.3.1", "6.10", "7.0-dev"):
            self.tool("swift", f"echo 'Apple Swift version {version} (x)'")
            self.assertEqual(self.setup_with()[0].returncode, 0, version)

    def test_other_systems_are_told_what_is_needed(self):
        self.write("os-release", "ID=fedora\n")
        self.tool("clang", "exit 1")
        result, asked = self.setup_with()
        self.assertEqual((result.returncode, asked), (1, []))
        self.assertIn("oneapi/dnnl/dnnl.h (libdnnl-dev on Debian)", result.stderr)
        self.assertIn("onednn-devel", result.stderr)
        self.tool("clang", "exit 0")
        result, _ = self.setup_with()
        self.assertEqual((result.returncode, result.stderr), (0, ""))
