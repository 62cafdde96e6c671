import LucidTensor
import Testing

@testable import LucidWeights

/// Every function that is known to have got past `weights_only`, or past a scanner of pickles, in each of the three forms
/// of file: none is among the few names that are known here, so none is a special case.
@Suite struct FilesKnownBypassTests {
  static let functions = [
    // Reported against picklescan, ModelScan and fickling as missing from their lists.
    "pip.main", "pip._internal.main", "timeit.timeit", "timeit.main", "cProfile.run", "cProfile.runctx", "profile.run",
    "pstats.Stats", "trace.Trace.run", "bdb.Bdb.run", "pdb.run", "doctest.debug_script",
    "code.InteractiveInterpreter.runcode",
    "idlelib.pyshell.ModifiedInterpreter.runcode", "idlelib.run.Executive.runcode",
    "idlelib.autocomplete.AutoComplete.get_entity",
    "idlelib.calltip.get_entity", "lib2to3.pgen2.grammar.Grammar.loads",
    "lib2to3.pgen2.pgen.ParserGenerator.make_label",
    "ensurepip._run_pip", "venv.create", "pydoc.locate", "pydoc.pipepager", "pkgutil.resolve_name",
    "importlib.import_module",
    "asyncio.unix_events._UnixSubprocessTransport._start", "distutils.file_util.write_file", "linecache.getlines",
    "logging.config.listen", "logging.FileHandler", "_io.FileIO", "io.open", "pathlib.Path.write_text", "shutil.rmtree",
    "uuid._get_command_stdout", "_osx_support._read_output", "_aix_support._read_cmd_output", "imaplib.IMAP4_stream",
    "test.support.script_helper.assert_python_ok", "numpy.testing._private.utils.runstring",
    "numpy.f2py.crackfortran.myeval",
    "numpy.f2py.crackfortran.getlincoef", "numpy.core._internal.eval", "pandas.io.pickle.read_pickle", "joblib.load",
    "torch.jit.unsupported_tensor_ops.execWrapper", "torch.utils.bottleneck.__main__.run_autograd_prof",
    "torch.utils.bottleneck.__main__.run_cprofile", "torch.utils.collect_env.run",
    "torch.utils._config_module.ConfigModule.load_config",
    "torch.utils.data.datapipes.utils.decoder.basichandlers", "torch._dynamo.guards.GuardBuilder.get",
    "torch.fx.experimental.symbolic_shapes.ShapeEnv.evaluate_guards_expression",
    "torch._inductor.codecache.compile_file",
    "torch.hub._load_local", "torch.hub.load_state_dict_from_url", "torch.storage._load_from_bytes",
    "torch.distributed.elastic.multiprocessing.start_processes", "torch.package.PackageImporter",
    "idlelib.pyshell.ModifiedInterpreter.runcommand", "idlelib.debugobj.ObjectTreeItem.SetText",
    "idlelib.calltip.Calltip.fetch_tip", "idlelib.autocomplete.AutoComplete.fetch_completions",
    "profile.Profile.run", "profile.Profile.runctx", "trace.Trace.runctx", "cgitb.lookup", "_pyrepl.pager.pipe_pager",
    "numpy.f2py.crackfortran.param_eval", "numpy.f2py.crackfortran._eval_length", "_operator.attrgetter",
    "_operator.methodcaller", "unittest.mock._dot_lookup", "unittest.mock._importer",
    "multiprocessing.util.spawnv_passfds", "multiprocessing.popen_spawn_posix.Popen", "site.execsitecustomize",
    "hydra.utils.instantiate", "hydra._internal.instantiate._instantiate2.instantiate",
    "torch.utils.cpp_extension.load_inline", "torch.serialization.load", "torch.jit.load",
    "torch._C._jit_pass_run_decompositions", "torch.ops.load_library", "torch.classes.load_library",
    "torch.distributed.rpc.rpc_sync", "torch._inductor.codecache.PyCodeCache.load", "joblib.numpy_pickle.load",
    "numpy.core.multiarray._reconstruct", "numpy.lib.npyio.load", "numpy.load", "sklearn.externals.joblib.load",
    "keras.models.load_model", "tensorflow.raw_ops.WriteFile", "pexpect.run", "sqlite3.connect", "tarfile.open",
    // What the first lists had, and what puts attributes and calls together from harmless parts.
    "os.system", "os.popen", "os.execv", "nt.system", "posix.system", "posix.spawnv", "commands.getoutput", "pty.spawn",
    "subprocess.run", "subprocess.check_output", "runpy.run_path", "builtins.compile", "builtins.__import__",
    "builtins.open", "builtins.setattr", "builtins.globals", "builtins.vars", "builtins.apply", "operator.attrgetter",
    "operator.itemgetter", "operator.methodcaller", "functools.partial", "functools.reduce", "types.CodeType",
    "types.FunctionType", "marshal.loads", "pickle.loads", "_pickle.loads", "dill.loads", "dill._dill._create_function",
    "cloudpickle.loads", "copyreg._reconstructor", "copyreg.__newobj__", "copy_reg._reconstructor", "ctypes.CDLL",
    "socket.socket", "ssl.get_server_certificate", "webbrowser.open", "smtplib.SMTP", "http.client.HTTPSConnection",
    "httplib.HTTPConnection", "urllib.request.urlopen", "requests.api.get", "aiohttp.client.ClientSession", "sys.exit",
    "sys.modules", "atexit.register", "signal.alarm", "gc.get_objects", "tempfile.mktemp", "zipimport.zipimporter",
    // Names that begin or end as known ones do: a subclass or submodule of a known module is another name.
    "torch._utils._rebuild_tensor_v2.__globals__", "torch._utils", "collections", "collections.OrderedDict.update",
    "torch.nn.parameter.Parameter.__reduce_ex__", "torch.FloatStorage.from_file", "torch.Size.__class__",
    "builtins.set.add",
  ]

  @Test(arguments: functions) func isRefusedByName(_ name: String) throws {
    let parts = name.split(separator: ".").map(String.init)
    // As one module and one name, and as the nested name that protocol 4 allows.
    for split in Set([parts.count - 1, 1]) where split > 0 && split <= parts.count {
      let (module, function) = (
        parts.prefix(split).joined(separator: "."), parts.dropFirst(split).joined(separator: ".")
      )
      let pickle = PickleWriter.build {
        $0.global(module, function)
        $0.op("(")
        $0.text("true")
        $0.op("t")
        $0.op("R")
      }
      for bytes in [
        ZipWriter.checkpoint(pickle: pickle).bytes, LegacyWriter.checkpoint(pickle: pickle),
        TarWriter.checkpoint(pickle),
      ] {
        expectRefusal(.unsafeFile, of: bytes, saying: "nothing was executed")
      }
    }
  }

  @Test("CVE-2025-32434: the tar form went past weights_only") func tarForm() {
    let hostile = PickleWriter.build { $0.global("os", "system") }
    for part in ["storages", "tensors", "pickle"] {
      var tar = TarWriter()
      for name in ["sys_info", "pickle", "tensors", "storages"] {
        tar.add(name, name == part ? hostile : TarWriter.empty[name]!)
      }
      expectRefusal(.unsafeFile, of: tar.bytes, saying: "os.system")
    }
  }

  @Test("CVE-2026-24747: keys set on what is no dictionary; storages of another size than said")
  func setItemOnOtherThings() {
    for target in [0x5d, 0x29, 0x4e, 0x88] as [UInt8] {
      let pickle = PickleWriter.build {
        $0.raw(target)
        $0.text("a")
        $0.text("b")
        $0.op("s")
      }
      expectRefusal(.corruptFile, of: ZipWriter.checkpoint(pickle: pickle).bytes, saying: "keys are set on")
    }
    let large = PickleWriter.dictionary { $0.tensor(count: 400, shape: [400]) }
    expectRefusal(.corruptFile, of: ZipWriter.checkpoint(pickle: large).bytes, saying: "1600 bytes")
  }

  @Test("CVE-2025-1944 and CVE-2025-1945: zip headers that disagree, so that a scanner sees another file")
  func zipHeadersThatDisagree() {
    let pickle = PickleWriter.dictionary { $0.tensor() }
    var renamed = ZipWriter.checkpoint(pickle: pickle)
    renamed.entries[0].localName = "archive/data.txt"
    expectRefusal(.corruptFile, of: renamed.bytes, saying: "disagrees")
    var flagged = ZipWriter.checkpoint(pickle: pickle)
    flagged.entries[0].flags = 1
    expectRefusal(.unsupportedFormat, of: flagged.bytes, saying: "encrypted")
  }

  @Test("CVE-2025-1889: a second pickle under another name is not run, being never read") func hiddenPickle() throws {
    var archive = ZipWriter.checkpoint(pickle: PickleWriter.dictionary { $0.tensor() })
    archive.entries.append(.init("archive/config.p", PickleWriter.build { $0.global("os", "system") }))
    #expect(try readAll(archive.bytes).keys == ["a"])
  }
}
