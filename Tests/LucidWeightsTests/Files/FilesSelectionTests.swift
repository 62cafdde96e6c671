import LucidTensor
import Testing

@testable import LucidWeights

/// Which dictionary of a training checkpoint is taken, and what is said when there is none.
@Suite struct FilesSelectionTests {
  @Test func aKeyChoosesADictionary() throws {
    let path = FileFixtures.path("other_keys.pth")
    let dict = try StateDict(contentsOf: path, key: "decoder")
    #expect(dict.keys == ["weight", "bias"])
    #expect(dict.metadata["checkpoint_key"] == "decoder")
    let deep = FileFixtures.path("deeper.legacy.pth")
    #expect(try StateDict(contentsOf: deep, key: "model.state_dict").keys == ["weight", "bias"])
    #expect(try StateDict(contentsOf: FileFixtures.path("training.zip.pth"), key: "").keys == ["best_acc1", "rng"])
  }

  @Test func aWrongKeyListsTheRightOnes() throws {
    let error = #expect(throws: LucidError.self) {
      try StateDict(contentsOf: FileFixtures.path("other_keys.pth"), key: "model")
    }
    #expect(error?.code == .unknownName)
    #expect(error?.description.contains(#""encoder" (a dictionary with tensors), "decoder""#) == true)
    let safetensors = #expect(throws: LucidError.self) {
      try StateDict(contentsOf: FileFixtures.path("small.safetensors"), key: "model")
    }
    #expect(safetensors?.code == .unknownName)
  }

  @Test(arguments: [
    ("other_keys.pth", #"its keys are "encoder" (a dictionary with tensors)"#),
    ("no_tensors.pth", #""epoch" (an integer), "loss" (a float)"#), ("list.pth", "it holds a list"),
    ("sparse.pth", "_rebuild_sparse_tensor"), ("neg.pth", "negated"), ("deflated.pth", "compressed"),
  ])
  func whatIsNotSupportedIsNamed(_ name: String, _ words: String) throws {
    let path = FileFixtures.path(name)
    let error = #expect(throws: LucidError.self) { try StateDict(contentsOf: path) }
    #expect(error?.code == .unsupportedFormat, "\(String(describing: error))")
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    #expect(error?.description.contains(path) == true)
  }

  @Test func aWholeModelIsRefusedByItsClass() throws {
    let error = #expect(throws: LucidError.self) { try StateDict(contentsOf: FileFixtures.path("whole_model.pth")) }
    #expect(error?.code == .unsafeFile)
    #expect(error?.description.contains("torch.nn.modules.linear.Linear") == true)
    #expect(error?.advice?.contains("state_dict()") == true)
  }

  @Test(arguments: [
    ("version https://git-lfs.github.com/spec/v1\n", "Git LFS"), ("<!DOCTYPE html><html>", "HTML"),
    ("\u{1f}gzip or not", "gzip"), ("what is this file", "77 68 61 74"),
  ])
  func otherFilesAreNamed(_ text: String, _ words: String) {
    expectRefusal(.unsupportedFormat, of: Array(text.utf8), saying: words)
  }

  @Test func whatIsNotAFileIsUnreadable() throws {
    for (path, words) in [("/nowhere/a.pth", "No such file"), ("/", "directory"), ("/dev/zero", "not a regular file")] {
      let error = #expect(throws: LucidError.self) { try StateDict(contentsOf: path) }
      #expect(error?.code == .fileUnreadable)
      #expect(error?.description.contains(path) == true && error?.description.contains(words) == true)
    }
    expectRefusal(.corruptFile, of: [], saying: "empty")
  }

  @Test func onlyTheFirstDictionaryWithTensorsCounts() throws {
    // model_ema comes before model in the file, and after it in the order that is looked in.
    let pickle = PickleWriter.build {
      $0.op("}")
      for key in ["model_ema", "model"] {
        $0.text(key)
        $0.op("}")
        $0.text(key + ".weight")
        $0.tensor()
        $0.op("s")
        $0.op("s")
      }
    }
    let dict = try readAll(ZipWriter.checkpoint(pickle: pickle).bytes)
    #expect(dict.keys == ["model.weight"])
  }

  @Test func aDictionaryThatHoldsItselfIsNotSearchedForever() {
    let pickle = PickleWriter.build {
      $0.op("}")
      $0.raw(0x71, 0)
      for key in TorchCheckpoint.keys {
        $0.text(key)
        $0.raw(0x68, 0)
        $0.op("s")
      }
    }
    expectRefusal(.unsupportedFormat, of: ZipWriter.checkpoint(pickle: pickle).bytes, saying: "no tensors")
  }
}
