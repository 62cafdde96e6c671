from support import ScriptTest


class CheckImportsTests(ScriptTest):
    def check(self):
        return self.run_script("check-imports", self.root)

    def assert_allowed(self, path, text):
        self.write(path, text)
        result = self.check()
        self.assertEqual((result.returncode, result.stderr), (0, ""), f"{path}: {text!r}")

    def assert_forbidden(self, path, text, line=1, module=None):
        file = self.write(path, text)
        result = self.check()
        file.unlink()
        self.assertEqual(result.returncode, 1, f"{path}: {text!r} passed")
        self.assertIn(f"{path}:{line}: ", result.stderr)
        if module:
            self.assertIn(f"import {module} is forbidden here", result.stderr)

    def test_arrows_that_point_the_right_way_pass(self):
        self.assert_allowed("Sources/LucidTensor/Backend/CPU/DNN.swift", "import COneDNN\nimport CLucidKernels\n")
        self.assert_allowed("Sources/LucidWeights/Fetch/Transfer.swift", "import CCurl\nimport CCrypto\nimport Foundation\n")
        self.assert_allowed("Sources/LucidVision/Codecs/PNG.swift", "import CImageCodecs\nimport LucidTensor\n")
        self.assert_allowed("Sources/LucidModels/ResNet.swift", "import LucidNN\nimport LucidWeights\nimport LucidVision\n")
        self.assert_allowed("Sources/Lucid/Exports.swift", "@_exported import LucidModels\n")
        self.assert_allowed("Sources/LucidCLI/Lucid.swift", "import ArgumentParser\nimport Lucid\n")
        self.assert_allowed("Tests/LucidNNTests/A.swift", "import Testing\nimport LucidTesting\n@testable import LucidNN\n")

    def test_arrows_that_point_the_wrong_way_fail(self):
        for path, module in [
            ("Sources/LucidTensor/A.swift", "LucidNN"),
            ("Sources/LucidTensor/A.swift", "COneDNN"),
            ("Sources/LucidTensor/Backend/CPU/A.swift", "LucidWeights"),
            ("Sources/LucidTensor/Backend/CUDA/A.swift", "COneDNN"),
            ("Sources/LucidNN/A.swift", "LucidWeights"),
            ("Sources/LucidNN/A.swift", "LucidVision"),
            ("Sources/LucidNN/A.swift", "COneDNN"),
            ("Sources/LucidNN/A.swift", "CLucidKernels"),
            ("Sources/LucidWeights/A.swift", "LucidNN"),
            ("Sources/LucidWeights/A.swift", "LucidVision"),
            ("Sources/LucidWeights/A.swift", "FoundationNetworking"),
            ("Sources/LucidVision/A.swift", "LucidNN"),
            ("Sources/LucidVision/A.swift", "LucidWeights"),
            ("Sources/LucidVision/A.swift", "CCurl"),
            ("Sources/LucidModels/A.swift", "Lucid"),
            ("Sources/LucidModels/A.swift", "CCrypto"),
            ("Sources/LucidModels/A.swift", "CImageCodecs"),
            ("Sources/Lucid/A.swift", "LucidCLI"),
            ("Sources/Lucid/A.swift", "Testing"),
            ("Sources/LucidCLI/A.swift", "COneDNN"),
            ("Sources/LucidModels/A.swift", "SomebodysPackage"),
            ("Tests/LucidNNTests/A.swift", "LucidWeights"),
            ("Tests/LucidTesting/A.swift", "LucidModels"),
        ]:
            with self.subTest(path=path, module=module):
                self.assert_forbidden(path, f"import {module}\n", module=module)

    def test_every_form_of_import_is_seen(self):
        for line, text in [
            (1, "@testable import LucidWeights"),
            (1, "@_exported import LucidWeights"),
            (1, "@_spi(Inner) import LucidWeights"),
            (1, "@_implementationOnly @testable import LucidWeights"),
            (1, "public import LucidWeights"),
            (1, "package import LucidWeights"),
            (1, "@preconcurrency internal import LucidWeights"),
            (1, "import struct LucidWeights.WeightEntry"),
            (1, "import func LucidWeights.resolve"),
            (1, "import LucidWeights.Inner"),
            (1, "import Foundation; import LucidWeights"),
            (2, "#if os(Linux)\n  import LucidWeights\n#endif"),
            (3, "/* a\n comment */\nimport LucidWeights // why"),
            (2, "@testable\nimport LucidWeights"),
            (2, 'let a = "/*"\nimport LucidWeights // */'),
        ]:
            with self.subTest(text=text):
                self.assert_forbidden("Sources/LucidNN/A.swift", text + "\n", line, "LucidWeights")

    def test_what_is_not_an_import_passes(self):
        self.assert_allowed(
            "Sources/LucidNN/A.swift",
            '// import LucidWeights\n/* \nimport LucidWeights\n*/\nlet text = """\nimport LucidWeights\n"""\n'
            'let more = #"""\n" import LucidVision\n"""#\nlet important = 1; let s = "; import LucidWeights"\n',
        )

    def test_a_target_without_a_rule_fails(self):
        self.assert_forbidden("Sources/LucidNew/A.swift", "let a = 1\n")
        self.assert_forbidden("Tests/SomethingTests/A.swift", "let a = 1\n")

    def test_headers_of_c_libraries_belong_to_their_targets(self):
        self.assert_forbidden("Sources/CLucidKernels/a.c", "#include <stdio.h>\n#include <oneapi/dnnl/dnnl.h>\n", 2)
        self.assert_forbidden("Sources/CLucidKernels/include/a.h", '# include "png.h"\n')
        self.assert_forbidden("Sources/CCurl/shim.h", "#include <openssl/evp.h>\n")
        self.assert_allowed("Sources/CCurl/shim.h", "#include <curl/curl.h>\n")
        self.assert_allowed("Sources/COneDNN/shim.h", "#include <oneapi/dnnl/dnnl.h>\n")

    def test_nothing_to_check_fails(self):
        self.assertEqual(self.check().returncode, 1)
