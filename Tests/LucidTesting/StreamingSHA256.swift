import CCrypto

/// The SHA-256 of bytes that come in pieces, computed by libcrypto.
public struct StreamingSHA256: ~Copyable {
  private let context: OpaquePointer

  /// The hash of nothing so far.
  public init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      preconditionFailure("libcrypto could not start a SHA-256")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "libcrypto could not add to a SHA-256")
  }

  /// The hash of all bytes, as 64 lower-case hexadecimal digits.
  public consuming func finalize() -> String {
    var digest = [UInt8](repeating: 0, count: 32)
    precondition(EVP_DigestFinal_ex(context, &digest, nil) == 1, "libcrypto could not finish a SHA-256")
    return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
