/// Photographs that the wheels of scikit-image and scikit-learn carry, for tests on real input.
public enum RealPicture {
  /// Where each comes from, by its name.
  public static let files: [String: WheelFile] = {
    var files: [String: WheelFile] = [:]
    for (name, sha256) in [
      ("astronaut.png", "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5"),
      ("chelsea.png", "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb"),
      ("coffee.png", "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7"),
      ("motorcycle_left.png", "db18e9c4157617403c3537a6ba355dfeafe9a7eabb6b9b94cb33f6525dd49179"),
      ("rocket.jpg", "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c"),
    ] {
      files[name] = WheelFile(package: "scikit-image", version: "0.26.0", path: "skimage/data/\(name)", sha256: sha256)
    }
    for (name, sha256) in [
      ("china.jpg", "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29"),
      ("flower.jpg", "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638"),
    ] {
      files[name] = WheelFile(
        package: "scikit-learn", version: "1.9.1", path: "sklearn/datasets/images/\(name)", sha256: sha256)
    }
    return files
  }()

  /// The path of a picture in the cache, fetched when it is not there; see ``PackageIndex/fetch(_:)``.
  public static func path(named name: String) throws -> String {
    guard let file = files[name] else { preconditionFailure("no real picture is called \(name)") }
    return try PackageIndex.fetch(file)
  }
}
