import CCrypto
import LucidTensor

/// A SHA-256 (FIPS 180-4) that is fed piece by piece, computed by libcrypto.
///
/// Not for use from several tasks at once.
package final class IncrementalSHA256 {
  private let context: OpaquePointer
  /// The digest, once `finish` has been called.
  private var result: String?

  /// A digest of no bytes yet; throws `.invalidInput` if libcrypto refuses, as when its policy forbids SHA-256.
  package init() throws {
    guard let context = EVP_MD_CTX_new() else { throw Self.failure("cannot make a context") }
    self.context = context
    try restart()
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Forgets what was fed.
  package func restart() throws {
    result = nil
    guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else { throw Self.failure("cannot start") }
  }

  /// Feeds bytes.
  package func update(_ bytes: UnsafeRawBufferPointer) throws {
    precondition(result == nil, "IncrementalSHA256: update after finish")
    guard bytes.count > 0 else { return }
    guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else { throw Self.failure("cannot go on") }
  }

  /// The digest of all that was fed, 64 lower-case hexadecimal digits. May be asked for again.
  package func finish() throws -> String {
    if let result { return result }
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard EVP_DigestFinal_ex(context, &digest, &count) == 1, count == 32 else { throw Self.failure("cannot finish") }
    let hex = digest.prefix(Int(count)).hexDigits
    result = hex
    return hex
  }

  /// The digest of a string's UTF-8 bytes.
  package static func digest(of text: String) throws -> String {
    let hash = try IncrementalSHA256()
    var text = text
    try text.withUTF8 { try hash.update(UnsafeRawBufferPointer($0)) }
    return try hash.finish()
  }

  private static func failure(_ problem: String) -> LucidError {
    var text = [CChar](repeating: 0, count: 256)
    ERR_error_string_n(ERR_get_error(), &text, text.count)
    let reason = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return LucidError(
      .invalidInput, doing: "computing a SHA-256", problem: "libcrypto \(problem): \(reason)",
      advice: "Check the OpenSSL configuration of this machine (OPENSSL_CONF).")
  }
}

extension Sequence<UInt8> {
  /// Two lower-case hexadecimal digits a byte.
  package var hexDigits: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
