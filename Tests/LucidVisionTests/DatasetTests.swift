import Foundation
import LucidTensor
import LucidTesting
import Testing

@testable import LucidVision

/// A folder with pictures of one pixel each, whose red says which.
func pictureFolder(_ names: [String]) throws -> Scratch {
  let scratch = try Scratch()
  for (index, name) in names.enumerated() {
    try scratch.write(name, try Image(height: 1, width: 1, pixels: [UInt8(index), 0, 0]).pngData())
  }
  return scratch
}

@Suite("Image folders")
struct ImageFolderTests {
  @Test("classes and pictures in torchvision's order: hidden and unknown files left out, links and nesting followed")
  func reading() throws {
    let scratch = try pictureFolder([
      "wren/1.png", "Zebra/b.JPG", "robin/b/2.jpeg", "robin/a.webp", "robin/b/1.png", ".hidden/1.png", "robin/.2.png",
    ])
    try scratch.write("robin/notes.txt", Data("x".utf8))
    try scratch.write("stray.png", Data())
    let manager = FileManager.default
    try manager.createSymbolicLink(
      atPath: scratch.path("wren/linked.png"), withDestinationPath: scratch.path("robin/a.webp"))
    try manager.createSymbolicLink(atPath: scratch.path("linked"), withDestinationPath: scratch.path("wren"))
    try manager.createSymbolicLink(atPath: scratch.path("robin/loop"), withDestinationPath: scratch.path("robin"))
    try manager.createSymbolicLink(atPath: scratch.path("wren/gone.png"), withDestinationPath: scratch.path("none"))

    for path in [scratch.path, scratch.path + "/"] {
      let folder = try ImageFolder(path)
      #expect(folder.classes == ["Zebra", "linked", "robin", "wren"])
      let expected = [
        "Zebra/b.JPG", "linked/1.png", "linked/linked.png", "robin/a.webp", "robin/b/1.png", "robin/b/2.jpeg",
        "wren/1.png",
        "wren/linked.png",
      ]
      #expect(folder.paths == expected.map(scratch.path))
      #expect((0..<folder.count).map(folder.label(at:)) == [0, 1, 1, 2, 2, 2, 3, 3])
      #expect(folder.classCounts == [1, 2, 3, 2])
      #expect(folder.name(at: 3) == scratch.path("robin/a.webp"))
      #expect(try folder.image(at: 6).pixels == [0, 0, 0])
      #expect(try folder.image(at: 5).pixels == [2, 0, 0])
    }
    #expect(
      try ImageFiles(folder: scratch.path("robin")).paths.map { String($0.dropFirst(scratch.path.count)) } == [
        "/robin/a.webp", "/robin/b/1.png", "/robin/b/2.jpeg",
      ])
  }

  @Test("known classes keep their order, may be missing, and no others may be there")
  func knownClasses() throws {
    let scratch = try pictureFolder(["b/1.png", "a/1.png"])
    let folder = try ImageFolder(scratch.path, classes: ["c", "b", "a"])
    #expect(folder.classes == ["c", "b", "a"])
    #expect((0..<2).map(folder.label(at:)) == [1, 2])
    #expect { try ImageFolder(scratch.path, classes: ["a"]) } throws: { "\($0)".contains("folder b") }
  }

  @Test("what is wrong with a folder is said")
  func faults() throws {
    let scratch = try pictureFolder(["flat/1.png", "some/full/1.png"])
    try FileManager.default.createDirectory(atPath: scratch.path("empty"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: scratch.path("some/bare"), withIntermediateDirectories: true)
    for (name, code, words) in [
      ("none", LucidError.Code.fileUnreadable, "there is no such folder"),
      ("flat/1.png", .fileUnreadable, "a folder was expected"),
      ("empty", .invalidInput, "it is empty"), ("flat", .invalidInput, "1 files but no folders"),
      ("some", .invalidInput, "no picture in the folder bare"),
    ] {
      #expect { try ImageFolder(scratch.path(name)) } throws: { error in
        (error as? LucidError)?.code == code && "\(error)".contains(words) && "\(error)".contains(scratch.path(name))
      }
    }
    #expect { try ImageFiles(folder: scratch.path("empty")) } throws: { "\($0)".contains("no picture") }
  }
}

@Suite("Image tables")
struct ImageTableTests {
  private func table(_ text: String, classes: [String]? = nil, header: ImageTable.Header = .automatic) throws
    -> ImageTable
  {
    let scratch = try Scratch()
    try scratch.write("list.csv", Data(text.utf8))
    return try ImageTable(scratch.path("list.csv"), header: header, classes: classes)
  }

  private func names(_ table: ImageTable) -> [String] { table.paths.map { URL(fileURLWithPath: $0).lastPathComponent } }

  @Test("names become classes in order; paths are relative to the file")
  func names() throws {
    let scratch = try pictureFolder(["sub/1.png", "2.png"])
    try scratch.write("list.csv", Data("label,more,path\r\nwren,x,sub/1.png\r\nrobin,,\(scratch.path("2.png"))".utf8))
    let list = try ImageTable(scratch.path("list.csv"))
    #expect(list.classes == ["robin", "wren"])
    #expect(list.count == 2 && list.label(at: 0) == 1 && list.label(at: 1) == 0)
    #expect(try list.image(at: 0).pixels == [0, 0, 0] && list.image(at: 1).pixels == [1, 0, 0])
  }

  @Test("numbers are places")
  func numbers() throws {
    let list = try table("a.png,2\nb.png,0\n")
    #expect(list.classes == ["0", "1", "2"])
    #expect((0..<2).map(list.label(at:)) == [2, 0])
    let known = try table("a.png,1\n", classes: ["x", "y"])
    #expect(known.label(at: 0) == 1 && known.classes == ["x", "y"])
    #expect(try table("a.png,y\n", classes: ["x", "y"]).label(at: 0) == 1)
  }

  @Test("quotes, line ends within them, a byte order mark, empty lines")
  func quoting() throws {
    let list = try table("\u{FEFF}path,label\n\n\"a, \"\"b\"\"\n.png\",\"x\"\r\nc.png,y")
    #expect(names(list) == ["a, \"b\"\n.png", "c.png"])
    #expect(list.classes == ["x", "y"])
    for field in ["plain", "a,b", "a\"b", "line\nend", ""] {
      let record = try CSVText("\(CSVText.quoted(field)),z\n".utf8, doing: "reading").records
      #expect(record.map(\.fields) == [[field, "z"]])
    }
  }

  @Test(
    "what is wrong is said with its line",
    arguments: [
      ("", "lists no pictures"), ("path,label\n", "lists no pictures"), ("path,class\na,b\n", "no column label"),
      ("a.png\n", "line 1 has no path or no label"), ("a.png,x\n\n,y\n", "line 3"),
      ("a.png,\"x\nb.png,y\n", "quote in line 1"),
      ("a.png,\"x\"y\n", "text after a closing quote"), ("a\"b.png,x\n", "quote inside of a field"),
      ("a.png,99999999\n", "too many classes"),
    ])
  func faults(text: String, words: String) {
    #expect { try table(text) } throws: { error in "\(error)".contains(words) && "\(error)".contains("list.csv") }
  }

  @Test("unknown labels and headers")
  func unknown() {
    #expect { try table("a.png,z\n", classes: ["x"]) } throws: { "\($0)".contains("label z in line 1") }
    #expect { try table("a.png,1\n", classes: ["x"]) } throws: { "\($0)".contains("label 1") }
    #expect { try table("a.png,x\n", header: .present) } throws: { "\($0)".contains("no column path") }
    #expect { try ImageTable("/none/list.csv") } throws: { ($0 as? LucidError)?.code == .fileUnreadable }
  }
}

@Suite("Splits, subsets and tensors")
struct SplitTests {
  private let digits = TensorDataset(
    images: Tensor((0..<60).map { UInt8($0) }, [60, 1, 1, 1]), labels: (0..<60).map { $0 < 40 ? 0 : $0 < 59 ? 1 : 2 })

  @Test("a split is stratified, disjoint, whole and the same from the same seed")
  func stratified() {
    let (training, validation) = digits.split(validation: 0.25, seed: 3)
    #expect(validation.classCounts == [10, 5, 0])
    #expect(training.classCounts == [30, 14, 1])
    #expect(Set(training.indices).union(validation.indices) == Set(0..<60))
    #expect(training.count + validation.count == 60)
    #expect(training.indices == training.indices.sorted())
    #expect(digits.split(validation: 0.25, seed: 3).validation.indices == validation.indices)
    #expect(digits.split(validation: 0.25, seed: 4).validation.indices != validation.indices)
    let tiny = digits.split(validation: 0.01, seed: 1).validation
    #expect(tiny.classCounts == [1, 1, 0])
  }

  @Test("a subset is its places, of a subset too")
  func subset() throws {
    let part = digits.subset([59, 3, 41]).subset([2, 0])
    #expect(part.count == 2 && part.classes == ["0", "1", "2"])
    #expect((0..<2).map(part.label(at:)) == [1, 2])
    #expect(part.name(at: 0) == "picture 41")
    #expect(try part.image(at: 1).pixels == [59, 59, 59])
  }

  @Test("colour tensors are pictures")
  func colour() {
    let dataset = TensorDataset(
      images: Tensor((0..<12).map { UInt8($0) }, [1, 3, 2, 2]), labels: [1], classes: ["a", "b"])
    #expect(dataset.image(at: 0).pixels == [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11])
  }

  @Test("wrong uses are named")
  func traps() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = TensorDataset(images: Tensor([1, 2] as [Float], [2, 1, 1, 1]), labels: [0, 0])
      }, naming: "uint8", "float32[2, 1, 1, 1]")
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = TensorDataset(images: Tensor([1] as [UInt8], [1, 1, 1, 1]), labels: [0]).subset([1])
      }, naming: "1 pictures", "at 1")
  }
}
