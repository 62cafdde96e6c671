import Foundation

/// What the command line of `lucid-generate` asks for.
enum Options {
  case help
  case one(input: URL, output: URL, SwiftEmitter)
  case all(folder: URL, check: Bool, SwiftEmitter)

  static let usage = """
    Turns weights manifests into Swift enums.

    lucid-generate INPUT.weights.json --output OUT.swift [--access public|internal] [--import MODULE]
        Writes the enums of one manifest.

    lucid-generate --all FOLDER [--check] [--access public|internal] [--import MODULE]
        Writes <Family>+Weights.swift beside each <Family>.weights.json in FOLDER, and FOLDER/WeightCatalog+BuiltIn.swift.
        With --check nothing is written: stale files are named, and the exit code is 1 if there are any.

    --access  Who may use the generated names: public (the default) or internal.
    --import  The module that has WeightsEnum: LucidWeights (the default), or Lucid in a package that uses it.

    Exit codes: 0 done, 1 stale files, 2 a fault of the command line, of a manifest or of the disk.
    """

  init(_ arguments: [String]) throws(ManifestError) {
    var inputs: [String] = []
    var values: [String: String] = [:]
    var check = false
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--help", "-h":
        self = .help
        return
      case "--check": check = true
      case "--output", "--access", "--import", "--all":
        guard let value = rest.popFirst(), !value.hasPrefix("--") else { throw Self.fault("\(argument) needs a value") }
        if values.updateValue(value, forKey: argument) != nil { throw Self.fault("\(argument) is given twice") }
      case _ where argument.hasPrefix("-"): throw Self.fault("unknown option \(argument)")
      default: inputs.append(argument)
      }
    }
    guard let access = SwiftEmitter.Access(rawValue: values["--access"] ?? "public") else {
      throw Self.fault("--access is public or internal, not \(values["--access"] ?? "")")
    }
    let module = values["--import"] ?? "LucidWeights"
    guard SwiftNames.isIdentifier(module) else { throw Self.fault("--import needs a module, not \(module)") }
    let emitter = SwiftEmitter(access: access, module: module)

    if let folder = values["--all"] {
      if !inputs.isEmpty || values["--output"] != nil { throw Self.fault("--all takes no input and no --output") }
      self = .all(folder: URL(fileURLWithPath: folder), check: check, emitter)
    } else {
      if check { throw Self.fault("--check goes with --all") }
      guard inputs.count == 1 else { throw Self.fault("expected one manifest, found \(inputs.count)") }
      guard let output = values["--output"] else { throw Self.fault("--output is missing") }
      self = .one(input: URL(fileURLWithPath: inputs[0]), output: URL(fileURLWithPath: output), emitter)
    }
  }

  private static func fault(_ problem: String) -> ManifestError {
    ManifestError(file: "lucid-generate", path: "", problem: "\(problem); see lucid-generate --help")
  }
}
